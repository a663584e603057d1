"""How gateway connections begin, break and come back, with discord.py and with a bare socket."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from bot.stage.discord.sessions import IDENTIFIES_A_DAY
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import ClaimView, TeaBot
from tests.stage.discord.conftest import Rest, Start
from tests.stage.discord.waiting import until


def _gateway(world: DiscordWorld) -> list[str]:
    return [seen.text for seen in world.record.seen if seen.kind == "gateway"]


async def test_a_dropped_client_resumes_and_is_told_what_it_missed(world: DiscordWorld, bot: TeaBot) -> None:
    sent = await bot.channel("lounge").send("48 left", view=ClaimView())
    ann = world.add_member("ann")
    world.faults.drop_gateway()
    await until(world.record, lambda: "disconnect" in _gateway(world))
    act = world.press(ann, str(sent.id), "claim")
    assert (await act.wait()).text.startswith("Teal Mug #1")
    assert _gateway(world) == ["identify", "disconnect", "resume"]
    assert world.record.seen[-2].kind == "gateway"
    assert world.record.seen[-2].data["replayed"] == 1


@pytest.mark.slow  # discord.py waits 5 s before it identifies anew
async def test_a_session_that_is_gone_begins_anew(world: DiscordWorld, bot: TeaBot) -> None:
    world.faults.drop_gateway(resumable=False)
    await until(world.record, lambda: _gateway(world).count("identify") == 2)
    assert "resume refused" in _gateway(world)
    act = world.slash(world.add_member("ann"), "drop")
    assert (await act.wait()).text == "mug for nobody"


async def test_the_gateway_may_ask_for_a_reconnect(world: DiscordWorld, bot: TeaBot) -> None:
    world.faults.ask_to_reconnect()
    async with asyncio.timeout(60):
        await bot.resumed.wait()
    assert _gateway(world) == ["identify", "disconnect", "resume"]


@pytest.mark.slow  # discord.py waits 5 s before it identifies anew
async def test_an_invalid_session_is_replaced(world: DiscordWorld, bot: TeaBot) -> None:
    world.faults.invalidate_session()
    await until(world.record, lambda: _gateway(world).count("identify") == 2)


async def test_a_wrong_token_does_not_log_in(world: DiscordWorld, port: int) -> None:
    with pytest.raises(discord.LoginFailure):
        async with TeaBot.running("wrong"):
            raise AssertionError("logged in")


async def test_a_privileged_intent_must_be_allowed_first(world: DiscordWorld, port: int) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with TeaBot.running(world.bot_token, discord.Intents(guilds=True, members=True)):
            raise AssertionError("logged in")
    world.sessions.allowed_privileged_intents = discord.Intents(members=True).value
    async with TeaBot.running(world.bot_token, discord.Intents(guilds=True, members=True)) as client:
        assert client.is_ready()


async def test_a_malformed_dispatch_kills_the_client_and_a_fresh_one_lives(
    world: DiscordWorld, bot: TeaBot, start: Start
) -> None:
    assert bot.running_task is not None
    world.faults.malformed_dispatch()
    with pytest.raises(KeyError):
        await asyncio.wait_for(asyncio.shield(bot.running_task), 60)
    fresh = await start()
    act = world.slash(world.add_member("ann"), "drop")
    assert (await act.wait()).text == "mug for nobody"
    assert int(act.id) in fresh.interactions


async def test_a_fatal_close_code_ends_the_client(world: DiscordWorld, bot: TeaBot) -> None:
    assert bot.running_task is not None
    world.faults.close_gateway(4014)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await asyncio.wait_for(asyncio.shield(bot.running_task), 60)


async def test_an_outage_refuses_rest_and_gateway_until_it_ends(world: DiscordWorld, rest: Rest, port: int) -> None:
    world.faults.outage(True)
    assert (await rest("GET", "/users/@me")).status == 503
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"ws://127.0.0.1:{port}/gw/")
    world.faults.outage(False)
    assert (await rest("GET", "/users/@me")).status == 200


@pytest.mark.slow  # discord.py backs off for a few seconds
async def test_a_client_comes_back_after_an_outage(world: DiscordWorld, bot: TeaBot) -> None:
    world.faults.outage(True)
    await until(world.record, lambda: "connection refused" in _gateway(world))
    world.faults.outage(False)
    await until(world.record, lambda: "resume" in _gateway(world))
    act = world.slash(world.add_member("ann"), "drop")
    assert (await act.wait()).text == "mug for nobody"


async def test_messages_are_told_only_to_who_wants_them(world: DiscordWorld, port: int) -> None:
    wants = discord.Intents(guilds=True, guild_messages=True)
    async with (
        TeaBot.running(world.bot_token, wants) as hears,
        TeaBot.running(world.bot_token, discord.Intents(guilds=True)) as deaf,
    ):
        await deaf.channel("lounge").send("tea is ready")
        await hears.until(lambda: bool(hears.messages))
        # An interaction is told to all; when it has come, an earlier message would have come too.
        act = world.slash(world.add_member("ann"), "drop")
        await deaf.until(lambda: int(act.id) in deaf.interactions)
        assert deaf.messages == []
        assert hears.messages[0].content == "tea is ready"


async def test_in_silence_nothing_arrives_and_a_resume_brings_it(
    world: DiscordWorld, port: int, socket: Socket
) -> None:
    await socket.send(2, {"token": world.bot_token, "intents": 1 << 9})
    session_id = (await socket.next())["d"]["session_id"]
    world.faults.silence(True)
    world.say(world.add_member("ann"), "missed")
    await socket.send(1, 1)
    # This one leaves a line in the record: when that is there, the heartbeat has been heard.
    await socket.send(4, {"guild_id": world.guild_id})
    await until(world.record, lambda: any(seen.kind == "not-imitated" for seen in world.record.seen))
    world.faults.silence(False)
    await socket.send(1, 1)
    # Neither the message nor the first heartbeat's answer came before this one.
    assert (await socket.next())["op"] == 11
    await socket.close(4000)
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}/gw/") as opened:
        again = Socket(opened)
        assert (await again.next())["op"] == 10
        await again.send(6, {"token": world.bot_token, "session_id": session_id, "seq": 1})
        assert [(await again.next())["t"] for _ in range(2)] == ["MESSAGE_CREATE", "RESUMED"]


async def test_a_client_may_be_asked_for_its_heartbeat(world: DiscordWorld, socket: Socket) -> None:
    await socket.send(2, {"token": world.bot_token, "intents": 0})
    assert (await socket.next())["t"] == "READY"
    world.faults.ask_for_heartbeat()
    assert (await socket.next())["op"] == 1


async def test_who_identifies_too_soon_is_told_to_wait(world: DiscordWorld, port: int, socket: Socket) -> None:
    world.sessions.identify_pause_seconds = 60.0
    await socket.send(2, {"token": world.bot_token, "intents": 0})
    assert (await socket.next())["t"] == "READY"
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}/gw/") as opened:
        second = Socket(opened)
        assert (await second.next())["op"] == 10
        await second.send(2, {"token": world.bot_token, "intents": 0})
        refused = await second.next()
    assert (refused["op"], refused["d"]) == (9, False)
    assert _gateway(world) == ["identify", "identify too soon"]


async def test_a_thousand_sessions_a_day_are_enough(world: DiscordWorld, rest: Rest, socket: Socket) -> None:
    for _ in range(IDENTIFIES_A_DAY - 1):
        world.sessions.identify(_Nowhere(), {"token": world.bot_token, "intents": 1})
    limit = (await rest("GET", "/gateway/bot")).body["session_start_limit"]
    assert (limit["total"], limit["remaining"], limit["max_concurrency"]) == (1000, 1, 1)
    assert 86_000_000 < limit["reset_after"] <= 86_400_000
    world.sessions.identify(_Nowhere(), {"token": world.bot_token, "intents": 1})
    await socket.send(2, {"token": world.bot_token, "intents": 1})
    assert await socket.close_code() == 4004


class Socket:
    """A bare gateway connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, op: int, data: Any = None) -> None:
        await self._socket.send_str(json.dumps({"op": op, "d": data}))

    async def write(self, text: str) -> None:
        await self._socket.send_str(text)

    async def next(self) -> dict[str, Any]:
        frame: dict[str, Any] = await self._socket.receive_json(timeout=60)
        return frame

    async def close_code(self) -> int | None:
        while (await self._socket.receive(timeout=60)).type is aiohttp.WSMsgType.TEXT:
            pass
        return self._socket.close_code

    async def close(self, code: int) -> None:
        await self._socket.close(code=code)


@pytest.fixture
async def socket(port: int) -> AsyncIterator[Socket]:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}/gw/") as opened:
        socket = Socket(opened)
        assert (await socket.next())["op"] == 10
        yield socket


async def test_heartbeats_are_acknowledged(socket: Socket) -> None:
    await socket.send(1)
    assert (await socket.next())["op"] == 11


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (3, {}, 4003),
        (2, {"token": "wrong", "intents": 1}, 4004),
        (2, {"token": "TOKEN", "intents": 1 << 40}, 4013),
        (2, {"token": "TOKEN", "intents": 1 << 15}, 4014),
        (2, {"token": "TOKEN", "intents": 1, "shard": [1, 1]}, 4010),
    ],
)
async def test_a_wrong_first_word_closes_the_socket(
    world: DiscordWorld, socket: Socket, op: int, data: dict[str, Any], code: int
) -> None:
    await socket.send(op, {key: world.bot_token if value == "TOKEN" else value for key, value in data.items()})
    assert await socket.close_code() == code


@pytest.mark.parametrize("text", ["tea", "[]", '{"op": 2}', '{"op": 1, "d": "' + "x" * 4096 + '"}'])
async def test_what_is_no_frame_closes_the_socket(socket: Socket, text: str) -> None:
    await socket.write(text)
    assert await socket.close_code() == 4002


async def test_a_client_that_talks_too_much_is_sent_away(socket: Socket) -> None:
    for _ in range(121):
        await socket.send(1)
    assert await socket.close_code() == 4008


async def test_only_known_versions_are_spoken(port: int) -> None:
    address = f"ws://127.0.0.1:{port}/gw/?v=7&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as opened:
        assert await Socket(opened).close_code() == 4012


async def test_frames_are_compressed_for_who_asks(port: int) -> None:
    address = f"ws://127.0.0.1:{port}/gw/?v=10&encoding=json&compress=zlib-stream"
    inflate = zlib.decompressobj()
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as opened:
        hello = await opened.receive_bytes(timeout=60)
        await opened.send_str('{"op": 1, "d": null}')
        acknowledged = await opened.receive_bytes(timeout=60)
    assert hello.endswith(b"\x00\x00\xff\xff")
    assert [json.loads(inflate.decompress(each))["op"] for each in (hello, acknowledged)] == [10, 11]


async def test_nobody_identifies_twice(world: DiscordWorld, socket: Socket) -> None:
    for _ in range(2):
        await socket.send(2, {"token": world.bot_token, "intents": 1})
    assert await socket.close_code() == 4005


async def test_an_unknown_opcode_closes_the_socket(world: DiscordWorld, socket: Socket) -> None:
    await socket.send(2, {"token": world.bot_token, "intents": 1})
    await socket.send(99)
    assert await socket.close_code() == 4001


async def test_what_the_gateway_does_not_imitate_is_noted(world: DiscordWorld, socket: Socket) -> None:
    await socket.send(2, {"token": world.bot_token, "intents": 1})
    await socket.send(4, {"guild_id": world.guild_id})
    await until(world.record, lambda: any(seen.kind == "not-imitated" for seen in world.record.seen))


async def test_a_sequence_from_the_future_is_refused(world: DiscordWorld, socket: Socket) -> None:
    await socket.send(2, {"token": world.bot_token, "intents": 1})
    session_id = (await socket.next())["d"]["session_id"]
    await socket.close(4000)
    await until(world.record, lambda: "disconnect" in _gateway(world))
    with pytest.raises(Exception, match="Invalid seq"):
        world.sessions.resume(_Nowhere(), {"token": world.bot_token, "session_id": session_id, "seq": 99})


async def test_a_client_that_says_goodbye_cannot_resume(world: DiscordWorld, socket: Socket) -> None:
    await socket.send(2, {"token": world.bot_token, "intents": 1})
    session_id = (await socket.next())["d"]["session_id"]
    await socket.close(1000)
    await until(world.record, lambda: "disconnect" in _gateway(world))
    assert world.sessions.resume(_Nowhere(), {"token": world.bot_token, "session_id": session_id, "seq": 1}) is None


async def test_a_silent_client_is_sent_away(world: DiscordWorld, port: int) -> None:
    world.heartbeat_interval_ms = 40
    async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://127.0.0.1:{port}/gw/") as opened:
        assert await Socket(opened).close_code() == 4009


class _Nowhere:
    def send(self, frame: dict[str, Any]) -> None: ...

    def close(self, code: int) -> None: ...

    def abort(self) -> None: ...
