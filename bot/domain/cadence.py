"""A recurring drop: its rule or season in local time, expanded into occurrences with their instants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice, takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from bot.domain.recurrence import FIRST_DAY, LAST_DAY, Rule, days_of
from bot.domain.time import DAY, Micros, in_zone, to_instant

ClockChange = Literal["", "gap", "fold"]

SEASON_MAX = 366
SHOWN = 5
CHANGES_WITHIN: Micros = 366 * DAY

# A whole day has been skipped where a zone changed sides of the date line, so that an occurrence can open a day
# after its date; one day more for the instant's own date.
_MOVED_AT_MOST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Season:
    """Irregular local dates with their times of day, at most one a date."""

    times: tuple[datetime, ...]

    def local_times(self, starts: date | None, since: date) -> Iterator[datetime]:
        """Its times from `since` on, in the order of the local clock."""
        first = since if starts is None else max(since, starts)
        return (local for local in sorted(self.times) if local.date() >= first)


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a drop recurs: the rule as it is written, in the IANA zone `zone`, from the local date `starts` on,
    except on the local dates `skipped`."""

    drop: str
    rule: Rule | Season
    zone: str
    starts: date | None = None
    skipped: frozenset[date] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One opening. `local` is the date and time as the rule has them, also where the clock never shows them;
    `change` says that the spring change skips that time ("gap") or the autumn change repeats it ("fold")."""

    drop: str
    local: datetime
    opens_at: Micros
    change: ClockChange = ""

    @property
    def key(self) -> str:
        """Its name for good: another time of day on the same date is the same occurrence, moved."""
        return occurrence_key(self.drop, self.local.date())


@dataclass(frozen=True, slots=True)
class CadenceFault:
    """What the parts of a cadence have wrong with one another: `key` is the one to repair."""

    key: Literal["every", "starts"]
    what: str
    cure: str


def occurrence_key(drop: str, day: date) -> str:
    """ "teal-mug-2026-11-06": can be typed in chat, as a drop's own name can."""
    return f"{drop}-{day.isoformat()}"


def occurrences_after(cadence: Cadence, after: Micros) -> Iterator[Occurrence]:
    """Every occurrence that opens later than `after`, in the order of opening, to the end of the calendar.

    A local time that does not exist moves forward with the clocks; of one that exists twice, the first counts. It
    is the same sequence from wherever it is begun. Raises OverflowError for an instant beyond the calendar."""
    zone = ZoneInfo(cadence.zone)
    since = max(in_zone(after, zone).date(), FIRST_DAY) - _MOVED_AT_MOST
    found: Iterator[Occurrence] = (
        _occurrence(cadence.drop, local, zone)
        for local in cadence.rule.local_times(cadence.starts, since)
        if local.date() not in cadence.skipped
    )
    if isinstance(cadence.rule, Season):
        # A time that moves over midnight may come after one of the next day.
        found = iter(sorted(found, key=lambda each: (each.opens_at, each.local)))
    return (each for each in found if each.opens_at > after)


def next_occurrences(cadence: Cadence, after: Micros, count: int = SHOWN) -> tuple[Occurrence, ...]:
    """The first `count` of them, or fewer at the end of a rule."""
    return tuple(islice(occurrences_after(cadence, after), count))


def occurrences_between(cadence: Cadence, after: Micros, until: Micros) -> tuple[Occurrence, ...]:
    """Those that open later than `after` and not later than `until`."""
    return tuple(takewhile(lambda each: each.opens_at <= until, occurrences_after(cadence, after)))


def clock_changes(cadence: Cadence, after: Micros, within: Micros = CHANGES_WITHIN) -> tuple[Occurrence, ...]:
    """The coming ones whose time of day the clocks skip or repeat."""
    return tuple(each for each in occurrences_between(cadence, after, after + within) if each.change)


def idle_skips(cadence: Cadence) -> tuple[date, ...]:
    """Skipped dates on which nothing would be due anyway: perhaps slips of the pen."""
    skipped = sorted(cadence.skipped)
    if not skipped:
        return ()
    # One pass for all of them: a rule that hardly ever comes is slow to look through.
    times = cadence.rule.local_times(cadence.starts, skipped[0])
    due = {local.date() for local in takewhile(lambda local: local.date() <= skipped[-1], times)}
    return tuple(day for day in skipped if day not in due)


def faults_in(cadence: Cadence) -> tuple[CadenceFault, ...]:
    """What keeps a cadence from being used, though each of its parts can be read."""
    rule = cadence.rule
    if isinstance(rule, Season):
        if next(rule.local_times(cadence.starts, FIRST_DAY), None) is None:
            what = "every date of the season is before it starts"
            return (CadenceFault("starts", what, "Write an earlier date, or leave the key out."),)
        return ()
    if rule.needs_start and cadence.starts is None:
        what = "without a first date nobody could tell where to begin counting"
        return (CadenceFault("starts", what, "Write the first date, like 2026-11-06."),)
    if rule.until is not None and cadence.starts is not None and rule.until < cadence.starts:
        what = f"it would end on {rule.until}, before it starts"
        return (CadenceFault("every", what, "Write a later date."),)
    if next(days_of(rule, cadence.starts, cadence.starts or FIRST_DAY), None) is None:
        cure = "Look at the days of the month and at the interval, and at the date it starts."
        return (CadenceFault("every", f"there is no such date until {LAST_DAY.year}", cure),)
    return ()


def _occurrence(drop: str, local: datetime, zone: ZoneInfo) -> Occurrence:
    opens_at, change = to_instant(local, zone)
    return Occurrence(drop, local, opens_at, change)
