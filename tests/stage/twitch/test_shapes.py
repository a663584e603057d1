"""What the local Twitch says has the shape of what Twitch says, and the check that says so can fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch import payloads
from bot.stage.twitch.events import EVENT_TYPES
from tests.stage.twitch import openapi
from tests.stage.twitch.helpers import Caller

pytestmark = openapi.needs_files
# What no feature of the stage tells yet: one may subscribe to it, and no event comes.
_NEVER_TOLD = (
    "channel.poll.",
    "channel.channel_points_",
    "channel.bits.",
    "channel.chat.clear",
    "channel.chat.message_d",
)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def violations(stage: Stage) -> list[str]:
    return openapi.attach(stage)


@pytest.fixture
async def caller(stage: Stage, violations: list[str]) -> AsyncIterator[Caller]:
    async with stage, aiohttp.ClientSession() as http:
        yield Caller(stage, http)


async def listen_to_everything(caller: Caller) -> set[str]:
    """Subscribe to every type, each with the token it needs; gives the names that can be heard."""
    bot, broadcaster = caller.stage.twitch.bot, caller.stage.twitch.broadcaster
    known = {
        "broadcaster_user_id": broadcaster.id,
        "user_id": bot.id,
        "moderator_user_id": bot.id,
        "to_broadcaster_user_id": broadcaster.id,
    }
    sessions = {False: await caller.open_session(), True: await caller.open_session()}
    for kind in EVENT_TYPES.values():
        owned = kind.permitted_by == "broadcaster_user_id"
        keys = kind.conditions or ("to_broadcaster_user_id",)
        status, body = await caller.subscribe(
            sessions[owned],
            kind.name,
            kind.version,
            {key: known[key] for key in keys},
            token=caller.broadcaster_token if owned else caller.bot_token,
        )
        assert status == 202, (kind.name, body)
    return {kind.name for kind in EVENT_TYPES.values() if not kind.name.startswith(_NEVER_TOLD)}


def tell_everything(stage: Stage) -> None:
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


async def test_every_event_the_stage_tells_has_the_shape_of_its_example(
    stage: Stage, caller: Caller, violations: list[str]
) -> None:
    heard: set[str] = set()
    stage.twitch.frame_listeners.append(lambda frame: heard.add(frame["metadata"].get("subscription_type", "")))
    expected = await listen_to_everything(caller)

    tell_everything(stage)

    assert heard == expected
    assert violations == []


async def test_every_answer_of_helix_has_the_documented_shape(
    stage: Stage, caller: Caller, violations: list[str]
) -> None:
    world = stage.twitch
    ann = world.add_user("ann", "Ann", badges={"vip"})
    world.go_live()
    world.follow(ann)
    world.subscribe(ann, "3000", is_gift=True)
    session_id = await caller.open_session()
    channel = {"broadcaster_user_id": world.broadcaster.id}
    _, made = await caller.subscribe(session_id, "stream.online", "1", channel)
    here = {"broadcaster_id": world.broadcaster.id}
    owner = caller.broadcaster_token
    line = {**here, "sender_id": world.bot.id, "message": "hello"}
    announcing = {**here, "moderator_id": world.bot.id}

    answers = [
        await caller.get("users", {"login": "ann"}),
        await caller.get("streams", {"user_id": world.broadcaster.id}),
        await caller.get("channels", here),
        await caller.get("channels/followers", {**here, "user_id": ann.id}),
        await caller.get("subscriptions", {**here, "user_id": ann.id}, token=owner),
        await caller.get("moderation/moderators", here, token=owner),
        await caller.get("channels/vips", here, token=owner),
        await caller.get("eventsub/subscriptions", {}),
        await caller.post("chat/messages", line),
        await caller.post("chat/messages", line),
        await caller.post("chat/announcements", {"message": "hello"}, announcing),
        await caller.request("DELETE", "eventsub/subscriptions", {"id": made["data"][0]["id"]}),
        await caller.get("channels", {"broadcaster_id": "1"}, token="wrong"),
    ]

    assert [status for status, _ in answers] == [200] * 10 + [204, 204, 401]
    listed = [body["data"] for _, body in answers[:8]]
    assert all(len(each) >= 1 for each in listed), listed
    assert violations == []


async def test_a_request_or_an_answer_of_the_wrong_shape_is_noticed(
    stage: Stage, caller: Caller, violations: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = payloads.helix_user

    def broken(user: Any) -> dict[str, Any]:
        return {**whole(user), "display_name": 7, "nickname": "Ann"}

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
    frames = [await socket.receive_json(timeout=5), await socket.receive_json(timeout=5)]
    stage.twitch.faults.reconnect()
    while frames[-1]["metadata"]["message_type"] != "session_reconnect":
        frames.append(await socket.receive_json(timeout=5))

    kinds = [frame["metadata"]["message_type"] for frame in frames]
    assert kinds[:2] == ["session_welcome", "session_keepalive"]
    assert [violation for frame in frames for violation in openapi.frame_violations(frame)] == []
