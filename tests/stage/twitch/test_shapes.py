"""What the local Twitch says has the shape of what Twitch says, and the check that says so can fail."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch import payloads
from bot.stage.twitch.events import EVENT_TYPES
from bot.stage.twitch.model import ChatMessage
from bot.stage.twitch.rewards import Redemption, RewardSettings
from bot.stage.twitch.room import RoomRules
from tests.stage.twitch import openapi
from tests.stage.twitch.helpers import Caller, HandClock, conditions

pytestmark = openapi.needs_files


@pytest.fixture
def stage(clock: HandClock) -> Stage:
    return Stage(clock=clock)


@pytest.fixture
def violations(stage: Stage) -> list[str]:
    return openapi.attach(stage)


@pytest.fixture
async def caller(stage: Stage, violations: list[str]) -> AsyncIterator[Caller]:
    async with stage, aiohttp.ClientSession() as http:
        yield Caller(stage, http)


async def listen_to_everything(caller: Caller) -> set[str]:
    """Subscribe to every type, each with the token it needs; gives their names."""
    world = caller.stage.twitch
    app = world.issue_token(None, ()).access
    conduit = world.sessions.conduits.create(1)
    sessions = {False: await caller.open_session(), True: await caller.open_session()}
    for kind in EVENT_TYPES.values():
        owned = kind.permitted_by == "broadcaster_user_id"
        transport = {"method": "websocket", "session_id": sessions[owned]}
        token = caller.broadcaster_token if owned else caller.bot_token
        if kind.conduit_only:
            transport, token = conduit.transport(), app
        wish = {
            "type": kind.name,
            "version": kind.version,
            "condition": conditions(world, kind),
            "transport": transport,
        }
        status, body = await caller.post("eventsub/subscriptions", wish, token=token)
        assert status == 202, (kind.name, body)
    return {kind.name for kind in EVENT_TYPES.values()}


def tell_everything(stage: Stage, clock: HandClock) -> None:
    world = stage.twitch
    ann, guest = world.add_user("ann", "Ann", badges={"founder"}), world.add_user("guest_channel")
    line = world.say(ann, "!claim mug")
    world.say(ann, "hello from next door", shared_from=guest)
    world.send(world.bot, "Teal Mug #1 of 48 is yours!", reply_to=getattr(line, "id", None))
    world.announce(world.bot, "Doors open", "purple")
    world.go_live()
    world.change_title("Still teatime")
    world.go_offline()
    world.follow(ann)
    world.subscribe(ann, "2000")
    world.resubscribe(ann, "Love it", months=15)
    world.gift(ann, "1000", total=2)
    world.end_subscription(ann)
    for badge in ("moderator", "vip"):
        world.grant_badge(ann, badge)
        world.remove_badge(ann, badge)
    world.cheer(ann, 100, "cheer100")
    world.ban(ann, world.bot, "spam")
    world.unban(ann, world.bot)
    world.raid_from(guest, viewers=7)
    for points in (0, 100):
        poll = world.polls.begin("Which mug?", ["Teal", "Plum"], seconds=60, points_per_vote=points)
        world.vote(ann, "Plum", points_votes=bool(points))
        clock.advance(1)
        world.agenda.run_due()
        world.polls.end(poll.id, "TERMINATED")
    clock.advance(world.polls.archive_seconds)
    world.agenda.run_due()
    for settings in (RewardSettings("Plain", 1), RewardSettings("Full", 5, "Say it", cooldown_seconds=60)):
        reward = world.rewards.create(settings)
        redemption = world.redeem(ann, reward.id, "hello")
        assert isinstance(redemption, Redemption)
        world.rewards.settle(redemption, "FULFILLED")
        world.rewards.update(reward, dataclasses.replace(settings, max_per_stream=3))
        world.rewards.delete(reward)
    world.moderation.ban(ann, world.bot, seconds=60)
    assert isinstance(line, ChatMessage)
    world.moderation.delete_line(line)
    world.moderation.clear_chat()
    world.moderation.shout_out(guest, world.bot, next_at=clock.now, next_to_it_at=clock.now)
    world.moderation.set_rules(RoomRules(slow_seconds=10, followers_minutes=0))
    world.issue_token(ann, ["user:read:subscriptions"])
    world.disconnect_app(ann)


async def test_every_event_the_stage_tells_has_the_shape_of_its_example(
    stage: Stage, caller: Caller, clock: HandClock, violations: list[str]
) -> None:
    heard: set[str] = set()
    stage.twitch.frame_listeners.append(lambda frame: heard.add(frame["metadata"].get("subscription_type", "")))
    expected = await listen_to_everything(caller)

    tell_everything(stage, clock)

    assert heard == expected
    assert sorted(set(violations)) == []


async def test_a_request_or_an_answer_of_the_wrong_shape_is_noticed(
    stage: Stage, caller: Caller, violations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = payloads.helix_user

    def broken(*args: Any) -> dict[str, Any]:
        return {**whole(*args), "display_name": 7, "nickname": "Ann"}

    monkeypatch.setattr(payloads, "helix_user", broken)
    await caller.get("users", {"name": "ann"})
    await caller.post("chat/messages", {"message": 5})
    await caller.get("moderation/moderators", {})

    said = "\n".join(violations)
    for expected in (
        "get /users: unknown parameter name",
        "7 is not of type 'string'",
        "'nickname' was unexpected",
        "'sender_id' is a required property",
        "5 is not of type 'string'",
        "get /moderation/moderators: missing parameter broadcaster_id",
    ):
        assert expected in said


async def test_an_event_of_the_wrong_shape_is_noticed(
    stage: Stage, caller: Caller, violations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = payloads.chat_message

    def broken(*args: Any, **more: Any) -> dict[str, Any]:
        event = whole(*args, **more)
        del event["badges"]
        return {**event, "message": "text", "mood": "sunny"}

    monkeypatch.setattr(payloads, "chat_message", broken)
    session_id = await caller.open_session()
    condition = {"broadcaster_user_id": stage.twitch.broadcaster.id, "user_id": stage.twitch.bot.id}
    await caller.subscribe(session_id, "channel.chat.message", "1", condition)
    stage.twitch.say(stage.twitch.add_user("ann"), "hi")

    assert sorted(violations) == [
        "channel.chat.message event.message: string, not object",
        "channel.chat.message event: badges is missing",
        "channel.chat.message event: mood is in no example",
    ]


async def test_what_sockets_say_of_themselves_has_the_shape_of_the_examples(stage: Stage, caller: Caller) -> None:
    stage.twitch.keepalive_seconds_min = 1
    socket = await caller.connect("?keepalive_timeout_seconds=1")
    frames = [await socket.receive_json(timeout=60), await socket.receive_json(timeout=60)]
    stage.twitch.faults.reconnect()
    while frames[-1]["metadata"]["message_type"] != "session_reconnect":
        frames.append(await socket.receive_json(timeout=60))

    kinds = [frame["metadata"]["message_type"] for frame in frames]
    assert kinds[:2] == ["session_welcome", "session_keepalive"]
    assert [violation for frame in frames for violation in openapi.frame_violations(frame)] == []
