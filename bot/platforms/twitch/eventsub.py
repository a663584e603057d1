"""Keeps what we want to hear and what Twitch really sends the same: the watchdog over all subscriptions."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import aiohttp
import structlog
import twitchio

from bot.platforms.hooks import Connected
from bot.platforms.twitch.settings import TwitchSettings
from bot.platforms.twitch.socket import EventSocket
from bot.platforms.twitch.subscriptions import CHAT, Wanted

if TYPE_CHECKING:
    from twitchio.ext import commands

log = structlog.stdlib.get_logger(__name__)

_CALM_SECONDS = 30.0
_CLOSING_SECONDS = 2.0
_PUT_OFF_SECONDS = 600.0


class Hearing:
    """Until when chat was heard without a gap. It outlives the client, so that no gap is forgotten."""

    def __init__(self) -> None:
        self.until: float | None = None

    def take_gap(self, now: float) -> float:
        """Seconds in which lines may have been missed, told once; 0 when there was no gap."""
        until, self.until = self.until, None
        return 0.0 if until is None else max(0.0, now - until)


class EventSubKeeper:
    """Compares wanted with live subscriptions and mends the difference, one socket per token.

    `failures` counts the connections that could not be opened.

    What fails does not keep the others from being heard; it is tried again with growing pauses.
    """

    def __init__(
        self,
        bot: commands.Bot,
        wanted: Sequence[Wanted],
        settings: TwitchSettings,
        hearing: Hearing,
        on_connected: Connected,
    ) -> None:
        self._bot = bot
        self._always = tuple(wanted)
        self._wanted = self._always
        # By the type of an optional one that was refused: until when it is not asked for again.
        self._put_off: dict[str, float] = {}
        self._settings = settings
        self._hearing = hearing
        self._on_connected = on_connected
        self._sockets: dict[str, EventSocket] = {}
        self._all: set[EventSocket] = set()
        self._goodbyes: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._announced: tuple[EventSocket, ...] = ()
        self._completed_late = False
        self._built = 0
        self.failures = 0
        self._catch_ups: set[asyncio.Task[None]] = set()
        self._one_catch_up = asyncio.Lock()

    @property
    def hears_chat(self) -> bool:
        return any(socket.is_open and CHAT in socket.subscribed for socket in self._sockets.values())

    @property
    def sockets_connected(self) -> int:
        """How many connections there are, one that Twitch is moving away from included."""
        return sum(socket.connected for socket in self._all)

    @property
    def silent_seconds(self) -> float | None:
        """How long ago the last frame was noticed on the stillest connection in use; None without any."""
        heard = [socket.heard_until for socket in self._sockets.values() if socket.is_open]
        return asyncio.get_running_loop().time() - min(heard) if heard else None

    def want_also(self, wanted: Sequence[Wanted]) -> None:
        """From now on these besides what is always wanted."""
        if self._wanted != (*self._always, *wanted):
            self._wanted, self._put_off = (*self._always, *wanted), {}
            self.wake()

    def wake(self) -> None:
        """Look now, instead of at the next round."""
        self._wake.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        loop = asyncio.get_running_loop()
        tries, trouble_at = 0, loop.time()
        try:
            while True:
                self._wake.clear()
                built = self._built
                complete = await self._mend()
                self._tell_when_connected()
                if complete and self._built == built:
                    if loop.time() - trouble_at > _CALM_SECONDS:
                        tries = 0
                    await self._wait_for_news()
                    continue
                tries, trouble_at = tries + 1, loop.time()
                # The first loss is mended at once. A server that welcomes and hangs up is not asked in a loop.
                if not complete or tries > 1:
                    await asyncio.sleep(self._pause_seconds(tries))
        finally:
            self._remember_gap()
            for catching_up in self._catch_ups:
                catching_up.cancel()
            self._bot._websockets.clear()
            for socket in self._all:
                self._let_go(socket)
            if self._goodbyes:
                await asyncio.wait(self._goodbyes, timeout=_CLOSING_SECONDS)

    def _pause_seconds(self, tries: int) -> float:
        settings = self._settings
        ceiling = min(settings.backoff_cap, settings.backoff_base * 2.0 ** min(tries - 1, 10))
        return ceiling * random.uniform(0.5, 1.0)

    async def _wait_for_news(self) -> None:
        try:
            async with asyncio.timeout(self._settings.watchdog_interval):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _mend(self) -> bool:
        """One round; True when everything wanted is heard or on its way."""
        complete, now = True, asyncio.get_running_loop().time()
        wanted_now = [each for each in self._wanted if self._put_off.get(each.name, 0.0) <= now]
        owners = dict.fromkeys(wanted.owner for wanted in wanted_now)
        for idle in [each for each in self._sockets.values() if each.owner not in owners and not each.subscribed]:
            # Twitch closes a socket that wants nothing, again and again.
            self._discard(idle)
        for owner in owners:
            try:
                socket = await self._socket_of(owner)
            except ConnectionError as error:
                log.warning("twitch.eventsub-unreachable", user_id=owner, reason=str(error))
                self.failures += 1
                complete = False
                continue
            if socket is not None:
                mine = [wanted for wanted in wanted_now if wanted.owner == owner]
                complete = await self._subscribe_missing(socket, mine) and complete
        return complete

    async def _socket_of(self, owner: str) -> EventSocket | None:
        """The open socket of an owner, made anew when it is lost; None while Twitch moves it."""
        socket = self._sockets.get(owner)
        if socket is not None:
            if socket.is_open:
                return socket
            if socket.is_moving:
                return None
            self._discard(socket)
        fresh = EventSocket(
            self._bot,
            owner,
            silence_grace=self._settings.watchdog_grace,
            on_lost=self.wake,
            on_successor=self._adopt,
        )
        await fresh.open(timeout_seconds=self._settings.welcome_timeout)
        self._adopt(fresh)
        self._built += 1
        return fresh

    def _adopt(self, socket: EventSocket) -> None:
        self._all = {each for each in self._all if each.connected} | {socket}
        self._sockets[socket.owner] = socket
        # The library subscribes on whatever socket its map names, also on a dead one.
        self._bot._websockets[socket.owner] = {str(socket.session_id): socket}
        self.wake()

    def _discard(self, socket: EventSocket) -> None:
        if socket in self._announced:
            self._remember_gap()
        self._sockets.pop(socket.owner, None)
        self._bot._websockets.pop(socket.owner, None)
        self._let_go(socket)
        self._all.discard(socket)

    def _let_go(self, socket: EventSocket) -> None:
        # A dead server never answers the goodbye; the new connection does not wait for it.
        closing = asyncio.create_task(socket.close(), name="twitch socket goodbye")
        self._goodbyes.add(closing)
        closing.add_done_callback(self._goodbyes.discard)

    async def _subscribe_missing(self, socket: EventSocket, wanted: Sequence[Wanted]) -> bool:
        complete = True
        for each in wanted:
            if each.name in socket.subscribed:
                continue
            if each.name == CHAT:
                self._remember_gap()
            if not socket.is_open:
                return False
            if not await self._subscribe(socket, each):
                complete = False
            elif socket in self._announced and not each.optional:
                # What it would have told until now is lost as well, such as that the stream went on the air.
                self._completed_late = True
        return complete

    async def _subscribe(self, socket: EventSocket, wanted: Wanted) -> bool:
        try:
            answer = await self._bot.subscribe_websocket(wanted.payload, as_bot=False, token_for=wanted.owner)
        except twitchio.HTTPException as error:
            log.warning("twitch.subscription-refused", subscription=wanted.name, status=error.status)
            if not wanted.optional or error.status == 429 or error.status >= 500:
                return False
            self._put_off[wanted.name] = asyncio.get_running_loop().time() + _PUT_OFF_SECONDS
            return True
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # The library's own complaint about a socket it cannot use is a ValueError.
            log.warning("twitch.subscription-failed", subscription=wanted.name, error=type(error).__name__)
            return False
        if answer is None:
            # Twitch says it exists: an earlier answer was lost. A new session starts without such riddles.
            self._discard(socket)
            return False
        return True

    def _remember_gap(self) -> None:
        """Chat is lost, or about to be: keep the last instant at which it surely was heard."""
        if not self._announced:
            return
        now = asyncio.get_running_loop().time()
        self._hearing.until = min((each.heard_until if not each.is_open else now) for each in self._announced)
        self._announced = ()

    def _tell_when_connected(self) -> None:
        """Start the catch-up once for each set of sockets that carries chat, and for what they carry later."""
        always = {wanted.owner for wanted in self._always}
        sockets = tuple(socket for owner, socket in self._sockets.items() if owner in always)
        if not self.hears_chat or (sockets == self._announced and not self._completed_late):
            return
        self._announced, self._completed_late = sockets, False
        gap = self._hearing.take_gap(asyncio.get_running_loop().time())
        log.info("twitch.connected", gap_seconds=round(gap, 2))
        # It may ask Twitch and say lines, and the watch must go on meanwhile.
        catching_up = asyncio.create_task(self._catch_up(gap), name="twitch catch-up")
        self._catch_ups.add(catching_up)
        catching_up.add_done_callback(self._catch_ups.discard)

    async def _catch_up(self, gap_seconds: float) -> None:
        async with self._one_catch_up:
            try:
                await self._on_connected(gap_seconds)
            except Exception:
                log.exception("twitch.catch-up-failed")
