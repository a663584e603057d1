"""What tests of the local Twitch share: a clock that is moved by hand, scopes, and looks into the record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import aiohttp

from bot.stage.record import SECOND, Seen
from bot.stage.server import Stage
from bot.stage.twitch.events import EVENT_TYPES, EventType
from bot.stage.twitch.sessions import Session
from bot.stage.twitch.subscriptions import Subscription
from bot.stage.twitch.world import TwitchWorld

PATIENCE_SECONDS = 60
BOT_SCOPES = ("user:read:chat", "user:write:chat", "user:bot", "moderator:read:followers")


class HandClock:
    """Starts on an evening in 2026 and moves only when told to."""

    def __init__(self) -> None:
        self.now = 1_780_000_000 * SECOND

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


class Outlet:
    """A socket of a few lines: keeps what it is sent."""

    def __init__(self) -> None:
        self.frames: list[Mapping[str, Any]] = []

    def send(self, frame: Mapping[str, Any]) -> None:
        self.frames.append(frame)

    def close(self, code: int) -> None:
        raise NotImplementedError

    def drop_tcp(self) -> None:
        raise NotImplementedError

    def freeze_tcp(self) -> None:
        raise NotImplementedError

    def ask_to_reconnect(self) -> None:
        raise NotImplementedError

    @property
    def events(self) -> list[Any]:
        return [frame["payload"]["event"] for frame in self.frames]

    def told(self, name: str) -> list[Any]:
        """The events of one type."""
        return [
            frame["payload"]["event"]
            for frame in self.frames
            if frame["metadata"].get("subscription_type") == name and "event" in frame["payload"]
        ]


def conditions(world: TwitchWorld, kind: EventType) -> dict[str, str]:
    """What a subscription to a type of event in this channel has to name."""
    known = {
        "broadcaster_user_id": world.broadcaster.id,
        "user_id": world.bot.id,
        "moderator_user_id": world.bot.id,
        "to_broadcaster_user_id": world.broadcaster.id,
        "client_id": world.client_id,
    }
    return {key: known[key] for key in kind.conditions or ("to_broadcaster_user_id",)}


def subscribe(
    world: TwitchWorld, session: Session, name: str, *, scopes: Iterable[str] | None = None, **condition: str
) -> Subscription:
    """Subscribe an open session to a type of event, with a token that may hear it."""
    [kind] = [each for each in EVENT_TYPES.values() if each.name == name]
    user = world.broadcaster if kind.permitted_by == "broadcaster_user_id" else world.bot
    body = {
        "type": name,
        "version": kind.version,
        "condition": {**conditions(world, kind), **condition},
        "transport": {"method": "websocket", "session_id": session.id},
    }
    token = world.issue_token(user, kind.scopes if scopes is None else scopes)
    return world.sessions.subscribe(token, body, lambda user_id: world.moderates(world.users[user_id]))


def hear(world: TwitchWorld, *names: str) -> Outlet:
    """A new outlet that hears these types of event, all of the same person's."""
    outlet = Outlet()
    session = world.sessions.open(outlet, 10)
    for name in names:
        subscribe(world, session, name)
    return outlet


def seen(world: TwitchWorld, kind: str) -> list[Seen]:
    return [each for each in world.record.seen if each.kind == kind]


class Caller:
    """Asks a running stage's Helix by plain HTTP, as the seeded bot unless another token is given."""

    def __init__(self, stage: Stage, http: aiohttp.ClientSession) -> None:
        assert stage.cast is not None
        self.stage = stage
        self.bot_token = stage.cast.bot_token.access
        self.broadcaster_token = stage.cast.broadcaster_token.access
        self._http = http
        self._unread: list[aiohttp.ClientWebSocketResponse] = []

    async def request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: object = None,
        *,
        token: str | None = None,
    ) -> tuple[int, Any]:
        """Status and JSON of an answer; None for an answer without a body."""
        headers = {
            "Authorization": f"Bearer {token or self.bot_token}",
            "Client-Id": self.stage.twitch.client_id,
        }
        url = f"{self.stage.endpoints()['helix']}/{path}"
        async with self._http.request(method, url, params=query, json=body, headers=headers) as answer:
            if answer.status == 204:
                assert "Content-Type" not in answer.headers
                return 204, None
            return answer.status, await answer.json()

    async def get(self, path: str, query: Mapping[str, str], *, token: str | None = None) -> tuple[int, Any]:
        return await self.request("GET", path, query, token=token)

    async def post(
        self, path: str, body: object, query: Mapping[str, str] | None = None, *, token: str | None = None
    ) -> tuple[int, Any]:
        return await self.request("POST", path, query, body, token=token)

    async def send(self, text: str, *, token: str | None = None, **more: object) -> tuple[int, Any]:
        """Send a chat line as the bot."""
        world = self.stage.twitch
        body = {"broadcaster_id": world.broadcaster.id, "sender_id": world.bot.id, "message": text, **more}
        return await self.post("chat/messages", body, token=token)

    async def subscribe(
        self,
        session_id: str,
        name: str,
        version: str,
        condition: Mapping[str, str],
        *,
        token: str | None = None,
    ) -> tuple[int, Any]:
        transport = {"method": "websocket", "session_id": session_id}
        body = {"type": name, "version": version, "condition": dict(condition), "transport": transport}
        return await self.post("eventsub/subscriptions", body, token=token)

    async def subscribe_to_chat(self, session_id: str) -> str:
        """The id of a new subscription to the channel's chat."""
        world = self.stage.twitch
        condition = {"broadcaster_user_id": world.broadcaster.id, "user_id": world.bot.id}
        status, body = await self.subscribe(session_id, "channel.chat.message", "1", condition)
        assert status == 202, body
        subscription_id: str = body["data"][0]["id"]
        return subscription_id

    async def connect(self, query: str = "") -> aiohttp.ClientWebSocketResponse:
        """A new EventSub socket, its welcome not yet read."""
        return await self._http.ws_connect(self.stage.endpoints()["eventsub"] + query)

    async def follow(self, url: str) -> aiohttp.ClientWebSocketResponse:
        """A socket at the address of a session_reconnect."""
        return await self._http.ws_connect(url)

    async def open_session(self) -> str:
        """The id of a new session, whose frames nobody reads."""
        socket = await self.connect()
        self._unread.append(socket)
        return await welcome(socket)


async def until(world: TwitchWorld, fact: Callable[[], bool]) -> None:
    """Wait for a fact that one of the record's next lines brings about."""
    changed = asyncio.Event()
    stop_listening = world.record.listen(lambda _: changed.set())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not fact():
                await changed.wait()
                changed.clear()
    finally:
        stop_listening()


async def welcome(socket: aiohttp.ClientWebSocketResponse) -> str:
    """Read the welcome and give the session's id."""
    frame = await socket.receive_json(timeout=PATIENCE_SECONDS)
    assert frame["metadata"]["message_type"] == "session_welcome"
    session_id: str = frame["payload"]["session"]["id"]
    return session_id


async def texts(socket: aiohttp.ClientWebSocketResponse, count: int) -> list[str]:
    """The chat lines in the next `count` frames."""
    frames = [await socket.receive_json(timeout=PATIENCE_SECONDS) for _ in range(count)]
    return [frame["payload"]["event"]["message"]["text"] for frame in frames]
