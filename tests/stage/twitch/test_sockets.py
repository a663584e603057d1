"""EventSub sockets: how they open, stay, move and die."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch.sockets import CLOSE_REASONS
from tests.stage.twitch.helpers import PATIENCE_SECONDS, Caller, seen, texts, welcome


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with Stage() as stage, aiohttp.ClientSession() as http:
        yield Caller(stage, http)


async def listening(caller: Caller) -> aiohttp.ClientWebSocketResponse:
    """A socket that hears the channel's chat."""
    socket = await caller.connect()
    await caller.subscribe_to_chat(await welcome(socket))
    return socket


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    """The code with which the stage closes the socket, whatever comes before."""
    while (message := await socket.receive(timeout=PATIENCE_SECONDS)).type is aiohttp.WSMsgType.TEXT:
        pass
    assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    return socket.close_code


@pytest.mark.parametrize(("asked", "agreed"), [("", 10), ("?keepalive_timeout_seconds=30", 30)])
async def test_the_welcome_tells_the_keepalive_that_was_asked_for(caller: Caller, asked: str, agreed: int) -> None:
    frame = await (await caller.connect(asked)).receive_json(timeout=PATIENCE_SECONDS)
    assert frame["payload"]["session"]["keepalive_timeout_seconds"] == agreed


@pytest.mark.parametrize(("asked", "agreed"), [("3", 10), ("9999", 600), ("soon", 10)])
async def test_a_keepalive_out_of_range_becomes_the_nearest_one(caller: Caller, asked: str, agreed: int) -> None:
    socket = await caller.connect(f"?keepalive_timeout_seconds={asked}")
    frame = await socket.receive_json(timeout=PATIENCE_SECONDS)
    assert frame["payload"]["session"]["keepalive_timeout_seconds"] == agreed


async def test_a_quiet_socket_hears_keepalives(caller: Caller) -> None:
    caller.stage.twitch.keepalive_seconds_min = 1
    socket = await caller.connect("?keepalive_timeout_seconds=1")
    await welcome(socket)
    frame = await socket.receive_json(timeout=PATIENCE_SECONDS)
    assert frame["metadata"]["message_type"] == "session_keepalive"


async def test_a_socket_that_subscribes_to_nothing_is_closed_as_unused(caller: Caller) -> None:
    caller.stage.twitch.subscribe_within_seconds = 0.05
    assert await close_code(await caller.connect()) == 4003


async def test_a_socket_that_subscribes_in_time_stays(caller: Caller) -> None:
    caller.stage.twitch.subscribe_within_seconds = 1.0
    socket = await listening(caller)
    unused = await caller.connect()
    assert await close_code(unused) == 4003  # opened later: by now the first one's time is over as well
    caller.stage.twitch.say(caller.stage.twitch.broadcaster, "still here?")
    assert await texts(socket, 1) == ["still here?"]


async def test_a_client_that_speaks_is_closed(caller: Caller) -> None:
    socket = await listening(caller)
    await socket.send_str("hello")
    assert await close_code(socket) == 4001


async def test_the_subscriptions_of_a_closed_socket_end_with_it(caller: Caller) -> None:
    socket = await listening(caller)
    caller.stage.twitch.faults.close_sockets(4000)
    assert await close_code(socket) == 4000
    await until_closed(caller, 1)
    assert caller.stage.twitch.sessions.subscriptions() == []
    assert [each.data["code"] for each in seen(caller.stage.twitch, "socket") if each.text == "closed"] == [4000]


async def until_closed(caller: Caller, count: int) -> None:
    """Wait until the stage has put the end of so many sockets on the record."""
    world, enough = caller.stage.twitch, asyncio.Event()

    def look(_: object = None) -> None:
        if sum(each.text == "closed" for each in seen(world, "socket")) >= count:
            enough.set()

    stop_listening = world.record.listen(look)
    look()
    await asyncio.wait_for(enough.wait(), PATIENCE_SECONDS)
    stop_listening()


async def test_a_dropped_connection_ends_without_a_close_frame(caller: Caller) -> None:
    socket = await listening(caller)
    caller.stage.twitch.faults.drop_tcp()
    assert await close_code(socket) == 1006
    await until_closed(caller, 1)


async def test_a_frozen_connection_answers_no_ping_and_stays_open(caller: Caller) -> None:
    url = caller.stage.endpoints()["eventsub"]
    async with aiohttp.ClientSession() as http:
        socket = await http.ws_connect(url, autoping=False)
        await caller.subscribe_to_chat(await welcome(socket))
        caller.stage.twitch.faults.freeze_tcp()
        caller.stage.twitch.say(caller.stage.twitch.broadcaster, "anybody?")
        await socket.ping(b"there?")
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.2)
        assert not socket.closed
        caller.stage.twitch.faults.drop_tcp()


async def test_a_silent_stage_sends_nothing_and_answers_pings(caller: Caller) -> None:
    world = caller.stage.twitch
    url = caller.stage.endpoints()["eventsub"]
    async with aiohttp.ClientSession() as http, http.ws_connect(url, autoping=False) as socket:
        await caller.subscribe_to_chat(await welcome(socket))
        world.faults.silence()
        world.say(world.broadcaster, "unheard")
        await socket.ping(b"there?")
        pong = await socket.receive(timeout=PATIENCE_SECONDS)
        world.faults.silence(False)
        world.say(world.broadcaster, "heard")
        assert (pong.type, bytes(pong.data)) == (aiohttp.WSMsgType.PONG, b"there?")
        assert await texts(socket, 1) == ["heard"]


async def test_a_late_welcome_comes_late(caller: Caller) -> None:
    caller.stage.twitch.faults.no_welcome()
    late = await caller.connect()
    with pytest.raises(TimeoutError):
        await late.receive(timeout=0.1)
    assert len(caller.stage.twitch.sessions) == 0
    caller.stage.twitch.faults.no_welcome(0)
    await welcome(await caller.connect())


async def test_on_a_reconnect_the_old_socket_is_served_until_the_new_one_is_welcomed(caller: Caller) -> None:
    world = caller.stage.twitch
    old = await listening(caller)
    world.faults.reconnect(meanwhile=lambda: world.say(world.broadcaster, "meanwhile"))
    asked = await old.receive_json(timeout=PATIENCE_SECONDS)
    world.say(world.broadcaster, "before")

    new = await caller.follow(asked["payload"]["session"]["reconnect_url"])
    await welcome(new)
    world.say(world.broadcaster, "after")

    assert asked["metadata"]["message_type"] == "session_reconnect"
    assert await texts(old, 2) == ["before", "meanwhile"]
    assert await texts(new, 1) == ["after"]
    await old.close()
    await until_closed(caller, 1)
    world.say(world.broadcaster, "without the old one")
    assert await texts(new, 1) == ["without the old one"]


async def test_an_address_to_reconnect_at_is_good_once(caller: Caller) -> None:
    old = await listening(caller)
    caller.stage.twitch.faults.reconnect()
    asked = await old.receive_json(timeout=PATIENCE_SECONDS)
    url = asked["payload"]["session"]["reconnect_url"]
    await welcome(await caller.follow(url))
    assert await close_code(await caller.follow(url)) == 4007


async def test_who_does_not_reconnect_in_time_is_closed(caller: Caller) -> None:
    caller.stage.twitch.reconnect_within_seconds = 0.05
    socket = await listening(caller)
    caller.stage.twitch.faults.reconnect()
    assert await close_code(socket) == 4004


async def test_who_reconnected_in_time_is_heard_on_and_the_old_socket_is_closed(caller: Caller) -> None:
    world = caller.stage.twitch
    world.reconnect_within_seconds = 1.0
    old = await listening(caller)
    world.faults.reconnect()
    asked = await old.receive_json(timeout=PATIENCE_SECONDS)
    new = await caller.follow(asked["payload"]["session"]["reconnect_url"])
    await welcome(new)
    assert await close_code(old) == 4004
    world.say(world.broadcaster, "still here?")
    assert await texts(new, 1) == ["still here?"]


@pytest.mark.parametrize("code", sorted(CLOSE_REASONS))
async def test_a_socket_closes_with_each_of_twitchs_codes_and_its_reason(caller: Caller, code: int) -> None:
    socket = await listening(caller)
    caller.stage.twitch.faults.close_sockets(code)
    message = await socket.receive(timeout=PATIENCE_SECONDS)
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, code)
    assert message.extra == CLOSE_REASONS[code].decode()


@pytest.mark.parametrize("status", ["user_removed", "version_removed", "moderator_removed"])
async def test_a_revoked_subscription_says_why(caller: Caller, status: str) -> None:
    world = caller.stage.twitch
    socket = await listening(caller)
    [subscription] = world.sessions.subscriptions()
    world.revoke_subscription(subscription, status)
    frame = await socket.receive_json(timeout=PATIENCE_SECONDS)
    assert frame["metadata"]["message_type"] == "revocation"
    assert frame["payload"]["subscription"]["status"] == status
    _, body = await caller.get("eventsub/subscriptions", {})
    assert [each["status"] for each in body["data"]] == [status]
    assert (await caller.get("eventsub/subscriptions", {"status": "enabled"}))[1]["data"] == []


async def test_a_user_who_disconnects_the_app_is_told_by_revocation(caller: Caller) -> None:
    world = caller.stage.twitch
    socket = await listening(caller)
    world.disconnect_app(world.bot)
    frame = await socket.receive_json(timeout=PATIENCE_SECONDS)
    assert frame["metadata"]["message_type"] == "revocation"
    assert frame["payload"]["subscription"]["status"] == "authorization_revoked"
    assert world.sessions.subscriptions() == []
    status, body = await caller.get("users", {})
    assert (status, body["message"]) == (401, "Invalid OAuth token")


async def test_notifications_carry_the_id_of_the_subscription_they_answer(caller: Caller) -> None:
    world = caller.stage.twitch
    socket = await caller.connect()
    subscription_id = await caller.subscribe_to_chat(await welcome(socket))
    world.say(world.broadcaster, "hello")
    frame = await socket.receive_json(timeout=PATIENCE_SECONDS)
    assert frame["payload"]["subscription"]["id"] == subscription_id
