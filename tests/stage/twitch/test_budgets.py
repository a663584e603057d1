"""Helix's points: what is left is told with every answer, and they come back evenly."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.stage.record import SECOND
from bot.stage.server import Stage
from bot.stage.twitch.limits import HELIX_POINTS_MAX, Points
from bot.stage.twitch.model import DropReason, TwitchUser
from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import Caller, HandClock, hear, seen


class Counting(Caller):
    """Reads the budget's headers of one cheap question."""

    def __init__(self, stage: Stage, clock: HandClock, http: aiohttp.ClientSession) -> None:
        super().__init__(stage, http)
        self.clock = clock
        self.http = http

    async def ask(self, token: str, path: str = "streams") -> tuple[int, int, int]:
        """Status, points left, and the seconds until the bucket is full."""
        headers = {"Authorization": f"Bearer {token}", "Client-Id": self.stage.twitch.client_id}
        url = f"{self.stage.endpoints()['helix']}/{path}"
        async with self.http.get(url, headers=headers) as answer:
            told = answer.headers
            assert told["Ratelimit-Limit"] == str(HELIX_POINTS_MAX)
            reset = int(told["Ratelimit-Reset"]) - self.clock() // SECOND
            return answer.status, int(told["Ratelimit-Remaining"]), reset


@pytest.fixture
async def caller() -> AsyncIterator[Counting]:
    clock = HandClock()
    async with Stage(clock=clock) as stage, aiohttp.ClientSession() as http:
        yield Counting(stage, clock, http)


async def test_eight_hundred_requests_are_answered_and_the_next_is_told_to_wait(caller: Counting) -> None:
    answers = [await caller.ask(caller.bot_token) for _ in range(HELIX_POINTS_MAX + 1)]
    assert [status for status, _, _ in answers] == [200] * HELIX_POINTS_MAX + [429]
    assert answers[0] == (200, 799, 1)
    assert answers[-1] == (429, 0, 60)
    caller.clock.advance(30)
    assert await caller.ask(caller.bot_token) == (200, 399, 31)


async def test_each_user_and_the_application_have_points_of_their_own(caller: Counting) -> None:
    app = caller.stage.twitch.issue_token(None, ()).access
    for _ in range(5):
        await caller.ask(caller.bot_token)
    left = [(await caller.ask(token))[1] for token in (caller.bot_token, caller.broadcaster_token, app)]
    assert left == [794, 799, 799]


async def test_a_refused_request_costs_and_tells_as_well(caller: Counting) -> None:
    status, left, _ = await caller.ask(caller.bot_token, "channels")
    assert (status, left) == (400, 799)


async def test_one_announcement_in_two_seconds_is_the_most(caller: Counting) -> None:
    world = caller.stage.twitch
    query = {"broadcaster_id": world.broadcaster.id, "moderator_id": world.bot.id}
    statuses = []
    for seconds in (0, 1.9, 0.1):
        caller.clock.advance(seconds)
        statuses.append((await caller.post("chat/announcements", {"message": "hello"}, query))[0])
    assert statuses == [204, 429, 204]


async def test_a_shoutout_is_given_every_two_minutes_and_to_one_channel_once_an_hour(caller: Counting) -> None:
    world, told = caller.stage.twitch, hear(caller.stage.twitch, "channel.shoutout.create")
    one, two = world.add_user("one"), world.add_user("two")
    token = world.issue_token(world.bot, ["moderator:manage:shoutouts"]).access
    world.go_live()
    world.join(one)

    async def shout_out(channel: TwitchUser) -> int:
        query = {
            "from_broadcaster_id": world.broadcaster.id,
            "to_broadcaster_id": channel.id,
            "moderator_id": world.bot.id,
        }
        return (await caller.request("POST", "chat/shoutouts", query, token=token))[0]

    statuses = [await shout_out(one), await shout_out(two)]
    caller.clock.advance(120)
    statuses += [await shout_out(one), await shout_out(two)]
    caller.clock.advance(3480)
    statuses += [await shout_out(one), await shout_out(world.broadcaster)]
    assert statuses == [204, 429, 429, 204, 204, 400]
    assert [event["to_broadcaster_user_login"] for event in told.events] == ["one", "two", "one"]


def test_a_bucket_never_holds_more_than_it_can_and_a_clock_put_back_takes_nothing(clock: HandClock) -> None:
    points = Points(clock)
    clock.advance(3600)
    assert points.take()
    assert points.left == HELIX_POINTS_MAX - 1
    clock.advance(-60)
    assert points.take()
    assert points.left == HELIX_POINTS_MAX - 2


def test_a_line_held_by_automod_is_refused_to_the_program_and_the_next_is_not(world: TwitchWorld) -> None:
    world.bot.badges.add("moderator")
    world.chat.held_next = 1
    said = [world.send(world.bot, "one"), world.send(world.bot, "two")]
    assert [getattr(each, "reason", None) for each in said] == [DropReason.HELD, None]
    assert [each.data["reason"] for each in seen(world, "refused")] == ["automod_held"]
