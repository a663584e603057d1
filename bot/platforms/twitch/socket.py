"""One EventSub connection, without the library's own ways to reconnect, which go deaf without a word.

Everything here leans on private names of twitchio 3.3.2; tests/platforms/test_twitchio_contract.py holds each.
What the library does and this does instead:

- it re-subscribes by itself and drops what fails once: here a lost socket is reported and never used again;
- it stops reading while it follows a `session_reconnect`: here the old socket is read until it is empty;
- it measures silence by the wall clock, in steps of ten seconds: here by the loop's clock, each second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from twitchio.eventsub.websockets import Websocket
from twitchio.exceptions import WebsocketConnectionException

if TYPE_CHECKING:
    from twitchio.ext import commands

log = structlog.stdlib.get_logger(__name__)

_LINGER_SECONDS = 5.0
_SILENCE_CHECK_SECONDS = 1.0
_CLOSED_ABNORMALLY = 1006


class EventSocket(Websocket):
    """A connection that tells `on_lost` when it is gone and `on_successor` when Twitch has moved it.

    `silence_grace` is the seconds past the promised keepalive after which silence counts as loss.
    """

    def __init__(
        self,
        bot: commands.Bot,
        owner: str,
        *,
        silence_grace: float,
        on_lost: Callable[[], None],
        on_successor: Callable[[EventSocket], None],
    ) -> None:
        super().__init__(client=bot, token_for=owner, http=bot.http)
        self.owner = owner
        self._bot = bot
        self._silence_grace = silence_grace
        self._on_lost = on_lost
        self._on_successor = on_successor
        self._move: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.heard_until = self._loop.time()

    @property
    def is_open(self) -> bool:
        """Whether frames can still arrive here."""
        reads = self._listen_task is not None and not self._listen_task.done()
        return self.connected and reads and not self._lost.is_set()

    @property
    def subscribed(self) -> set[str]:
        """The types of the subscriptions that Twitch has confirmed on this connection."""
        return {str(data["type"].value) for data in self._subscriptions.values()}

    @property
    def is_moving(self) -> bool:
        """Whether a successor is on its way, so that nobody else should build one."""
        return self._move is not None and not self._move.done()

    async def open(self, url: str | None = None, *, timeout_seconds: float) -> None:
        """Connect and wait for the welcome. Raises ConnectionError, with nothing left open."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self.connect(url=url, reconnect=False, fail_once=True)
        except (WebsocketConnectionException, OSError, TimeoutError) as error:
            await self.close()
            raise ConnectionError(f"EventSub gave no welcome ({type(error).__name__})") from None
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self, cleanup: bool = True, *, reassociate: bool = True) -> None:
        self._report_loss()
        move, self._move = self._move, None
        if move is not None and move is not asyncio.current_task():
            move.cancel()
        await super().close(cleanup, reassociate=reassociate)

    def _cleanup(self, closed: bool = True) -> None:
        # The library takes the session's entry out of the bot's map, also when it is a successor's by now.
        self._closed = closed
        self._report_loss()

    async def _create_connection_task(self) -> None:
        # Called by the library when it has lost the connection; it would now reconnect this very object.
        socket = self._socket
        if socket is not None and socket.close_code not in (None, _CLOSED_ABNORMALLY):
            # Twitch said goodbye, so everything before was delivered.
            self.heard_until = self._loop.time()
        self._report_loss()

    def _report_loss(self) -> None:
        if not self._lost.is_set():
            self._lost.set()
            self._on_lost()

    async def _process_keepalive(self) -> None:
        last, last_change = self._last_keepalive, self._loop.time()
        while True:
            await asyncio.sleep(_SILENCE_CHECK_SECONDS)
            now = self._loop.time()
            if self._last_keepalive != last:
                last, last_change = self._last_keepalive, now
                self.heard_until = now
            elif now - last_change > self._keep_alive_timeout + self._silence_grace:
                log.warning("twitch.socket-silent", seconds=round(now - last_change, 1))
                self._report_loss()
                return

    async def _process_reconnect(self, data: Any) -> None:
        # The library awaits this inside its reading loop, and what arrives meanwhile is lost.
        if self._move is None:
            url = data["payload"]["session"]["reconnect_url"]
            self._move = asyncio.create_task(self._move_to(url), name="twitch socket move")

    async def _move_to(self, url: str) -> None:
        successor = EventSocket(
            self._bot,
            self.owner,
            silence_grace=self._silence_grace,
            on_lost=self._on_lost,
            on_successor=self._on_successor,
        )
        successor._subscriptions = self._subscriptions
        try:
            await successor.open(url, timeout_seconds=15.0)
        except ConnectionError:
            # Twitch closes this socket half a minute after it asked; then it is lost, and built anew.
            log.warning("twitch.socket-move-failed")
            self._move = None
            self._on_lost()
            return
        self._on_successor(successor)
        # Twitch closes this one itself; until then what is on its way here is still read.
        try:
            async with asyncio.timeout(_LINGER_SECONDS):
                await self._lost.wait()
        except TimeoutError:
            pass
        await self.close()
