"""The local Twitch's /ws: EventSub sockets that welcome, keep alive, hand over and die as Twitch's do."""

from __future__ import annotations

import asyncio
import json
import math
import uuid
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.stage.twitch import payloads
from bot.stage.twitch.model import rfc3339
from bot.stage.twitch.sessions import Session
from bot.stage.twitch.world import TwitchWorld

KEEPALIVE_SECONDS = 10
KEEPALIVE_SECONDS_MAX = 600
CLOSE_REASONS = {
    4000: b"internal server error",
    4001: b"client sent inbound traffic",
    4002: b"client failed ping-pong",
    4003: b"connection unused",
    4004: b"client reconnect grace time expired",
    4005: b"network timeout",
    4006: b"network error",
    4007: b"invalid reconnect",
}

# How subscriptions of a socket are listed that Twitch itself closed.
_ENDINGS = {
    4000: "websocket_internal_error",
    4001: "websocket_received_inbound_traffic",
    4002: "websocket_failed_ping_pong",
    4003: "websocket_connection_unused",
    4005: "websocket_network_timeout",
    4006: "websocket_network_error",
}


class Socket:
    """One connection: a queue of frames, written by one task; None in the queue closes the connection."""

    def __init__(
        self, world: TwitchWorld, request: web.Request, ws: web.WebSocketResponse, keepalive_seconds: int
    ) -> None:
        self._world = world
        self._request = request
        self._ws = ws
        self._keepalive_seconds = keepalive_seconds
        self._queue: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        self.closed_with: int | None = None
        self._frozen = False
        self.session: Session | None = None

    # What the world does to a socket

    def send(self, frame: Mapping[str, Any]) -> None:
        self._queue.put_nowait(frame)

    def close(self, code: int) -> None:
        self.closed_with = code
        self._queue.put_nowait(None)

    def drop_tcp(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()

    def freeze_tcp(self) -> None:
        self._frozen = True
        transport = self._request.transport
        if isinstance(transport, asyncio.Transport):
            transport.pause_reading()

    def ask_to_reconnect(self) -> None:
        if self.session is None:
            return
        url = self._request.url.with_scheme("ws").with_query(reconnect=self.session.id)
        self.send(self._frame("session_reconnect", self._session_json("reconnecting", reconnect_url=str(url))))
        # Whether or not a new socket has come: the old one is to be closed by then.
        asyncio.get_running_loop().call_later(self._world.reconnect_within_seconds, self.close, 4004)

    # The writer's task

    async def run_writer(self, taking_on: str | None) -> None:
        """Welcome, then write what is queued; a keepalive when nothing was queued for the time agreed."""
        await self._welcome(taking_on)
        while True:
            try:
                frame = await asyncio.wait_for(self._queue.get(), self._keepalive_seconds)
            except TimeoutError:
                frame = self._frame("session_keepalive", {})
            if frame is None:
                await self._close_now()
                return
            await self._write(frame)

    async def _welcome(self, taking_on: str | None) -> None:
        delay = self._world.faults.welcome_delay_seconds
        if delay:
            # An endless delay still has to be a number of seconds that a loop can take.
            await asyncio.sleep(min(delay, 86_400) if math.isinf(delay) else delay)
        if taking_on is None:
            self.session = self._world.sessions.open(self, self._keepalive_seconds)
            loop = asyncio.get_running_loop()
            loop.call_later(self._world.subscribe_within_seconds, self._close_if_unused)
        else:
            session = self._world.sessions.find(taking_on)
            if session is None:
                self.close(4007)
                return
            meanwhile = self._world.faults.take_meanwhile()
            if meanwhile is not None:
                meanwhile()
            self._world.sessions.hand_over(session, self)
            self.session = session
        self._world.note("socket", "opened", session_id=self.session.id, taken_on=taking_on)
        await self._write(self._frame("session_welcome", self._session_json("connected")))

    def _close_if_unused(self) -> None:
        if (
            self.session is not None
            and self.session.outlet is self
            and not self._world.sessions.is_used(self.session)
        ):
            self.close(4003)

    async def _write(self, frame: Mapping[str, Any]) -> None:
        if self._world.faults.silenced or self._frozen or self._ws.closed:
            return
        await self._ws.send_str(json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    async def _close_now(self) -> None:
        code = self.closed_with or 1000
        await self._ws.close(code=code, message=CLOSE_REASONS.get(code, b""))

    def _session_json(self, status: str, reconnect_url: str | None = None) -> dict[str, Any]:
        assert self.session is not None
        session: dict[str, Any] = {
            "id": self.session.id,
            "status": status,
            "connected_at": rfc3339(self.session.connected_at),
            "keepalive_timeout_seconds": None if reconnect_url else self._keepalive_seconds,
            "reconnect_url": reconnect_url,
        }
        if reconnect_url is None:
            session["recovery_url"] = None
        return {"session": session}

    def _frame(self, message_type: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        return payloads.frame(str(uuid.uuid4()), message_type, self._world.clock(), payload)


class EventSubSockets:
    """Accepts sockets, and closes those that are left when the stage stops."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._connected: set[web.WebSocketResponse] = set()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/ws", self.accept)]

    async def accept(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(timeout=1.0)
        await ws.prepare(request)
        self._connected.add(ws)
        socket = Socket(self._world, request, ws, self._keepalive_seconds(request))
        writer = asyncio.create_task(socket.run_writer(request.query.get("reconnect")))
        writer.add_done_callback(_raise_what_failed)
        try:
            async for _ in ws:
                socket.close(4001)
        finally:
            writer.cancel()
            self._connected.discard(ws)
            status = _ENDINGS.get(socket.closed_with or 0, "websocket_disconnected")
            gone = self._world.sessions.disconnect(socket, status)
            session_id = socket.session.id if gone is not None and socket.session else None
            self._world.note("socket", "closed", code=socket.closed_with or ws.close_code, session_id=session_id)
        return ws

    def _keepalive_seconds(self, request: web.Request) -> int:
        """Twitch takes the nearest acceptable value for a number it does not like."""
        asked = request.query.get("keepalive_timeout_seconds", "")
        seconds = int(asked) if asked.isascii() and asked.isdigit() else KEEPALIVE_SECONDS
        return max(self._world.keepalive_seconds_min, min(KEEPALIVE_SECONDS_MAX, seconds))

    async def close_all(self, _app: web.Application) -> None:
        await asyncio.gather(*(ws.close(code=1001, message=b"going away") for ws in self._connected))


def _raise_what_failed(writer: asyncio.Task[None]) -> None:
    """A connection that went away under a write is no fault of the stage; anything else must be heard."""
    if writer.cancelled():
        return
    error = writer.exception()
    if error is not None and not isinstance(error, ConnectionError):
        asyncio.get_running_loop().call_exception_handler(
            {"message": "an EventSub socket failed", "exception": error, "task": writer}
        )
