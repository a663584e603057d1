"""Keeps copies of the ledger: hourly, at each close of a drop, and at the end; and says so when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.domain.announcing import DISCORD_MODERATORS
from bot.domain.backup import Backup, BackupStanding, Occasion, due_backup
from bot.domain.time import MINUTE, SECOND, Micros
from bot.services.ports import BoardSender, Clock, PlaceDown, SendRefused
from bot.services.waiting import woken
from bot.storage.backup import BrokenBackup
from bot.storage.database import Reads
from bot.storage.lane import Committed
from bot.storage.newest import LastEntry, last_close, last_entry
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.restore import backups_failing_card, backups_work_card

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
GAP_SECONDS = 5.0  # a rush commits all the time, and one look tells as much as a hundred
RETRY: Micros = 5 * MINUTE
# A bot that has just started has better things to do.
FIRST_AFTER: Micros = 30 * SECOND
STOP_SECONDS = 7.0
MAKE_SECONDS_MAX = 900.0


@dataclass(frozen=True, slots=True)
class _Made:
    """The last copy of this process: up to which entry, and when, by both clocks."""

    entry: LastEntry
    at: Micros
    steady_at: Micros


class Backups:
    """`make` copies for an occasion at an instant, and raises BrokenBackup; `listed` are the copies there are,
    newest first, and raises OSError. Nothing that goes wrong here stops or delays anything else."""

    def __init__(
        self,
        reads: Reads,
        channel_id: int,
        words: Wording,
        clock: Clock,
        steady: Clock,
        *,
        make: Callable[[Occasion, Micros], Awaitable[object]],
        listed: Callable[[], Sequence[Backup]],
        board: BoardSender | None,
    ) -> None:
        self._reads = reads
        self._channel_id = channel_id
        self._words = words
        self._clock = clock
        self._steady = steady
        self._make = make
        self._listed = listed
        self._board = board
        self._wake = asyncio.Event()
        self._made: _Made | None = None
        self._not_before: Micros = steady.now() + FIRST_AFTER
        self._failing = ""
        self._unsaid: Card | None = None
        self._said: str = ""

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable: a drop may have closed."""
        if committed.drops:
            self._wake.set()

    async def run(self) -> None:
        """Make what is due, for ever; cancel to stop."""
        while True:
            await self.look()
            await self._say()
            await woken(self._wake, LOOK_SECONDS)
            await asyncio.sleep(GAP_SECONDS)

    async def look(self) -> None:
        """Ask what is due, and make it."""
        now = self._clock.now()
        entry = await last_entry(self._reads, self._channel_id)
        if entry is None:
            return
        try:
            occasion = due_backup(await self._standing(entry, now))
        except OSError as error:
            self._failed(f"the folder of the copies cannot be read: {error.strerror}")
            return
        too_early = self._steady.now() < self._not_before
        if occasion is None or (too_early and (self._failing or occasion is Occasion.HOURLY)):
            return
        await self._try(occasion, entry, now)

    async def at_stop(self) -> None:
        """The last copy, if anything has happened since the one before; it takes a few seconds or is left out."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                entry = await last_entry(self._reads, self._channel_id)
                if entry is None:
                    return
                now = self._clock.now()
                if (await self._standing(entry, now)).changed:
                    await self._try(Occasion.STOPPED, entry, now)
        except TimeoutError:
            log.warning("no time was left for a copy of the ledger at the end")
        except Exception:
            log.exception("the copy at the end stumbled")

    async def _standing(self, entry: LastEntry, now: Micros) -> BackupStanding:
        made = self._made
        closed_at = await last_close(self._reads, self._channel_id)
        if made is not None:
            # What this process has made itself it need not guess from the clock.
            closed = closed_at is not None and closed_at > made.entry.at
            return BackupStanding(self._steady.now() - made.steady_at, entry.number > made.entry.number, closed)
        newest = next(iter(await asyncio.to_thread(self._listed)), None)
        if newest is None:
            return BackupStanding(None, changed=True, closed=closed_at is not None)
        closed = closed_at is not None and closed_at >= newest.taken_at
        return BackupStanding(now - newest.taken_at, entry.at >= newest.taken_at, closed)

    async def _try(self, occasion: Occasion, entry: LastEntry, now: Micros) -> None:
        try:
            async with asyncio.timeout(MAKE_SECONDS_MAX):
                await self._make(occasion, now)
        except TimeoutError:
            self._failed(f"a copy was not ready after {MAKE_SECONDS_MAX / 60:.0f} minutes")
            return
        except BrokenBackup as broken:
            self._failed(str(broken))
            return
        self._made = _Made(entry, now, self._steady.now())
        log.info("ledger copied", why=str(occasion), entries=entry.number)
        if self._failing:
            self._failing = ""
            self._unsaid = backups_work_card(self._words)

    def _failed(self, reason: str) -> None:
        """Say so once, and try again after a while."""
        self._not_before = self._steady.now() + RETRY
        if self._failing:
            return
        self._failing = reason
        log.error("the ledger cannot be copied; the copies there are stay as they are", reason=reason)
        self._unsaid = backups_failing_card(self._words, reason, self._last_good_at())

    def _last_good_at(self) -> Micros | None:
        if self._made is not None:
            return self._made.at
        try:
            return next((backup.taken_at for backup in self._listed()), None)
        except OSError:
            return None

    async def _say(self) -> None:
        """Tell the moderators, in one card: it says that copies fail, and later that they work again."""
        if self._unsaid is None or self._board is None:
            return
        card = self._unsaid
        try:
            if self._said and not self._failing:
                await self._board.edit(DISCORD_MODERATORS, self._said, card)
                self._said = ""
            else:
                nonce = f"backup-{self._clock.now():x}"
                self._said = await self._board.post(DISCORD_MODERATORS, card, nonce=nonce)
        except PlaceDown:
            return  # the next look tells
        except SendRefused as refused:
            log.warning("the moderators cannot be told about the copies", reason=refused.reason)
        self._unsaid = None
