"""The gateway's WebSocket: hello, identify or resume, heartbeats, and the close codes of the platform."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from typing import Any

from aiohttp import WSMsgType, web

from bot.stage.discord import payloads
from bot.stage.discord.sessions import GUILD_MEMBERS, GUILDS, SCHEDULED_EVENTS, GatewayClosed, Session
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import SECOND

Json = dict[str, Any]

HEARTBEAT, IDENTIFY, PRESENCE, RESUME, MEMBERS = 1, 2, 3, 6, 8
_VERSIONS = frozenset({"9", "10"})
_FRAME_BYTES_MAX = 4096
_FRAMES_MAX, _FRAMES_SECONDS = 120, 60
_MEMBERS_MAX = 100
_ELSEWHERE = {4: "voice state update", 31: "request soundboard sounds"}


class Connection:
    """One socket: frames leave in order through a queue, so the world never waits for a slow reader."""

    def __init__(self, world: DiscordWorld, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._world = world
        self._socket = socket
        self._request = request
        self._frames: asyncio.Queue[Json | int] = asyncio.Queue()
        self._session: Session | None = None
        self._close_code: int | None = None
        self._came_at: deque[int] = deque(maxlen=_FRAMES_MAX)
        # Only the form of compression that both discord.py and hikari ask for; others are sent plain text.
        zipped = request.query.get("compress") == "zlib-stream"
        self._zip = zlib.compressobj(level=1) if zipped else None

    def send(self, frame: Json) -> None:
        # In silence the socket stays open and nothing arrives, heartbeats' answers included.
        if not self._world.faults.is_silent:
            self._frames.put_nowait(frame)

    def close(self, code: int) -> None:
        self._frames.put_nowait(code)

    def abort(self) -> None:
        self._close_code = 1006
        if isinstance(transport := self._request.transport, asyncio.WriteTransport):
            transport.abort()

    async def run(self) -> None:
        """Serve until either side ends; tells the sessions how it ended."""
        self._world.sessions.outlets.add(self)
        writer = asyncio.create_task(self._write())
        try:
            if self._request.query.get("v", "10") not in _VERSIONS:
                raise GatewayClosed(4012, "Invalid API version.")
            self.send(_frame(10, {"heartbeat_interval": self._world.heartbeat_interval_ms, "_trace": ["stage"]}))
            await self._read()
        except GatewayClosed as closed:
            self._close_code = closed.code
            await self._socket.close(code=closed.code, message=closed.reason.encode())
        finally:
            writer.cancel()
            self._world.sessions.outlets.discard(self)
            if self._session is not None:
                code = self._close_code or self._socket.close_code
                self._world.sessions.lost(self._session, self, code)

    async def _write(self) -> None:
        while True:
            frame = await self._frames.get()
            if isinstance(frame, int):
                self._close_code = frame
                await self._socket.close(code=frame)
                return
            try:
                await self._put(json.dumps(frame))
            except ConnectionError:
                # What could not be sent is replayed when the client resumes.
                return

    async def _put(self, text: str) -> None:
        if self._zip is None:
            await self._socket.send_str(text)
        else:
            packed = self._zip.compress(text.encode()) + self._zip.flush(zlib.Z_SYNC_FLUSH)
            await self._socket.send_bytes(packed)

    async def _read(self) -> None:
        patience = self._world.heartbeat_interval_ms / 1000 * 1.5
        while True:
            try:
                received = await self._socket.receive(timeout=patience)
            except TimeoutError:
                raise GatewayClosed(4009, "Session timed out.") from None
            if received.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            self._count(len(received.data))
            try:
                frame = json.loads(received.data)
            except ValueError:
                raise GatewayClosed(4002, "Error while decoding payload.") from None
            if not isinstance(frame, dict):
                raise GatewayClosed(4002, "Error while decoding payload.")
            self._handle(frame.get("op"), frame.get("d"))

    def _count(self, size: int) -> None:
        """120 frames a minute, none beyond 4096 bytes: a client that sends more is disconnected."""
        if size > _FRAME_BYTES_MAX:
            raise GatewayClosed(4002, "Error while decoding payload.")
        now = self._world.clock()
        if len(self._came_at) == _FRAMES_MAX and now - self._came_at[0] < _FRAMES_SECONDS * SECOND:
            raise GatewayClosed(4008, "Rate limited.")
        self._came_at.append(now)

    def _handle(self, op: object, data: Any) -> None:
        if op in (IDENTIFY, RESUME, MEMBERS) and not isinstance(data, dict):
            raise GatewayClosed(4002, "Error while decoding payload.")
        if op == HEARTBEAT:
            if self._session is not None and data is not None:
                self._session.acknowledged(data)
            self.send(_frame(11))
        elif op == IDENTIFY:
            self._identify(data)
        elif op == RESUME:
            if self._session is not None:
                raise GatewayClosed(4005, "Already authenticated.")
            self._session = self._world.sessions.resume(self, data)
            if self._session is None:
                self.send(_frame(9, False))
        elif self._session is None:
            raise GatewayClosed(4003, "Not authenticated.")
        elif op == MEMBERS:
            self._tell_members(self._session, data)
        elif isinstance(op, int) and op in _ELSEWHERE:
            self._world.note_not_imitated(f"gateway op {op} ({_ELSEWHERE[op]})")
        elif op != PRESENCE:
            raise GatewayClosed(4001, "Unknown opcode.")

    def _identify(self, data: Json) -> None:
        if self._session is not None:
            raise GatewayClosed(4005, "Already authenticated.")
        world = self._world
        session = self._session = world.sessions.identify(self, data)
        if session is None:
            self.send(_frame(9, False))
            return
        session.tell(
            "READY",
            payloads.ready(
                session.id,
                world.application_id,
                world.bot,
                session.shard,
                gateway_url(self._request),
                world.sessions.allowed_privileged_intents,
            ),
        )
        if session.intents & GUILDS:
            coming = world.events.coming() if session.intents & SCHEDULED_EVENTS else []
            events = [payloads.event(each, with_count=True) for each in coming]
            session.tell("GUILD_CREATE", payloads.guild_create(world.guild, world.bot, events))

    def _tell_members(self, session: Session, asked: Json) -> None:
        """Those asked for by id or by the beginning of their name; all of them only with the intent."""
        guild = self._world.guild
        limit = asked.get("limit") or (len(guild.members) if session.intents & GUILD_MEMBERS else 0)
        if "user_ids" in asked:
            ids = asked["user_ids"] if isinstance(asked["user_ids"], list) else [asked["user_ids"]]
            found = [guild.members[str(each)] for each in ids[:_MEMBERS_MAX] if str(each) in guild.members]
        else:
            found = guild.members_like(asked.get("query") or "", limit)
        told: Json = {
            "guild_id": guild.id,
            "members": [payloads.member(each) for each in found],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        if "nonce" in asked:
            told["nonce"] = asked["nonce"]
        session.tell("GUILD_MEMBERS_CHUNK", told)


def _frame(op: int, data: Any = None) -> Json:
    return {"op": op, "d": data, "s": None, "t": None}


def gateway_url(request: web.Request) -> str:
    """Where the client reached this server; READY's resume address must lead back here."""
    return f"ws://{request.host}/gw/"


async def serve(world: DiscordWorld, request: web.Request) -> web.StreamResponse:
    if world.faults.is_out:
        world.note_gateway("connection refused")
        return web.Response(status=503, text="upstream connect error")
    # The platform compresses the frames themselves, never the WebSocket.
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    await Connection(world, socket, request).run()
    return socket
