"""The gateway's WebSocket: hello, identify or resume, heartbeats, and the close codes of the platform."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from bot.stage.discord import payloads
from bot.stage.discord.sessions import GUILDS, GatewayClosed, Session
from bot.stage.discord.world import DiscordWorld

Json = dict[str, Any]

HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 1, 2, 3, 6
_ELSEWHERE = {4: "voice state update", 8: "request guild members", 31: "request soundboard sounds"}


class Connection:
    """One socket: frames leave in order through a queue, so the world never waits for a slow reader."""

    def __init__(self, world: DiscordWorld, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._world = world
        self._socket = socket
        self._request = request
        self._frames: asyncio.Queue[Json | int] = asyncio.Queue()
        self._session: Session | None = None
        self._close_code: int | None = None

    def send(self, frame: Json) -> None:
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
                await self._socket.send_str(json.dumps(frame))
            except ConnectionError:
                # What could not be sent is replayed when the client resumes.
                return

    async def _read(self) -> None:
        patience = self._world.heartbeat_interval_ms / 1000 * 1.5
        while True:
            try:
                received = await self._socket.receive(timeout=patience)
            except TimeoutError:
                raise GatewayClosed(4009, "Session timed out.") from None
            if received.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            try:
                frame = json.loads(received.data)
            except ValueError:
                raise GatewayClosed(4002, "Error while decoding payload.") from None
            self._handle(frame.get("op"), frame.get("d"))

    def _handle(self, op: int, data: Any) -> None:
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
        elif op in _ELSEWHERE:
            self._world.note_not_imitated(f"gateway op {op} ({_ELSEWHERE[op]})")
        elif op != PRESENCE:
            raise GatewayClosed(4001, "Unknown opcode.")

    def _identify(self, data: Json) -> None:
        if self._session is not None:
            raise GatewayClosed(4005, "Already authenticated.")
        world = self._world
        session = self._session = world.sessions.identify(self, data)
        session.tell(
            "READY",
            payloads.ready(session.id, world.application_id, world.bot, session.shard, gateway_url(self._request)),
        )
        if session.intents & GUILDS:
            session.tell("GUILD_CREATE", payloads.guild_create(world.guild, world.bot))


def _frame(op: int, data: Any = None) -> Json:
    return {"op": op, "d": data, "s": None, "t": None}


def gateway_url(request: web.Request) -> str:
    """Where the client reached this server; READY's resume address must lead back here."""
    return f"ws://{request.host}/gw/"


async def serve(world: DiscordWorld, request: web.Request) -> web.StreamResponse:
    if world.faults.is_out:
        world.note_gateway("connection refused")
        return web.Response(status=503, text="upstream connect error")
    # The client may ask for compression; plain text frames are allowed all the same.
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    await Connection(world, socket, request).run()
    return socket
