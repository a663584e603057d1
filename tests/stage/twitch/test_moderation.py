"""What moderators and the streamer do over Helix, what it does to people's lines, and who hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch.model import ChatMessage, Dropped, DropReason, TwitchUser
from bot.stage.twitch.room import RoomRules
from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import Caller, HandClock, hear, seen, subscribe

RULES = [
    "moderator:manage:chat_settings",
    "moderator:manage:banned_users",
    "moderator:manage:chat_messages",
    "moderator:read:chat_settings",
]
ROLES = ["channel:manage:moderators", "channel:manage:vips", "channel:manage:broadcast"]


def reason(said: ChatMessage | Dropped) -> DropReason | None:
    return said.reason if isinstance(said, Dropped) else None


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (RoomRules(), None),
        (RoomRules(subscribers_only=True), DropReason.SUBSCRIBERS_ONLY),
        (RoomRules(followers_minutes=0), DropReason.FOLLOWERS_ONLY),
        (RoomRules(emotes_only=True), DropReason.EMOTES_ONLY),
        (RoomRules(slow_seconds=30), DropReason.SLOW_MODE),
        (RoomRules(delay_seconds=4), None),
    ],
)
@pytest.mark.parametrize("badge", ["", "vip", "moderator"])
def test_the_rules_of_the_room_bind_viewers_and_neither_vips_nor_moderators(
    world: TwitchWorld, rules: RoomRules, expected: DropReason | None, badge: str
) -> None:
    viewer = world.add_user("viewer", badges={badge} - {""})
    world.say(viewer, "hello")
    world.moderation.set_rules(rules)
    assert reason(world.say(viewer, "!claim mug")) is (None if badge else expected)


def test_who_subscribes_follows_long_enough_or_waits_may_speak(
    world: TwitchWorld, clock: HandClock, ann: TwitchUser
) -> None:
    world.moderation.set_rules(RoomRules(followers_minutes=10, subscribers_only=True, slow_seconds=30))
    world.subscribe(ann)
    world.follow(ann)
    clock.advance(599)
    early = world.say(ann, "one")
    clock.advance(1)
    said = [world.say(ann, "two"), world.say(ann, "three")]
    clock.advance(30)
    said.append(world.say(ann, "four"))
    assert [reason(each) for each in (early, *said)] == [
        DropReason.FOLLOWERS_ONLY,
        None,
        DropReason.SLOW_MODE,
        None,
    ]


def test_in_unique_mode_a_text_is_said_once_by_anybody_until_the_mode_ends(
    world: TwitchWorld, ann: TwitchUser
) -> None:
    world.moderation.set_rules(RoomRules(unique=True))
    bob, eve = world.add_user("bob"), world.add_user("eve")
    said = [world.say(ann, "!claim mug"), world.say(bob, "!claim mug")]
    world.moderation.set_rules(RoomRules())
    said.append(world.say(eve, "!claim mug"))
    world.moderation.set_rules(RoomRules(unique=True))
    said.append(world.say(world.add_user("dan"), "!claim mug"))
    assert [reason(each) for each in said] == [None, DropReason.NOT_UNIQUE, None, None]


def test_a_changed_rule_is_told_and_one_that_was_so_already_is_not(world: TwitchWorld) -> None:
    outlet = hear(world, "channel.chat_settings.update")
    for _ in range(2):
        world.moderation.set_rules(RoomRules(slow_seconds=10))
    [event] = outlet.events
    assert (event["slow_mode"], event["slow_mode_wait_time_seconds"], event["follower_mode"]) == (True, 10, False)


def test_a_time_out_ends_by_itself_and_a_ban_does_not(
    world: TwitchWorld, clock: HandClock, ann: TwitchUser
) -> None:
    outlet = hear(world, "channel.ban", "channel.unban")
    world.moderation.ban(ann, world.broadcaster, seconds=60)
    said = [world.say(ann, "one")]
    clock.advance(60)
    said.append(world.say(ann, "two"))
    world.ban(ann, world.broadcaster, "spam")
    clock.advance(100_000)
    said.append(world.say(ann, "three"))
    world.unban(ann, world.broadcaster)
    said.append(world.say(ann, "four"))
    assert [reason(each) for each in said] == [DropReason.TIMED_OUT, None, DropReason.BANNED, None]
    assert [event.get("is_permanent") for event in outlet.events] == [False, True, None]


def test_a_banned_bot_hears_no_more_of_the_chat(world: TwitchWorld) -> None:
    outlet = hear(world, "channel.chat.message", "stream.online")
    world.ban(world.bot, world.broadcaster)
    [frame] = outlet.frames
    assert frame["metadata"]["message_type"] == "revocation"
    assert frame["payload"]["subscription"]["status"] == "chat_user_banned"
    assert [each.type.name for each in world.sessions.subscriptions()] == ["stream.online"]


def test_who_is_no_moderator_any_more_hears_no_more_of_follows(world: TwitchWorld, ann: TwitchUser) -> None:
    world.grant_badge(world.bot, "moderator")
    outlet = hear(world, "channel.follow")
    world.follow(ann)
    world.remove_badge(world.bot, "moderator")
    world.follow(world.add_user("bob"))
    assert [frame["metadata"]["message_type"] for frame in outlet.frames] == ["notification", "revocation"]
    assert outlet.frames[1]["payload"]["subscription"]["status"] == "moderator_removed"


def test_a_closed_account_ends_what_was_told_about_it(world: TwitchWorld, ann: TwitchUser) -> None:
    outlet = hear(world)
    [session] = world.sessions
    subscribe(world, session, "stream.online", broadcaster_user_id=ann.id)
    world.follow(ann)
    world.close_account(ann)
    assert outlet.frames[0]["payload"]["subscription"]["status"] == "user_removed"
    assert (world.find_user(user_id=ann.id), ann in world.followers) == (None, False)


# Over the wire


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with Stage(clock=HandClock()) as stage, aiohttp.ClientSession() as http:
        caller = Caller(stage, http)
        caller.bot_token = stage.twitch.issue_token(stage.twitch.bot, RULES).access
        caller.broadcaster_token = stage.twitch.issue_token(stage.twitch.broadcaster, [*RULES, *ROLES]).access
        yield caller


def by_bot(caller: Caller, **more: str) -> dict[str, str]:
    world = caller.stage.twitch
    return {"broadcaster_id": world.broadcaster.id, "moderator_id": world.bot.id, **more}


@pytest.mark.parametrize(
    ("body", "status", "shown"),
    [
        ({"slow_mode": True}, 200, {"slow_mode_wait_time": 30}),
        ({"slow_mode": True, "slow_mode_wait_time": 10}, 200, {"slow_mode_wait_time": 10}),
        ({"slow_mode": True, "slow_mode_wait_time": 2}, 400, {}),
        ({"slow_mode_wait_time": 10}, 400, {}),
        ({"follower_mode": True, "follower_mode_duration": 10}, 200, {"follower_mode_duration": 10}),
        ({"follower_mode": True, "follower_mode_duration": 129_601}, 400, {}),
        ({"non_moderator_chat_delay": True, "non_moderator_chat_delay_duration": 3}, 400, {}),
        ({"emote_mode": True, "unique_chat_mode": True}, 200, {"emote_mode": True, "unique_chat_mode": True}),
        ({"emote_mode": "yes"}, 400, {}),
    ],
)
async def test_a_moderator_changes_the_rules_of_the_room(
    caller: Caller, body: dict[str, Any], status: int, shown: dict[str, Any]
) -> None:
    answered, told = await caller.request("PATCH", "chat/settings", by_bot(caller), body)
    assert answered == status
    if status == 200:
        [settings] = told["data"]
        assert settings.items() >= shown.items()
        _, read = await caller.get("chat/settings", by_bot(caller))
        assert read["data"] == [settings]


async def test_what_is_not_named_stays_and_what_is_switched_off_is_off(caller: Caller) -> None:
    query = by_bot(caller)
    await caller.request("PATCH", "chat/settings", query, {"slow_mode": True, "slow_mode_wait_time": 10})
    _, kept = await caller.request("PATCH", "chat/settings", query, {"subscriber_mode": True})
    _, off = await caller.request("PATCH", "chat/settings", query, {"slow_mode": False})
    assert (kept["data"][0]["slow_mode_wait_time"], off["data"][0]["slow_mode"]) == (10, False)
    assert off["data"][0]["subscriber_mode"] is True


async def test_only_moderators_see_the_delay_and_change_anything(caller: Caller) -> None:
    here = {"broadcaster_id": caller.stage.twitch.broadcaster.id}
    _, everybodys = await caller.get("chat/settings", here)
    assert "non_moderator_chat_delay" not in everybodys["data"][0]
    caller.stage.twitch.bot.badges.clear()
    assert (await caller.request("PATCH", "chat/settings", by_bot(caller), {"emote_mode": True}))[0] == 403
    assert (await caller.get("chat/settings", by_bot(caller)))[0] == 403
    poor = caller.stage.twitch.issue_token(caller.stage.twitch.bot, ["user:bot"]).access
    assert (await caller.get("chat/settings", by_bot(caller), token=poor))[0] == 401


async def test_a_program_bans_and_forgives(caller: Caller) -> None:
    world = caller.stage.twitch
    ann = world.add_user("ann")
    ban = {"data": {"user_id": ann.id, "duration": 60, "reason": "spam"}}
    timed_out = await caller.post("moderation/bans", ban, by_bot(caller))
    for_good = await caller.post("moderation/bans", {"data": {"user_id": ann.id}}, by_bot(caller))
    again = await caller.post("moderation/bans", ban, by_bot(caller))
    forgiven = await caller.request("DELETE", "moderation/bans", by_bot(caller, user_id=ann.id))
    twice = await caller.request("DELETE", "moderation/bans", by_bot(caller, user_id=ann.id))
    owner = {"data": {"user_id": world.broadcaster.id}}
    the_owner = await caller.post("moderation/bans", owner, by_bot(caller))
    mia = {"data": {"user_id": world.add_user("mia", badges={"moderator"}).id}}
    a_moderator = await caller.post("moderation/bans", mia, by_bot(caller))
    by_owner = {**by_bot(caller), "moderator_id": world.broadcaster.id}
    by_the_owner = await caller.post("moderation/bans", mia, by_owner, token=caller.broadcaster_token)
    for_ages = {"data": {"user_id": ann.id, "duration": 1_209_601}}
    too_long = await caller.post("moderation/bans", for_ages, by_bot(caller))

    assert timed_out[1]["data"][0]["end_time"] is not None
    assert for_good[1]["data"][0]["end_time"] is None
    assert [status for status, _ in (timed_out, for_good, again, forgiven, twice)] == [200, 200, 400, 204, 400]
    assert [status for status, _ in (the_owner, a_moderator, too_long, by_the_owner)] == [400, 400, 400, 200]


async def test_who_is_banned_or_timed_out_just_now_is_listed_with_the_reason(caller: Caller) -> None:
    world, clock = caller.stage.twitch, caller.stage.clock
    assert isinstance(clock, HandClock)
    ann, bob = world.add_user("ann"), world.add_user("bob")
    world.moderation.ban(ann, world.bot, "spam", seconds=60)
    world.ban(bob, world.broadcaster, "bots")
    query = {"broadcaster_id": world.broadcaster.id}
    _, both = await caller.get("moderation/banned", query, token=caller.broadcaster_token)
    clock.advance(60)
    _, left = await caller.get("moderation/banned", query, token=caller.broadcaster_token)
    _, asked = await caller.get("moderation/banned", {**query, "user_id": ann.id}, token=caller.broadcaster_token)
    assert [(each["user_login"], each["reason"], bool(each["expires_at"])) for each in both["data"]] == [
        ("bob", "bots", False),
        ("ann", "spam", True),
    ]
    assert ([each["user_login"] for each in left["data"]], asked["data"]) == (["bob"], [])


async def test_a_program_deletes_a_line_or_all_of_them(caller: Caller) -> None:
    world = caller.stage.twitch
    told = hear(world, "channel.chat.message_delete", "channel.chat.clear")
    line, owners = world.say(world.add_user("ann"), "rude"), world.say(world.broadcaster, "hello")
    mias = world.say(world.add_user("mia", badges={"moderator"}), "hello")
    assert isinstance(line, ChatMessage)
    assert isinstance(owners, ChatMessage)
    assert isinstance(mias, ChatMessage)
    statuses = [
        (await caller.request("DELETE", "moderation/chat", by_bot(caller, **which)))[0]
        for which in (
            {"message_id": line.id},
            {"message_id": owners.id},
            {"message_id": mias.id},
            {"message_id": "nowhere"},
            {},
        )
    ]
    assert statuses == [204, 400, 400, 404, 204]
    assert [event["message_id"] for event in told.told("channel.chat.message_delete")] == [line.id]
    assert len(told.told("channel.chat.clear")) == 1
    assert [each.text for each in seen(world, "deleted")] == ["rude"]


@pytest.mark.parametrize(
    ("path", "badge", "other", "again"),
    [("moderation/moderators", "moderator", "vip", 400), ("channels/vips", "vip", "moderator", 422)],
)
async def test_the_broadcaster_makes_and_unmakes_moderators_and_vips(
    caller: Caller, path: str, badge: str, other: str, again: int
) -> None:
    world, owner = caller.stage.twitch, caller.broadcaster_token
    ann = world.add_user("ann")
    query = {"broadcaster_id": world.broadcaster.id, "user_id": ann.id}
    statuses = [
        (await caller.request(method, path, query, token=owner))[0]
        for method in ("POST", "POST", "DELETE", "DELETE")
    ]
    assert statuses == [204, again, 204, again]
    ann.badges.add(other)
    assert (await caller.request("POST", path, query, token=owner))[0] == 422
    assert (await caller.request("POST", path, query))[0] == 401
    nobody = {**query, "user_id": "1"}
    assert (await caller.request("POST", path, nobody, token=owner))[0] == 400


async def test_ten_roles_in_ten_seconds_are_the_most(caller: Caller) -> None:
    world, clock = caller.stage.twitch, caller.stage.clock
    assert isinstance(clock, HandClock)
    queries = [
        {"broadcaster_id": world.broadcaster.id, "user_id": world.add_user(f"viewer_{number}").id}
        for number in range(12)
    ]

    async def make(query: dict[str, str]) -> int:
        return (await caller.request("POST", "moderation/moderators", query, token=caller.broadcaster_token))[0]

    statuses = [await make(query) for query in queries[:11]]
    clock.advance(10)
    assert [*statuses, await make(queries[11])] == [204] * 10 + [429, 204]


async def test_ten_vips_fill_the_places(caller: Caller) -> None:
    world = caller.stage.twitch
    for number in range(10):
        world.add_user(f"vip_{number}", badges={"vip"})
    query = {"broadcaster_id": world.broadcaster.id, "user_id": world.add_user("ann").id}
    assert (await caller.request("POST", "channels/vips", query, token=caller.broadcaster_token))[0] == 409


async def test_the_title_changes_and_is_told(caller: Caller) -> None:
    world = caller.stage.twitch
    told = hear(world, "channel.update")
    query = {"broadcaster_id": world.broadcaster.id}
    bodies: list[dict[str, str]] = [{"title": "Still teatime"}, {"title": ""}, {}]
    statuses = [
        (await caller.request("PATCH", "channels", query, body, token=caller.broadcaster_token))[0]
        for body in bodies
    ]
    assert (statuses, [event["title"] for event in told.events]) == ([204, 400, 400], ["Still teatime"])
