"""Verifies the ledger: what is new at each start, everything at night; and says so when something does not hold."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import time
from zoneinfo import ZoneInfo

import structlog

from bot.domain.announcing import DISCORD_MODERATORS
from bot.domain.answers import TryAgain
from bot.domain.time import HOUR, MINUTE, Micros
from bot.domain.verifying import NoteVerified, is_due
from bot.services.ports import BoardSender, Clock, LedgerLane, PlaceDown, SendRefused
from bot.storage.database import Reads
from bot.storage.drops import read_drops
from bot.storage.verified import NotVerified, ShortCheck, last_whole_check
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.verifying import not_verified_card

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
# A bot that has just started has better things to do.
FIRST_AFTER: Micros = 2 * MINUTE
RETRY: Micros = HOUR
CHECK_SECONDS_MAX = 3_600.0

Check = Callable[[], Awaitable[ShortCheck]]


class Verifying:
    """`check_new` looks at what has come since the last note, `check_all` at everything; both raise NotVerified.
    `at` is the local time of the whole check, None for never. Nothing that is found here stops or delays a drop."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        words: Wording,
        clock: Clock,
        steady: Clock,
        *,
        check_new: Check,
        check_all: Check,
        at: time | None,
        zone: ZoneInfo,
        board: BoardSender | None,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._words = words
        self._clock = clock
        self._steady = steady
        self._check_new, self._check_all = check_new, check_all
        self._at, self._zone = at, zone
        self._board = board
        self._not_before: Micros = steady.now() + FIRST_AFTER
        self._unsaid: Card | None = None
        self._said = ""

    async def at_start(self) -> None:
        """Verify what is new, before anything is said; whatever comes of it, the bot goes on."""
        try:
            await self._verify(self._check_new, whole=False)
        except Exception:
            log.exception("the check at the start stumbled")

    async def run(self) -> None:
        """Verify everything once a night, for ever; cancel to stop."""
        while True:
            await self.look()
            await self.say()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Ask whether the night's check is due, and make it. While a drop is open it waits."""
        if self._steady.now() < self._not_before:
            return
        verified_at = await last_whole_check(self._reads, self._channel_id)
        if not is_due(verified_at, self._clock.now(), self._at, self._zone):
            return
        drops = await read_drops(self._reads, self._channel_id)
        if any(drop.open for drop in drops.values()):
            return
        # What fails is tried again, but not all night.
        self._not_before = self._steady.now() + RETRY
        await self._verify(self._check_all, whole=True)

    async def _verify(self, check: Check, *, whole: bool) -> None:
        try:
            async with asyncio.timeout(CHECK_SECONDS_MAX):
                checked = await check()
        except TimeoutError:
            log.error("the ledger was not verified in time", minutes=CHECK_SECONDS_MAX / 60)
            return
        except NotVerified as why:
            log.error("the ledger was not verified", reason=str(why))
            return
        if checked.fault_count:
            self._found(checked)
            return
        if checked.root is None or not checked.entries:
            return
        log.info("ledger verified", entries=checked.entries, whole=whole)
        with suppress(TryAgain):  # then the next one begins where this one has begun
            await self._lane.submit(NoteVerified(self._channel_id, checked.entries, checked.root, whole))

    def _found(self, checked: ShortCheck) -> None:
        """Something disagrees: that is for whoever runs the bot, and drops go on."""
        first, more = checked.faults[0], checked.fault_count - 1
        log.critical("the ledger does not hold", first=first, more=more)
        if first != self._said:
            self._said = first
            self._unsaid = not_verified_card(self._words, first, more)

    async def say(self) -> None:
        """Tell the moderators what waits to be told."""
        if self._unsaid is None or self._board is None:
            return
        try:
            await self._board.post(DISCORD_MODERATORS, self._unsaid, nonce=f"verify-{self._clock.now():x}")
        except PlaceDown:
            return  # the next look tells
        except SendRefused as refused:
            log.warning("the moderators cannot be told about the ledger", reason=refused.reason)
        self._unsaid = None
