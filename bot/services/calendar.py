"""Keeps Discord's calendar of events in step with the drops; whatever goes wrong there delays nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from bot.domain.announcing import DISCORD_MODERATORS
from bot.domain.answers import TryAgain
from bot.domain.calendar_step import (
    CalendarEvent,
    Change,
    Create,
    KnownEvent,
    NoteEvent,
    SeenEvent,
    Step,
    Wish,
    asks_for_a_step,
    next_step,
    wish_of,
)
from bot.domain.drops import Drop
from bot.services.ports import BoardSender, CalendarSender, Clock, LedgerLane, NotAllowed, PlaceDown, SendRefused
from bot.services.waiting import woken
from bot.storage.calendar import known_events
from bot.storage.database import Reads
from bot.storage.drops import read_drops
from bot.storage.lane import Committed
from bot.wording.calendar import calendar_refused_card, event_of
from bot.wording.catalogue import Wording

log = structlog.get_logger(__name__)

LOOK_SECONDS = 180.0
GAP_SECONDS = 5.0  # a rush commits all the time, and one look tells as much as a hundred
BACK_OFF_SECONDS_MAX = 300.0
# From nothing to being in step takes three: found after a crash, changed, noted. More would be a circle.
STEPS_MAX = 4


class Calendar:
    """`place` is where an event is said to take place; `in_chat` says that it can be claimed in Twitch chat."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        words: Wording,
        clock: Clock,
        *,
        events: CalendarSender,
        board: BoardSender | None,
        place: str,
        in_chat: bool,
        gap_seconds: float = GAP_SECONDS,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._words = words
        self._clock = clock
        self._events = events
        self._board = board
        self._place = place
        self._in_chat = in_chat
        self._gap_seconds = gap_seconds
        self._wake, self._back = asyncio.Event(), asyncio.Event()
        self._told_refusal = False
        # What Discord would not take for a reason that waiting does not mend, by drop.
        self._refused: dict[str, CalendarEvent | None] = {}

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable."""
        if committed.drops:
            self._wake.set()

    def wake(self) -> None:
        """Discord may be back: look again."""
        self._wake.set()
        self._back.set()

    async def run(self) -> None:
        """Keep the calendar in step, for ever; cancel to stop."""
        back_off = 0.0
        while True:
            try:
                await self.look()
                # Whoever gives us the right does not do it within seconds.
                back_off = LOOK_SECONDS if self._told_refusal else 0.0
            except (PlaceDown, TryAgain) as down:
                asked = down.retry_after_seconds if isinstance(down, PlaceDown) else None
                back_off = asked or min(BACK_OFF_SECONDS_MAX, max(self._gap_seconds, back_off * 2))
            if back_off:
                # However much happens meanwhile: Discord has to be back, or to let us.
                await woken(self._back, back_off)
            else:
                await woken(self._wake, LOOK_SECONDS)
                await asyncio.sleep(self._gap_seconds)

    async def look(self) -> None:
        """Do what is to be done now, one change after the other. Raises PlaceDown or TryAgain: the rest comes
        later."""
        drops = await read_drops(self._reads, self._channel_id)
        known = await known_events(self._reads, self._channel_id)
        look = _Look(self._events)
        for drop in drops.values():
            try:
                await self._keep(drop, known.get(drop.key), look)
            except NotAllowed as refused:
                await self._tell_refusal(refused.reason)
                return
            except SendRefused as refused:
                log.warning("the calendar does not take a drop", drop=drop.key, reason=refused.reason)
                self._refused[drop.key] = self._wanted(drop)

    async def _keep(self, drop: Drop, known: KnownEvent | None, look: _Look) -> None:
        """Bring one drop's event in step."""
        event = self._wanted(drop)
        if drop.key in self._refused and self._refused[drop.key] == event:
            return
        for _ in range(STEPS_MAX):
            moment = self._clock.now()
            if not asks_for_a_step(wish_of(drop), event, known, moment):
                return
            seen = await look.at(drop.key, known)
            step = next_step(event, known, seen, moment)
            if step is None:
                return
            known = await self._take(drop.key, step)

    def _wanted(self, drop: Drop) -> CalendarEvent | None:
        if wish_of(drop) is not Wish.SHOWN:
            return None
        return event_of(self._words, drop, self._place, in_chat=self._in_chat)

    async def _take(self, drop: str, step: Step) -> KnownEvent:
        """Do one thing at Discord, and note it."""
        match step:
            case Create(event):
                known = KnownEvent(await self._events.create(event), event.digest)
            case Change():
                await self._events.change(step)
                known = KnownEvent(step.id, step.then)
            case _:
                known = KnownEvent(step.id, step.digest)
        self._told_refusal = False
        await self._lane.submit(NoteEvent(self._channel_id, drop, known.id, known.digest))
        return known

    async def _tell_refusal(self, reason: str) -> None:
        """Say so once, in the log and to the moderators, until something has worked again."""
        if self._told_refusal:
            return
        log.warning("Discord does not let us write into its calendar", reason=reason)
        self._told_refusal = True
        if self._board is None:
            return
        try:
            card = calendar_refused_card(self._words, reason)
            await self._board.post(DISCORD_MODERATORS, card, nonce=f"calendar-{self._clock.now():x}"[:25])
        except SendRefused as refused:
            log.warning("the moderators cannot be told about the calendar", reason=refused.reason)
        except PlaceDown:
            self._told_refusal = False
            raise


class _Look:
    """One look at the calendar: our marked events are listed once, and only if something is to be made."""

    def __init__(self, events: CalendarSender) -> None:
        self._events = events
        self._marked: Mapping[str, SeenEvent] | None = None

    async def at(self, drop: str, known: KnownEvent | None) -> SeenEvent | None:
        if known is not None and known.lives:
            return await self._events.look(known.id)
        if self._marked is None:
            self._marked = await self._events.marked()
        found = self._marked.get(drop)
        # What this very look has ended may still be listed in it.
        return None if found is not None and known is not None and found.id == known.id else found
