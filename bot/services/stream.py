"""The broadcast: what the platform reports, and what to say after a time without ears."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from bot.domain.answers import TryAgain
from bot.domain.drops import Drop, DropState
from bot.domain.polls import Poll
from bot.domain.time import SECOND, Micros
from bot.services.drops import Drops
from bot.services.ports import Clock, PlaceDown
from bot.services.telling import Telling
from bot.storage.lane import Committed
from bot.wording.announcing import gap_closed_line, gap_line
from bot.wording.catalogue import Wording
from bot.wording.polls import poll_gap_line

log = structlog.get_logger(__name__)

# What is typed in a gap never arrives, however short it is; below this hardly anybody can have typed.
GAP_SECONDS_MIN = 0.5
TRIES = 5
LOOK_AGAIN_SECONDS = 45.0
# For so long an event is newer than what can be asked.
FRESH: Micros = 180 * SECOND
# For so long Twitch swallows the same words.
STANDS: Micros = 31 * SECOND
# A cancelled drop has news that say that nothing counts.
_CLOSED = (DropState.CLOSED, DropState.SETTLED)


def nothing_on() -> Poll | None:
    """For a channel without polls."""
    return None


class Streams:
    """`fetch_live` asks the platform whether the stream is on the air, and raises PlaceDown; `poll_on` gives the
    poll that chat votes in, and `steady` a clock that nobody sets."""

    def __init__(
        self,
        drops: Drops,
        telling: Telling,
        words: Wording,
        steady: Clock,
        fetch_live: Callable[[], Awaitable[bool]],
        *,
        poll_on: Callable[[], Poll | None] = nothing_on,
    ) -> None:
        self._drops = drops
        self._telling = telling
        self._words = words
        self._steady = steady
        self._fetch_live = fetch_live
        self._poll_on = poll_on
        self._heard_at = -math.inf
        self._gap_said_at = -math.inf
        self._was_connected = False
        # By the steady clock: somebody may set the machine's in the middle of a gap.
        self._closed_at: dict[str, Micros] = {}

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable: drops that close while chat is not heard."""
        self._closed_at.update(dict.fromkeys(committed.closed, self._steady.now()))

    async def reported(self, live: bool) -> None:
        """The platform says that the stream went on or off the air."""
        self._heard_at = self._steady.now()
        await self._keep_trying(live)

    async def watch(self) -> None:
        """Ask again and again, for ever: an event may be lost, and nobody tells of a stream that already runs."""
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Ask once, unless an event has just told: the platform's own answer lags minutes behind its events."""
        if self._steady.now() - self._heard_at < FRESH:
            return
        try:
            await self._keep_trying(await self._fetch_live())
        except PlaceDown:
            log.info("could not ask whether the stream is live; the last known state stands")

    async def connected(self, gap_seconds: float) -> None:
        """Ears again after `gap_seconds` (0: first time): learn what was missed and say so where it matters."""
        # What was typed before the first time was never heard, however long that took.
        deaf_since = self._steady.now() - gap_seconds * SECOND if self._was_connected else -math.inf
        self._was_connected = True
        await self.look()
        if gap_seconds < GAP_SECONDS_MIN and not self._closed_since(deaf_since):
            return
        with suppress(TryAgain):  # a drop whose time is up must not be named as one that is open
            await self._drops.wake()
        board = await self._drops.board()
        opened: list[Drop] = [d for d in board.drops if d.open and not (d.paused or d.sold_out or d.frozen)]
        missed = self._closed_since(deaf_since)
        self._closed_at = {key: at for key, at in self._closed_at.items() if key not in missed}
        closed = [d for d in board.drops if d.key in missed and d.state in _CLOSED and not d.sold_out]
        poll = self._poll_on()
        if poll is not None and poll.paused:
            poll = None
        if closed:
            # Where nothing was left, the news of that have the reason.
            self._telling.say_now(gap_closed_line(self._words, [(d.title, d.units_left) for d in closed]))
        if not opened and poll is None:
            return
        now = self._steady.now()
        again = now - self._gap_said_at < STANDS
        self._gap_said_at = now
        if opened:
            self._telling.say_now(gap_line(self._words, [d.title for d in opened], board.now, again=again))
        if poll is not None:
            # A vote that counts is silent, and so is one that was never heard.
            self._telling.say_now(poll_gap_line(self._words, poll.plan.question, again=again))

    def _closed_since(self, instant: float) -> set[str]:
        return {key for key, at in self._closed_at.items() if at >= instant}

    async def _keep_trying(self, live: bool) -> None:
        for attempt in range(TRIES):
            try:
                await self._drops.report_stream(live)
            except TryAgain:
                await asyncio.sleep(2**attempt)
            else:
                return
        log.error("the ledger did not take the stream's state", live=live)
