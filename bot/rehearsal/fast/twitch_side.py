"""Twitch as one process of the bot has it without a client: an ear on EventSub, a voice, and questions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

import structlog

from bot.domain.entitlements import Source
from bot.domain.people import Actor
from bot.domain.text import label
from bot.domain.time import SECOND, Micros
from bot.platforms.twitch.settings import TwitchSettings
from bot.rehearsal.fast.helix import QuickHelix
from bot.rehearsal.fast.listening import ONLINE, Event, wanted_events
from bot.rehearsal.fast.network import Line, Network
from bot.rehearsal.fast.twitch_chat import QuickChat
from bot.rehearsal.fast.twitch_evidence import QuickTwitchEvidence
from bot.rehearsal.fast.twitch_lines import (
    PLATFORM,
    QuickCommands,
    actor_in,
    badges_in,
    is_from_elsewhere,
    said_in,
)
from bot.services.ports import EvidenceEar, PlaceDown
from bot.stage.twitch.model import Problem
from bot.stage.twitch.sessions import Session
from bot.stage.twitch.world import TwitchWorld

log = structlog.get_logger(__name__)

KEEPALIVE_SECONDS = 10
_BOT_BADGE = "bot-badge"
# The first loss is mended at once; what is lost again and again waits a little.
_AGAIN_SECONDS = 0.5
Frame = Mapping[str, Any]


class Hears(Protocol):
    """Who hears what Twitch tells, and who runs what follows from it."""

    async def stream_reported(self, live: bool) -> None: ...
    async def twitch_connected(self, gap_seconds: float) -> None: ...


class Socket:
    """One EventSub connection, as the world sees it."""

    def __init__(self, side: TwitchSide, network: Network) -> None:
        self._side = side
        self._line = Line(network)
        self._loop = network.loop
        self.lost: asyncio.Future[int] = network.loop.create_future()
        self.heard_at: Micros = network.loop.now

    def send(self, frame: Frame) -> None:
        if not self.lost.done() and not self._side.world.faults.silenced:
            self._line.carry(self._arrive, frame)

    def _arrive(self, frame: Frame) -> None:
        self.heard_at = self._loop.now
        try:
            self._side.hear(frame)
        except Exception:
            # As with the client: what one event breaks is logged, and the next one is heard.
            log.exception("twitch.event-failed")

    def close(self, code: int) -> None:
        # Twitch says goodbye, so everything before was delivered.
        self.heard_at = self._loop.now
        self._lose(code)

    def drop_tcp(self) -> None:
        self._lose(1006)

    def freeze_tcp(self) -> None:
        # A dead line shows only when the keepalives stay away.
        self._loop.call_in(KEEPALIVE_SECONDS * SECOND, self._lose, 1006)

    def ask_to_reconnect(self) -> None:
        self._side.move(self)

    def _lose(self, code: int) -> None:
        if not self.lost.done():
            self.lost.set_result(code)


class TwitchSide:
    """`spawn` runs something as a part of this process; `commands` answers what is typed; `ear` hears what is
    proved of people, at the instant that `now` gives."""

    def __init__(
        self,
        world: TwitchWorld,
        network: Network,
        settings: TwitchSettings,
        commands: QuickCommands,
        hears: Hears,
        spawn: Callable[[Awaitable[None]], object],
        *,
        now: Callable[[], Micros],
        ear: Callable[[], EvidenceEar],
    ) -> None:
        self.world = world
        self._network = network
        self._loop = network.loop
        self._settings = settings
        self._commands = commands
        self._hears = hears
        self._spawn = spawn
        # As with the client, each login has its own; the streamer's, where a gate needs one, goes with the bot's.
        self._socket: Socket | None = None
        self._streamers: Socket | None = None
        self._heard: set[str] = set()
        self._sources: frozenset[Source] = frozenset()
        self.chat = QuickChat(world, network, settings, lambda: self._socket is not None)
        self.evidence = QuickTwitchEvidence(QuickHelix(world, network), settings, now, ear)

    async def run(self) -> None:
        """Stay connected, for ever; cancel to stop."""
        heard_until: Micros | None = None
        try:
            while True:
                await self._network.trip(min(self.world.faults.welcome_delay_seconds, 86_400.0))
                socket = self._open()
                gap = 0.0 if heard_until is None else (self._loop.now - heard_until) / SECOND
                self._spawn(self._hears.twitch_connected(gap))
                while True:
                    code = await asyncio.shield(socket.lost)
                    if self._socket in (socket, None):
                        break
                    socket = self._socket  # it was moved, and the old one is no loss
                self._close(socket, code)
                heard_until = max(socket.heard_at, self._loop.now - KEEPALIVE_SECONDS * SECOND)
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            if self._socket is not None:
                self._close(self._socket, 1000)

    def _open(self) -> Socket:
        self._socket = socket = self._connect()
        self._subscribe(wanted_events(self._settings, self._sources))
        return socket

    def _connect(self) -> Socket:
        socket = Socket(self, self._network)
        session = self.world.sessions.open(socket, KEEPALIVE_SECONDS)
        self.world.note("socket", "opened", session_id=session.id, taken_on=None)
        return socket

    def listen_for(self, sources: frozenset[Source]) -> None:
        """Hear of what changes the evidence of these sources."""
        before, self._sources = wanted_events(self._settings, self._sources), sources
        self._subscribe(event for event in wanted_events(self._settings, sources) if event not in before)

    def _subscribe(self, events: Iterable[Event]) -> None:
        for event in events:
            session = self._session_for(event)
            if session is None:
                return  # it was lost, and whoever opens the next one subscribes to all of them
            try:
                self._ask_for(event, session)
            except Problem as refused:
                if not event.optional:
                    raise
                log.warning("twitch.evidence-event-refused", subscription=event.name, status=refused.status)

    def _session_for(self, event: Event) -> Session | None:
        main = self._session_on(self._socket)
        if main is None or event.owner == self._settings.bot_id:
            return main
        if self._streamers is None:
            self._streamers = self._connect()
        return self._session_on(self._streamers)

    def _session_on(self, socket: Socket | None) -> Session | None:
        return next((each for each in self.world.sessions if each.outlet is socket), None)

    def _ask_for(self, event: Event, session: Session) -> None:
        logins = (token for token in self.world.tokens if token.user is not None and not token.revoked)
        token = next(each for each in logins if each.user is not None and each.user.id == event.owner)
        transport = {"method": "websocket", "session_id": session.id}
        body = {
            "type": event.name,
            "version": event.version,
            "condition": dict(event.condition),
            "transport": transport,
        }
        made = self.world.sessions.subscribe(token, body, lambda _: True)
        self.world.note(
            "subscription",
            f"created {made.type.name}",
            made.user,
            subscription_id=made.id,
            condition=made.condition,
            **made.carrier.transport(),
        )

    def _close(self, socket: Socket, code: int) -> None:
        closed = [each for each in (socket, self._streamers) if each is not None]
        self._socket = self._streamers = None
        for each in closed:
            gone = self.world.sessions.disconnect(each)
            self.world.note("socket", "closed", code=code, session_id=gone.id if gone is not None else None)

    def move(self, old: Socket) -> None:
        """Twitch asks to go on elsewhere: what is on its way on the old socket is still read."""
        session = self._session_on(old)
        if session is None or old not in (self._socket, self._streamers):
            return
        before, new = session.id, Socket(self, self._network)
        if old is self._socket:
            self._socket = new
        else:
            self._streamers = new
        self.world.sessions.hand_over(session, new)
        self.world.note("socket", "opened", session_id=session.id, taken_on=before)
        self.world.note("socket", "closed", code=1000, session_id=None)
        old.close(1000)

    # What arrives

    def hear(self, frame: Frame) -> None:
        """Take an event once, however often it is delivered."""
        about = frame["metadata"]
        if about["message_type"] != "notification" or about["message_id"] in self._heard:
            return
        self._heard.add(about["message_id"])
        match about["subscription_type"]:
            case "channel.chat.message":
                self._hear_line(frame["payload"]["event"])
            case "stream.online" | "stream.offline" as kind:
                self._spawn(self._hears.stream_reported(kind == ONLINE))
            case kind:
                self.evidence.hear(kind, frame["payload"]["event"])

    def _hear_line(self, event: Mapping[str, Any]) -> None:
        if is_from_elsewhere(event):
            self._commands.overhear(actor_in(event), "", said_in(event))
            return
        if event["chatter_user_id"] == self._settings.bot_id and event["message_id"] in self.chat.own:
            self.chat.as_moderator = "moderator" in badges_in(event)
            return
        if _BOT_BADGE in badges_in(event):
            self._commands.overhear(actor_in(event), "", said_in(event))
            return
        self.evidence.hear_line(event)
        answer = self._commands.answer_to(event)
        if answer is not None:
            self._spawn(answer())

    # Questions

    async def find(self, name: str) -> Actor | None:
        """Who has this login now; see ports.NameLookup."""
        await self._ask("/helix/users")
        user = self.world.find_user(login=name.strip().removeprefix("@"))
        return None if user is None else Actor(PLATFORM, user.id, label(user.name or user.login) or user.id)

    async def fetch_live(self) -> bool:
        """Whether the stream runs now. Raises PlaceDown."""
        await self._ask("/helix/streams")
        return self.world.stream is not None

    async def _ask(self, path: str) -> None:
        await self._network.trip(self.world.faults.take_delay("GET", path))
        planned = self.world.faults.take_answer("GET", path)
        await self._network.trip()
        if planned is not None:
            raise PlaceDown(f"Twitch answers {planned.status}")
