"""EventSub's rules: who may subscribe to what, how often, and what Twitch answers otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch.events import EVENT_TYPES, EventType
from bot.stage.twitch.model import Problem
from bot.stage.twitch.subscriptions import wish_in
from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import Caller, HandClock, Outlet, conditions, seen, subscribe, until, welcome


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with Stage() as stage, aiohttp.ClientSession() as http:
        yield Caller(stage, http)


def _condition(caller: Caller, *keys: str) -> dict[str, str]:
    world = caller.stage.twitch
    known = {
        "broadcaster_user_id": world.broadcaster.id,
        "user_id": world.bot.id,
        "moderator_user_id": world.bot.id,
    }
    return {key: known[key] for key in keys}


@pytest.mark.parametrize(
    ("name", "version", "keys", "by_broadcaster", "status"),
    [
        ("channel.chat.message", "1", ("broadcaster_user_id", "user_id"), False, 202),
        ("channel.chat.message", "1", ("broadcaster_user_id", "user_id"), True, 403),
        ("channel.chat.message", "1", ("broadcaster_user_id",), False, 400),
        ("channel.chat.message", "2", ("broadcaster_user_id", "user_id"), False, 501),
        ("channel.follow", "2", ("broadcaster_user_id", "moderator_user_id"), False, 202),
        ("channel.subscribe", "1", ("broadcaster_user_id",), True, 202),
        ("channel.subscribe", "1", ("broadcaster_user_id",), False, 403),
        ("channel.vip.add", "1", ("broadcaster_user_id",), True, 202),
        ("stream.online", "1", ("broadcaster_user_id",), False, 202),
        ("channel.guest_star_session.begin", "beta", ("broadcaster_user_id",), True, 501),
    ],
)
async def test_a_type_wants_its_condition_and_the_right_persons_token(
    caller: Caller, name: str, version: str, keys: tuple[str, ...], by_broadcaster: bool, status: int
) -> None:
    token = caller.broadcaster_token if by_broadcaster else caller.bot_token
    answered, body = await caller.subscribe(
        await caller.open_session(), name, version, _condition(caller, *keys), token=token
    )
    assert (answered, set(body)) == (
        status,
        {"data", "total", "total_cost", "max_total_cost"} if status == 202 else {"error", "status", "message"},
    )
    assert len(seen(caller.stage.twitch, "subscription")) == (status == 202)
    assert len(seen(caller.stage.twitch, "not-imitated")) == (status == 501)


async def test_a_token_without_the_scope_is_refused(caller: Caller) -> None:
    world = caller.stage.twitch
    poor = world.issue_token(world.bot, ["user:write:chat"]).access
    condition = _condition(caller, "broadcaster_user_id", "user_id")
    status, body = await caller.subscribe(
        await caller.open_session(), "channel.chat.message", "1", condition, token=poor
    )
    assert (status, body["message"]) == (403, "subscription missing proper authorization")


async def test_follows_are_told_to_moderators_only(caller: Caller) -> None:
    caller.stage.twitch.bot.badges.clear()
    condition = _condition(caller, "broadcaster_user_id", "moderator_user_id")
    status, _ = await caller.subscribe(await caller.open_session(), "channel.follow", "2", condition)
    assert status == 403


async def test_an_app_token_does_not_go_with_a_socket(caller: Caller) -> None:
    app = caller.stage.twitch.issue_token(None, ()).access
    condition = _condition(caller, "broadcaster_user_id")
    status, body = await caller.subscribe(await caller.open_session(), "stream.online", "1", condition, token=app)
    assert (status, body["message"]) == (400, "invalid transport and auth combination")


async def test_the_same_wish_twice_is_a_conflict_on_one_socket_and_none_on_another(caller: Caller) -> None:
    condition = _condition(caller, "broadcaster_user_id")
    first, second = await caller.open_session(), await caller.open_session()
    statuses = [
        (await caller.subscribe(session_id, "stream.online", "1", condition))[0]
        for session_id in (first, first, second)
    ]
    assert statuses == [202, 409, 202]


async def test_an_unknown_session_and_one_that_has_ended_are_refused(caller: Caller) -> None:
    socket = await caller.connect()
    ended = await welcome(socket)
    await socket.close()
    assert caller.stage.twitch.sessions.find(ended) is None
    condition = _condition(caller, "broadcaster_user_id")
    for session_id in (ended, "AgoQnever"):
        status, body = await caller.subscribe(session_id, "stream.online", "1", condition)
        assert status == 400
        assert body["message"] == "websocket transport session does not exist or has already disconnected"


async def test_one_socket_serves_one_user(caller: Caller) -> None:
    session_id = await caller.open_session()
    condition = _condition(caller, "broadcaster_user_id")
    await caller.subscribe(session_id, "stream.online", "1", condition)
    status, _ = await caller.subscribe(session_id, "stream.offline", "1", condition, token=caller.broadcaster_token)
    assert status == 400


async def test_one_user_has_three_sockets(caller: Caller) -> None:
    condition = _condition(caller, "broadcaster_user_id")
    statuses = [
        (await caller.subscribe(await caller.open_session(), "stream.online", "1", condition))[0] for _ in range(4)
    ]
    assert statuses == [202, 202, 202, 429]


async def test_channels_that_did_not_authorise_the_app_cost_one_each_and_ten_are_the_most(
    caller: Caller,
) -> None:
    world = caller.stage.twitch
    session_id = await caller.open_session()
    strangers = [world.add_user(f"stranger_{number}").id for number in range(11)]
    answers = [
        await caller.subscribe(session_id, "stream.online", "1", {"broadcaster_user_id": stranger})
        for stranger in strangers
    ]
    assert [status for status, _ in answers] == [202] * 10 + [429]
    assert answers[9][1]["total_cost"] == 10
    status, body = await caller.subscribe(
        session_id, "stream.online", "1", _condition(caller, "broadcaster_user_id")
    )
    assert (status, body["data"][0]["cost"]) == (202, 0)


async def test_a_deleted_subscription_hears_nothing_more_and_cannot_be_deleted_again(caller: Caller) -> None:
    world = caller.stage.twitch
    heard: list[str] = []
    world.frame_listeners.append(lambda frame: heard.append(frame["payload"]["subscription"]["id"]))
    subscription_id = await caller.subscribe_to_chat(await caller.open_session())
    world.say(world.broadcaster, "one")
    another = await caller.request(
        "DELETE", "eventsub/subscriptions", {"id": subscription_id}, token=caller.broadcaster_token
    )
    gone = await caller.request("DELETE", "eventsub/subscriptions", {"id": subscription_id})
    again = await caller.request("DELETE", "eventsub/subscriptions", {"id": subscription_id})
    world.say(world.broadcaster, "two")

    assert (another[0], gone[0], again[0]) == (404, 204, 404)
    assert heard == [subscription_id]


async def test_one_sees_the_subscriptions_of_ones_own_token_and_may_narrow_them(caller: Caller) -> None:
    await caller.subscribe_to_chat(await caller.open_session())
    condition = _condition(caller, "broadcaster_user_id")
    await caller.subscribe(
        await caller.open_session(), "channel.cheer", "1", condition, token=caller.broadcaster_token
    )
    counts = [
        len((await caller.get("eventsub/subscriptions", query, token=token))[1]["data"])
        for query, token in [
            ({}, caller.bot_token),
            ({"type": "channel.chat.message"}, caller.bot_token),
            ({"type": "channel.cheer"}, caller.bot_token),
            ({}, caller.broadcaster_token),
            ({"user_id": caller.stage.twitch.bot.id}, caller.bot_token),
        ]
    ]
    assert counts == [1, 1, 0, 1, 1]


@pytest.mark.parametrize("kind", [kind for kind in EVENT_TYPES.values() if kind.scopes], ids=lambda kind: kind.name)
def test_each_type_takes_any_one_of_its_scopes_and_nothing_less(world: TwitchWorld, kind: EventType) -> None:
    world.grant_badge(world.bot, "moderator")
    session = world.sessions.open(Outlet(), 10)
    for scopes in ([], ["user:bot"], *([scope] for scope in kind.scopes)):
        if kind.scopes.intersection(scopes):
            made = subscribe(world, session, kind.name, scopes=scopes)
            assert session.subscriptions.pop(made.id) is made
        else:
            with pytest.raises(Problem) as refused:
                subscribe(world, session, kind.name, scopes=scopes)
            assert refused.value.status == 403


@pytest.mark.parametrize("kind", EVENT_TYPES.values(), ids=lambda kind: kind.name)
def test_each_type_wants_every_key_of_its_condition(world: TwitchWorld, kind: EventType) -> None:
    whole = conditions(world, kind)
    assert wish_in({"type": kind.name, "version": kind.version, "condition": whole}).condition == whole
    for key in whole:
        broken = {**whole, key: ""}
        with pytest.raises(Problem) as refused:
            wish_in({"type": kind.name, "version": kind.version, "condition": broken})
        assert refused.value.status == 400


def test_three_hundred_subscriptions_fit_one_socket(world: TwitchWorld) -> None:
    session = world.sessions.open(Outlet(), 10)
    for number in range(300):
        channel = world.add_user(f"channel_{number}")
        world.issue_token(channel, ())  # who has authorised the application costs nothing
        subscribe(world, session, "stream.online", broadcaster_user_id=channel.id)
    with pytest.raises(Problem, match="subscription limit exceeded") as refused:
        subscribe(world, session, "stream.online")
    assert refused.value.status == 429


async def test_a_condition_that_names_nobody_is_refused(caller: Caller) -> None:
    status, body = await caller.subscribe(
        await caller.open_session(), "stream.online", "1", {"broadcaster_user_id": "1"}
    )
    assert (status, body["message"]) == (400, "The user specified in the condition object does not exist")


async def test_subscriptions_are_narrowed_by_one_filter_at_a_time(caller: Caller) -> None:
    subscription_id = await caller.subscribe_to_chat(await caller.open_session())
    _, found = await caller.get("eventsub/subscriptions", {"subscription_id": subscription_id})
    both = {"subscription_id": subscription_id, "type": "channel.chat.message"}
    status, _ = await caller.get("eventsub/subscriptions", both)
    assert ([each["id"] for each in found["data"]], status) == ([subscription_id], 400)


async def test_other_transports_are_told_apart_from_errors(caller: Caller) -> None:
    world = caller.stage.twitch
    wish = {
        "type": "stream.online",
        "version": "1",
        "condition": {"broadcaster_user_id": world.broadcaster.id},
        "transport": {"method": "webhook", "callback": "https://example.com", "secret": "0123456789"},
    }
    assert (await caller.post("eventsub/subscriptions", wish))[0] == 501
    assert (await caller.post("eventsub/subscriptions", {**wish, "transport": {}}))[0] == 400
    assert len(seen(world, "not-imitated")) == 1


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (None, "websocket_disconnected"),
        (4000, "websocket_internal_error"),
        (4001, "websocket_received_inbound_traffic"),
        (4004, "websocket_disconnected"),
        (4006, "websocket_network_error"),
    ],
)
async def test_what_ended_with_its_socket_is_listed_for_an_hour_and_costs_nothing(
    code: int | None, status: str
) -> None:
    clock = HandClock()
    async with Stage(clock=clock) as stage, aiohttp.ClientSession() as http:
        caller, world = Caller(stage, http), stage.twitch
        stranger = {"broadcaster_user_id": world.add_user("stranger").id}
        socket = await caller.connect()
        session_id = await welcome(socket)
        _, made = await caller.subscribe(session_id, "stream.online", "1", stranger)
        await caller.subscribe_to_chat(session_id)
        if code is None:
            await socket.close()
        else:
            world.faults.close_sockets(code)
            await socket.receive(timeout=60)
        await until(world, lambda: len(world.sessions) == 0)

        _, body = await caller.get("eventsub/subscriptions", {})
        assert [each["status"] for each in body["data"]] == [status] * 2
        assert (body["total"], body["total_cost"]) == (2, 0)
        gone = {"id": made["data"][0]["id"]}
        statuses = [(await caller.request("DELETE", "eventsub/subscriptions", gone))[0] for _ in range(2)]
        assert statuses == [204, 404]
        clock.advance(3600)
        assert world.sessions.listed(world.bot) == []
