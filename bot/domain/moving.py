"""Moving a drop that is announced: to when, for which reason, and what forbids it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.cadence_mistakes import clock_of
from bot.domain.claims import find_drop
from bot.domain.drop_plan import Opening
from bot.domain.drops import Drop, DropState
from bot.domain.ledger import Fact
from bot.domain.moved import MoveReason, Window, WindowFault, moved_fact, read_reason, window_fault, window_of
from bot.domain.people import Actor
from bot.domain.plan import WINDOW_MAX, WINDOW_MIN
from bot.domain.text import normalise_command
from bot.domain.time import MINUTE, Micros, in_zone, read_span, to_instant

_DATE_AND_CLOCK = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[ t](.+)")
_SHIFT = re.compile(r"([+-]) ?(.+)")


@dataclass(frozen=True, slots=True)
class MoveDrop:
    """A moderator moves an announced drop, in texts as they were typed: `opens` is "21:00", "2026-12-01 20:00",
    "+30m" after the announced time or "in 2h" from now; `lasts` a span like "20m", "" to leave it; `why` one of
    REASONS."""

    channel_id: int
    request_id: str
    actor: Actor
    drop: str
    opens: str
    why: str
    lasts: str = ""


class MoveRefusal(StrEnum):
    """Why not, in order of precedence."""

    NOT_ALLOWED = "not-allowed"
    UNKNOWN_DROP = "unknown-drop"
    NOTHING_FITS = "nothing-fits"
    NAME_NEEDED = "name-needed"
    ALREADY_OVER = "already-over"
    ALREADY_OPEN = "already-open"
    NOT_ANNOUNCED = "not-announced"
    ON_CUE = "on-cue"
    OPENS_UNCLEAR = "opens-unclear"
    LASTS_UNCLEAR = "lasts-unclear"
    PAST = WindowFault.PAST.value
    TOO_FAR = WindowFault.TOO_FAR.value
    UNCHANGED = WindowFault.UNCHANGED.value
    REASON_UNCLEAR = "reason-unclear"


@dataclass(frozen=True, slots=True)
class DropMoved:
    """Done. `was_opens_at` is when it was to open before."""

    drop: str
    title: str
    was_opens_at: Micros
    opens_at: Micros
    window: Micros
    why: MoveReason


@dataclass(frozen=True, slots=True)
class MoveRefused:
    """`choices` are the drops that could be meant; `early_for` is how long before its time the drop begins."""

    because: MoveRefusal
    drop: str = ""
    title: str = ""
    choices: tuple[str, ...] = ()
    early_for: Micros = 0


MoveDecision = DropMoved | MoveRefused


def movable(drop: Drop) -> bool:
    """Whether it is announced for a time that has not come, or that it has missed."""
    return drop.state is DropState.ANNOUNCED and drop.plan.opening is Opening.CLOCK


def decide_move(drops: Sequence[Drop], command: MoveDrop, moment: Micros) -> tuple[MoveDecision, tuple[Fact, ...]]:
    """The decision and the fact it makes; a refusal makes none. Nothing but the window changes."""
    if not command.actor.steers:
        return MoveRefused(MoveRefusal.NOT_ALLOWED), ()
    drop = _meant(drops, command.drop)
    if isinstance(drop, MoveRefused):
        return drop, ()
    wanted = _why_not_at_all(drop) or _wanted(drop, command, moment)
    why = read_reason(command.why)
    if isinstance(wanted, MoveRefusal) or why is None:
        because = wanted if isinstance(wanted, MoveRefusal) else MoveRefusal.REASON_UNCLEAR
        return MoveRefused(because, drop.key, drop.title, early_for=drop.plan.early_for), ()
    before = window_of(drop.plan)
    done = DropMoved(drop.key, drop.title, before.opens_at, wanted.opens_at, wanted.length, why)
    return done, (moved_fact(drop, wanted, why, command.actor),)


def read_opening(text: str, *, announced_at: Micros, zone: ZoneInfo, moment: Micros) -> Micros | None:
    """The instant that was meant, `announced_at` being what was announced before; None for what cannot be read.

    A bare time of the day means the one that is nearest to the announced time among those to come: "00:30" for a
    drop at 23:30 is an hour later."""
    plain = normalise_command(text)
    try:
        if shift := _SHIFT.fullmatch(plain):
            span = int(shift[2]) * MINUTE if re.fullmatch("[0-9]{1,4}", shift[2]) else read_span(shift[2])
            return None if not span else announced_at + (span if shift[1] == "+" else -span)
        if plain.startswith("in "):
            span = read_span(plain.removeprefix("in "))
            return None if not span else moment + span
        if dated := _DATE_AND_CLOCK.fullmatch(plain):
            clock = clock_of(dated[4])
            day = date(*map(int, dated.groups()[:3]))
            return None if clock is None else to_instant(datetime.combine(day, clock), zone)[0]
        clock = clock_of(plain)
        if clock is None:
            return None
        days = {in_zone(at, zone).date() + timedelta(days=n) for at in (announced_at, moment) for n in (-1, 0, 1)}
        times = [to_instant(datetime.combine(day, clock), zone)[0] for day in days]
        return min((at for at in times if at > moment), key=lambda at: (abs(at - announced_at), at))
    except (ValueError, OverflowError):
        return None


def _meant(drops: Sequence[Drop], text: str) -> Drop | MoveRefused:
    """The named drop, or the only one that can be moved."""
    fitting = [drop for drop in drops if movable(drop)]
    choices = tuple(drop.key for drop in fitting)
    if text.strip():
        return find_drop(drops, text) or MoveRefused(MoveRefusal.UNKNOWN_DROP, choices=choices)
    if len(fitting) == 1:
        return fitting[0]
    because = MoveRefusal.NAME_NEEDED if fitting else MoveRefusal.NOTHING_FITS
    return MoveRefused(because, choices=choices)


def _why_not_at_all(drop: Drop) -> MoveRefusal | None:
    if drop.over:
        return MoveRefusal.ALREADY_OVER
    if drop.open:
        return MoveRefusal.ALREADY_OPEN
    if not drop.public:
        return MoveRefusal.NOT_ANNOUNCED
    return None if movable(drop) else MoveRefusal.ON_CUE


def _wanted(drop: Drop, command: MoveDrop, moment: Micros) -> Window | MoveRefusal:
    announced = window_of(drop.plan)
    zone = ZoneInfo(drop.plan.zone)
    # Only how long it stays open may change.
    if command.opens.strip() or not command.lasts.strip():
        opens_at = read_opening(command.opens, announced_at=announced.opens_at, zone=zone, moment=moment)
        if opens_at is None:
            return MoveRefusal.OPENS_UNCLEAR
    else:
        opens_at = announced.opens_at
    length = read_span(normalise_command(command.lasts)) if command.lasts.strip() else announced.length
    if length is None or not WINDOW_MIN <= length <= WINDOW_MAX:
        return MoveRefusal.LASTS_UNCLEAR
    wanted = Window(opens_at, length)
    fault = window_fault(drop, wanted, moment)
    return wanted if fault is None else MoveRefusal(fault)
