"""Which dates a rule falls on: weeks and months counted in the calendar, without clocks and zones."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

INTERVAL_MAX = 99
COUNT_MAX = 1_000
FIRST_DAY = date(2000, 1, 1)
# Rules end with the calendar that drops are planned in: whoever looks for a date that never comes stops here.
LAST_DAY = date(2199, 12, 31)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, order=True)
class DaySpan:
    """Local dates from `first` to `last`, both of them included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> Iterator[date]:
        """Each date, in order."""
        return (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Weekly:
    """Some days of every `interval`-th week, counted from the week of the start; weeks begin on Monday, 0."""

    weekdays: tuple[int, ...]
    interval: int = 1


@dataclass(frozen=True, slots=True, order=True)
class MonthWeekday:
    """A weekday within a month: the `ordinal`-th, from the end when negative, each of them when 0."""

    weekday: int
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class Monthly:
    """Some days of every `interval`-th month, counted from the month of the start: weekdays, or days by number
    (from the end when negative). With both, a day has to be both: Friday the 13th."""

    weekdays: tuple[MonthWeekday, ...] = ()
    days: tuple[int, ...] = ()
    interval: int = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence at one time of day on the local clock. It ends with its `count`-th date, skipped ones counted,
    or with `until`, which belongs to it."""

    pattern: Weekly | Monthly
    clock: time
    count: int | None = None
    until: date | None = None

    @property
    def needs_start(self) -> bool:
        """Whether nobody could tell its dates without knowing where to begin counting."""
        return self.count is not None or self.pattern.interval > 1

    def local_times(self, starts: date | None, since: date) -> Iterator[datetime]:
        """Its dates from `since` on, in order, with the time of day."""
        return (datetime.combine(day, self.clock) for day in days_of(self, starts, since))


def days_of(rule: Rule, starts: date | None, since: date) -> Iterator[date]:
    """The dates of a rule from `since` on, in order, to the end of the calendar. Without `starts` it has no
    beginning, and is counted from FIRST_DAY where it has to be counted.

    Without a count the work grows with what is taken, and is at most that of 2,400 months; with one it begins at
    the start, and is at most COUNT_MAX dates more."""
    if rule.count is None:
        return _days(rule, starts, since)
    begins = starts or FIRST_DAY
    counted = islice(_days(rule, begins, begins), rule.count)
    return (day for day in counted if day >= since)


def _days(rule: Rule, starts: date | None, since: date) -> Iterator[date]:
    first = max(since, starts or FIRST_DAY, FIRST_DAY)
    last = min(rule.until or LAST_DAY, LAST_DAY)
    pattern = rule.pattern
    if isinstance(pattern, Weekly):
        found = _weekly_days(pattern, starts or FIRST_DAY, first, last)
    else:
        found = _monthly_days(pattern, starts or FIRST_DAY, first, last)
    return (day for day in found if first <= day <= last)


def _weekly_days(pattern: Weekly, starts: date, first: date, last: date) -> Iterator[date]:
    anchor = starts - timedelta(days=starts.weekday())
    weeks = (first - anchor) // _WEEK
    monday = anchor + _next_multiple(weeks, pattern.interval) * _WEEK
    while monday <= last:
        yield from (monday + timedelta(days=weekday) for weekday in sorted(set(pattern.weekdays)))
        monday += pattern.interval * _WEEK


def _monthly_days(pattern: Monthly, starts: date, first: date, last: date) -> Iterator[date]:
    anchor = _month_number(starts)
    month = anchor + _next_multiple(_month_number(first) - anchor, pattern.interval)
    while month <= _month_number(last):
        yield from _days_in_month(pattern, month // 12, month % 12 + 1)
        month += pattern.interval


def _days_in_month(pattern: Monthly, year: int, month: int) -> Iterator[date]:
    first_weekday, length = monthrange(year, month)
    by_number = {number if number > 0 else length + 1 + number for number in pattern.days}
    by_weekday = {number for day in pattern.weekdays for number in _numbers(day, first_weekday, length)}
    chosen = by_number & by_weekday if pattern.days and pattern.weekdays else by_number | by_weekday
    return (date(year, month, number) for number in sorted(chosen) if 1 <= number <= length)


def _numbers(day: MonthWeekday, first_weekday: int, length: int) -> Sequence[int]:
    """Which days of a month it is, by their numbers."""
    each = range((day.weekday - first_weekday) % 7 + 1, length + 1, 7)
    if day.ordinal == 0:
        return each
    if abs(day.ordinal) > len(each):
        return ()
    return (each[day.ordinal - 1 if day.ordinal > 0 else day.ordinal],)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _next_multiple(number: int, of: int) -> int:
    return -(-number // of) * of
