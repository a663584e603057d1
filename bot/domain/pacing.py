"""The channel's own rules about how often and when it drops: gaps, drops a week, blackout dates, quiet hours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.domain.recurrence import DaySpan
from bot.domain.time import Micros, in_zone

_WEEK_DAYS = 7


class PacingRule(StrEnum):
    """The rules in the order in which a warning names them."""

    BLACKOUT = "blackout"
    QUIET_HOURS = "quiet-hours"
    GAP = "gap"
    PER_WEEK = "per-week"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times of day [begins, ends) in which nothing opens; over midnight when it ends before it begins."""

    begins: time
    ends: time

    def __contains__(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


@dataclass(frozen=True, slots=True)
class PacingRules:
    """What the channel has promised itself; each may be left out. Times and dates are of the IANA zone `zone`.

    `gap_min` lies between two openings, in microseconds. `per_week_max` counts the openings on any seven
    consecutive dates: every Friday is once a week, also in the week that the clocks make an hour shorter."""

    zone: str
    gap_min: Micros = 0
    per_week_max: int | None = None
    blackout: tuple[DaySpan, ...] = ()
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True, order=True)
class PacedWindow:
    """A drop's window [opens_at, closes_at), with the key of its drop or occurrence."""

    opens_at: Micros
    closes_at: Micros
    key: str


@dataclass(frozen=True, slots=True)
class PacingWarning:
    """A rule that a window breaks: `other` is the opening that is too near, `count` how many openings there are in
    the seven dates, `day` the blackout date that it touches."""

    rule: PacingRule
    window: PacedWindow
    other: PacedWindow | None = None
    count: int = 0
    day: date | None = None


def warnings(windows: Iterable[PacedWindow], rules: PacingRules) -> tuple[PacingWarning, ...]:
    """What a whole plan breaks, in the order of opening; of windows that are too near or too many, the later ones
    are named."""
    ordered = sorted(windows)
    alone = [warning for window in ordered for warning in _alone(window, rules)]
    near = [
        PacingWarning(PacingRule.GAP, later, earlier)
        for earlier, later in pairwise(ordered)
        if _too_near(earlier, later, rules)
    ]
    return _in_order([*alone, *near, *_crowded_weeks(ordered, rules)])


def check_window(
    window: PacedWindow, others: Iterable[PacedWindow], rules: PacingRules
) -> tuple[PacingWarning, ...]:
    """What one new window would break among `others`, before or after it; at most one warning of a rule. A window
    of the same key among them is the one that moves, and does not count."""
    beside = sorted(other for other in others if other.key != window.key)
    found = list(_alone(window, rules))
    at = bisect_left(beside, window)
    near = [
        other
        for other in beside[max(0, at - 1) : at + 1]
        if _too_near(min(other, window), max(other, window), rules)
    ]
    if near:
        found.append(PacingWarning(PacingRule.GAP, window, near[0]))
    crowded = _most_in_a_week(window, beside, rules)
    if rules.per_week_max is not None and crowded > rules.per_week_max:
        found.append(PacingWarning(PacingRule.PER_WEEK, window, count=crowded))
    return _in_order(found)


def _alone(window: PacedWindow, rules: PacingRules) -> Iterable[PacingWarning]:
    """What it breaks whatever else is planned."""
    opens = _local(window.opens_at, rules)
    # The window is half-open: one that closes at midnight does not touch the next date.
    last = max(opens, _local(window.closes_at - 1, rules)).date()
    touched = [max(span.first, opens.date()) for span in rules.blackout if _meet(span, opens.date(), last)]
    if touched:
        yield PacingWarning(PacingRule.BLACKOUT, window, day=min(touched))
    if rules.quiet is not None and opens.time() in rules.quiet:
        yield PacingWarning(PacingRule.QUIET_HOURS, window)


def _meet(span: DaySpan, first: date, last: date) -> bool:
    return span.first <= last and first <= span.last


def _too_near(earlier: PacedWindow, later: PacedWindow, rules: PacingRules) -> bool:
    passed = later.opens_at - earlier.opens_at
    shown = _local(later.opens_at, rules) - _local(earlier.opens_at, rules)
    # Day after day at eight is a day apart, also over the change that makes the day an hour shorter.
    return max(passed, shown // timedelta(microseconds=1)) < rules.gap_min


def _crowded_weeks(ordered: Sequence[PacedWindow], rules: PacingRules) -> list[PacingWarning]:
    if rules.per_week_max is None:
        return []
    # Sorted: where the autumn change goes back over midnight, a later instant has the earlier date.
    days = sorted(_local(window.opens_at, rules).date() for window in ordered)
    found = []
    for place, window in enumerate(ordered):
        count = place + 1 - bisect_left(days, days[place] - timedelta(days=_WEEK_DAYS - 1))
        if count > rules.per_week_max:
            found.append(PacingWarning(PacingRule.PER_WEEK, window, count=count))
    return found


def _most_in_a_week(window: PacedWindow, beside: Sequence[PacedWindow], rules: PacingRules) -> int:
    """The openings on the fullest seven consecutive dates that the window's own date is among."""
    day = _local(window.opens_at, rules).date()
    days = sorted([*(_local(other.opens_at, rules).date() for other in beside), day])
    weeks = (day - timedelta(days=back) for back in range(_WEEK_DAYS))
    return max(
        bisect_right(days, first + timedelta(days=_WEEK_DAYS - 1)) - bisect_left(days, first) for first in weeks
    )


def _in_order(found: Iterable[PacingWarning]) -> tuple[PacingWarning, ...]:
    rank = {rule: place for place, rule in enumerate(PacingRule)}
    return tuple(sorted(found, key=lambda warning: (warning.window, rank[warning.rule])))


def _local(at: Micros, rules: PacingRules) -> datetime:
    return in_zone(at, ZoneInfo(rules.zone)).replace(tzinfo=None)
