"""Native polls: what a program does over Helix, viewers answer, and EventSub tells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch.model import Problem, TwitchUser
from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import PATIENCE_SECONDS, Caller, HandClock, Outlet, hear, seen, welcome

BEGIN, PROGRESS, END = (f"channel.poll.{what}" for what in ("begin", "progress", "end"))


def listen(world: TwitchWorld) -> Outlet:
    return hear(world, BEGIN, PROGRESS, END)


def votes(event: Any) -> dict[str, int]:
    return {choice["title"]: choice["votes"] for choice in event["choices"]}


def test_a_poll_is_told_as_it_begins_goes_on_and_ends(
    world: TwitchWorld, clock: HandClock, ann: TwitchUser
) -> None:
    outlet, bob = listen(world), world.add_user("bob")
    poll = world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=60)
    assert world.vote(ann, "Teal")
    assert world.vote(bob, 1)
    clock.advance(1)
    world.agenda.run_due()
    clock.advance(59)
    world.agenda.run_due()

    [begun], [progress], [ended] = outlet.told(BEGIN), outlet.told(PROGRESS), outlet.told(END)
    assert [choice["title"] for choice in begun["choices"]] == ["Teal", "Plum"]
    assert "votes" not in begun["choices"][0]
    assert begun["ends_at"] == ended["ended_at"]
    assert votes(progress) == votes(ended) == {"Teal": 2, "Plum": 0}
    assert (ended["id"], ended["status"]) == (poll.id, "completed")
    assert [each.data["state"] for each in seen(world, "poll")] == ["began", "completed"]


def test_a_poll_that_was_over_is_archived_later_and_its_end_is_told_twice(
    world: TwitchWorld, clock: HandClock
) -> None:
    outlet = listen(world)
    poll = world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=15)
    world.polls.end(poll.id, "TERMINATED")
    clock.advance(world.polls.archive_seconds)
    world.agenda.run_due()
    assert [event["status"] for event in outlet.told(END)] == ["terminated", "archived"]
    assert {event["ended_at"] for event in outlet.told(END)} == {outlet.told(END)[0]["ended_at"]}


def test_a_poll_archived_at_once_ends_once_and_its_time_does_not_run_out_afterwards(
    world: TwitchWorld, clock: HandClock
) -> None:
    outlet = listen(world)
    poll = world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=15)
    world.polls.end(poll.id, "ARCHIVED")
    clock.advance(1000)
    world.agenda.run_due()
    assert [event["status"] for event in outlet.told(END)] == ["archived"]


def test_a_poll_that_nobody_looked_at_in_time_ended_on_time_all_the_same(
    world: TwitchWorld, clock: HandClock
) -> None:
    poll = world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=15)
    clock.advance(20)
    world.agenda.run_due()
    assert poll.ended_at == poll.ends_at


def test_one_free_vote_each_and_more_only_for_points(world: TwitchWorld, ann: TwitchUser) -> None:
    poll = world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=60, points_per_vote=100)
    counted = [
        world.vote(ann, "Teal"),
        world.vote(ann, "Plum"),
        world.vote(ann, "Plum", points_votes=3),
        world.vote(ann, "Beige"),
        world.vote(ann, 3),
        world.vote(ann, 0),
    ]
    assert counted == [True, False, True, False, False, False]
    assert [(choice.votes, choice.points_votes) for choice in poll.choices] == [(1, 0), (3, 3)]
    assert [each.text for each in seen(world, "vote")] == ["Teal", "Plum"]


def test_points_buy_nothing_in_a_poll_that_sells_no_votes_and_nobody_votes_when_there_is_none(
    world: TwitchWorld, ann: TwitchUser
) -> None:
    assert not world.vote(ann, 1)
    world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=60)
    assert not world.vote(ann, 1, points_votes=1)


def test_a_thousand_votes_in_a_moment_are_told_once(world: TwitchWorld, clock: HandClock) -> None:
    outlet = listen(world)
    world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=60)
    for number in range(1000):
        world.vote(world.add_user(f"viewer_{number}"), 1)
    clock.advance(1)
    world.agenda.run_due()
    assert [votes(event)["Teal"] for event in outlet.told(PROGRESS)] == [1000]


def test_there_is_one_poll_at_a_time(world: TwitchWorld) -> None:
    world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=60)
    with pytest.raises(Problem, match="already has a poll") as refused:
        world.polls.begin("Which cup?", ["Teal", "Plum"], seconds=60)
    assert refused.value.status == 400


# Over the wire


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with Stage() as stage, aiohttp.ClientSession() as http:
        yield Caller(stage, http)


def wish(caller: Caller, **more: Any) -> dict[str, Any]:
    return {
        "broadcaster_id": caller.stage.twitch.broadcaster.id,
        "title": "Which mug?",
        "choices": [{"title": "Teal"}, {"title": "Plum"}],
        "duration": 60,
        **more,
    }


async def test_a_program_begins_a_poll_reads_it_and_cuts_it_short(caller: Caller) -> None:
    owner, here = caller.broadcaster_token, {"broadcaster_id": caller.stage.twitch.broadcaster.id}
    status, begun = await caller.post("polls", wish(caller), token=owner)
    [poll] = begun["data"]
    caller.stage.twitch.vote(caller.stage.twitch.add_user("ann"), "Plum")
    _, read = await caller.get("polls", {**here, "id": poll["id"]}, token=owner)
    end = {**here, "id": poll["id"], "status": "TERMINATED"}
    ended = await caller.request("PATCH", "polls", body=end, token=owner)
    again = await caller.request("PATCH", "polls", body=end, token=owner)
    unknown = await caller.get("polls", {**here, "id": "nowhere"}, token=owner)

    assert (status, poll["status"]) == (200, "ACTIVE")
    assert [choice["votes"] for choice in read["data"][0]["choices"]] == [0, 1]
    assert (ended[0], ended[1]["data"][0]["status"]) == (200, "TERMINATED")
    assert (again[0], unknown[0]) == (400, 404)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"title": "x" * 60}, 200),
        ({"title": "x" * 61}, 400),
        ({"title": ""}, 400),
        ({"choices": [{"title": "x" * 25}] * 5}, 200),
        ({"choices": [{"title": "x" * 26}, {"title": "y"}]}, 400),
        ({"choices": [{"title": "x"}]}, 400),
        ({"choices": [{"title": "x"}] * 6}, 400),
        ({"choices": "xy"}, 400),
        ({"duration": 15}, 200),
        ({"duration": 14}, 400),
        ({"duration": 1801}, 400),
        ({"duration": "60"}, 400),
        ({"duration": True}, 400),
        ({"channel_points_voting_enabled": True, "channel_points_per_vote": 100}, 200),
        ({"channel_points_voting_enabled": True}, 400),
        ({"broadcaster_id": "1"}, 401),
    ],
)
async def test_a_poll_has_to_fit(caller: Caller, change: dict[str, Any], status: int) -> None:
    answered, _ = await caller.post("polls", wish(caller, **change), token=caller.broadcaster_token)
    assert answered == status
    assert (caller.stage.twitch.polls.running is not None) == (status == 200)


async def test_only_the_broadcaster_of_a_channel_that_is_large_enough_begins_polls(caller: Caller) -> None:
    poor = caller.stage.twitch.issue_token(caller.stage.twitch.broadcaster, ["channel:read:polls"]).access
    assert (await caller.post("polls", wish(caller), token=poor))[0] == 401
    assert (await caller.post("polls", wish(caller)))[0] == 401
    caller.stage.twitch.broadcaster_type = ""
    status, body = await caller.post("polls", wish(caller), token=caller.broadcaster_token)
    assert (status, body["message"]) == (403, "The broadcaster is not a partner or affiliate.")


async def test_a_served_poll_is_told_and_ends_by_itself(caller: Caller) -> None:
    world = caller.stage.twitch
    world.polls.progress_seconds = 0.02
    socket = await caller.connect()
    session_id = await welcome(socket)
    here = {"broadcaster_user_id": world.broadcaster.id}
    for name in (PROGRESS, END):
        status, _ = await caller.subscribe(session_id, name, "1", here, token=caller.broadcaster_token)
        assert status == 202
    poll = world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=1)
    world.vote(world.add_user("ann"), 2)
    frames = [await socket.receive_json(timeout=PATIENCE_SECONDS) for _ in range(2)]
    assert [frame["metadata"]["subscription_type"] for frame in frames] == [PROGRESS, END]
    assert frames[1]["payload"]["event"]["status"] == "completed"
    assert poll.status == "COMPLETED"
