"""The channel's own pacing: each broken rule by its name, for a whole plan and for one new window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.cadence import Cadence, next_occurrences
from bot.domain.pacing import (
    PacedWindow,
    PacingRule,
    PacingRules,
    QuietHours,
    check_window,
    warnings,
)
from bot.domain.recurrence import DaySpan, Rule, Weekly
from bot.domain.time import DAY, HOUR, MINUTE, Micros, to_instant
from tests.domain.cadences import EVERY_DAY, utc

ZONE = "Europe/Berlin"
FREE = PacingRules(ZONE)
CHRISTMAS = DaySpan(date(2026, 12, 24), date(2026, 12, 26))


def window(written: str, key: str = "", lasts: Micros = 15 * MINUTE) -> PacedWindow:
    """A window from a local time in Berlin."""
    at, _ = to_instant(datetime.fromisoformat(written), ZoneInfo(ZONE))
    return PacedWindow(at, at + lasts, key or written)


def broken(rules: PacingRules, *windows: PacedWindow) -> list[tuple[str, str]]:
    return [(warning.window.key, str(warning.rule)) for warning in warnings(windows, rules)]


def test_a_third_drop_within_seven_days_breaks_the_rule_per_week() -> None:
    rules = replace(FREE, per_week_max=2)
    plan = [window(f"2026-11-{day:02} 20:00") for day in (2, 5, 8, 12)]
    assert broken(rules, *plan) == [("2026-11-08 20:00", "per-week")]
    (warning,) = check_window(plan[2], [plan[1], plan[0]], rules)
    assert (warning.rule, warning.count) == (PacingRule.PER_WEEK, 3)


@pytest.mark.parametrize(("last", "found"), [("2026-11-08 23:59", 1), ("2026-11-09 00:00", 0)])
def test_seven_days_are_seven_dates(last: str, found: int) -> None:
    rules = replace(FREE, per_week_max=1)
    assert len(broken(rules, window("2026-11-02 20:00"), window(last))) == found


@pytest.mark.parametrize("starts", ["2026-03-20 20:00", "2026-10-16 20:00"])
def test_every_friday_is_once_a_week_and_a_week_apart_over_every_change_of_clocks(starts: str) -> None:
    rules = replace(FREE, per_week_max=1, gap_min=7 * DAY)
    cadence = Cadence("mug", Rule(Weekly((4,)), time(20)), ZONE)
    found = next_occurrences(cadence, window(starts).opens_at - 1, 4)
    plan = [PacedWindow(each.opens_at, each.opens_at + HOUR, each.key) for each in found]
    assert {later.opens_at - earlier.opens_at for earlier, later in pairwise(plan)} != {7 * DAY}
    assert broken(rules, *plan) == []


def test_two_openings_that_are_too_near_break_the_rule_gap() -> None:
    rules = replace(FREE, gap_min=DAY)
    first, near, far = window("2026-11-02 20:00"), window("2026-11-03 19:59"), window("2026-11-04 20:00")
    assert broken(rules, far, near, first) == [(near.key, "gap")]
    assert warnings([first, near], rules)[0].other == first
    (before,) = check_window(first, [near, far], rules)
    assert (before.rule, before.other) == (PacingRule.GAP, near)
    assert check_window(replace(near, opens_at=near.opens_at + MINUTE), [first, far], rules) == ()


@pytest.mark.parametrize(
    ("opens", "lasts", "day"),
    [
        ("2026-12-23 23:00", HOUR, None),  # closes at midnight: half-open
        ("2026-12-23 23:00", HOUR + 1, "2026-12-24"),
        ("2026-12-24 00:00", HOUR, "2026-12-24"),
        ("2026-12-26 23:59", HOUR, "2026-12-26"),
        ("2026-12-27 00:00", HOUR, None),
        ("2026-12-20 00:00", 20 * DAY, "2026-12-24"),
    ],
)
def test_nothing_is_on_at_a_blackout_date(opens: str, lasts: Micros, day: str | None) -> None:
    rules = replace(FREE, blackout=(DaySpan(date(2026, 12, 31), date(2026, 12, 31)), CHRISTMAS))
    found = [(str(warning.rule), str(warning.day)) for warning in warnings([window(opens, lasts=lasts)], rules)]
    assert found == ([] if day is None else [("blackout", day)])


@pytest.mark.parametrize(
    ("begins", "ends", "opens", "quiet"),
    [
        (time(22), time(10), "21:59", False),
        (time(22), time(10), "22:00", True),
        (time(22), time(10), "00:00", True),
        (time(22), time(10), "09:59", True),
        (time(22), time(10), "10:00", False),
        (time(13), time(15), "12:59", False),
        (time(13), time(15), "13:00", True),
        (time(13), time(15), "15:00", False),
        (time(13), time(13), "13:00", False),
    ],
)
def test_nothing_opens_in_quiet_hours(begins: time, ends: time, opens: str, quiet: bool) -> None:
    rules = replace(FREE, quiet=QuietHours(begins, ends))
    planned = window(f"2026-11-02 {opens}")
    expected = [(planned.key, "quiet-hours")] if quiet else []
    assert broken(rules, planned) == expected
    assert [str(each.rule) for each in check_window(planned, [], rules)] == [rule for _, rule in expected]


def test_quiet_hours_are_of_the_local_clock_summer_and_winter() -> None:
    rules = replace(FREE, quiet=QuietHours(time(22), time(10)))
    assert broken(rules, window("2026-07-01 10:00"), window("2026-12-01 10:00")) == []
    assert len(broken(rules, window("2026-07-01 09:59"), window("2026-12-01 09:59"))) == 2


def test_everything_that_is_broken_is_named_in_the_order_of_the_rules() -> None:
    rules = PacingRules(ZONE, 2 * DAY, 1, (CHRISTMAS,), QuietHours(time(22), time(10)))
    before, new = window("2026-12-23 20:00"), window("2026-12-24 23:00")
    assert [str(each.rule) for each in check_window(new, [before], rules)] == list(PacingRule)
    assert [rule for key, rule in broken(rules, before, new) if key == new.key] == list(PacingRule)


def test_a_window_that_moves_is_not_in_its_own_way() -> None:
    rules = replace(FREE, per_week_max=1, gap_min=DAY)
    before, after = window("2026-11-02 20:00", "mug"), window("2026-11-02 21:00", "mug")
    assert check_window(after, [before], rules) == ()


def test_without_rules_nothing_is_broken() -> None:
    plan = [window("2026-12-24 03:00", str(number)) for number in range(9)]
    assert warnings(plan, FREE) == ()
    assert warnings([], replace(FREE, per_week_max=0, gap_min=DAY)) == ()


def test_a_year_of_daily_drops_keeps_a_day_between_them() -> None:
    found = next_occurrences(Cadence("mug", Rule(EVERY_DAY, time(20)), ZONE), utc("2026-01-01"), 366)
    plan = [PacedWindow(each.opens_at, each.opens_at + HOUR, each.key) for each in found]
    assert warnings(plan, replace(FREE, gap_min=DAY, per_week_max=7)) == ()
    assert len(warnings(plan, replace(FREE, gap_min=DAY + 2 * HOUR))) == 365
    assert len(warnings(plan, replace(FREE, per_week_max=6))) == 360


openings = st.integers(0, 60 * 24).map(lambda quarters: utc("2026-10-10") + quarters * 15 * MINUTE)
plans = st.lists(openings, min_size=1, max_size=10, unique=True).map(
    lambda found: [PacedWindow(at, at + HOUR, str(at)) for at in found]
)
rulebooks = st.builds(
    PacingRules,
    st.sampled_from([ZONE, "UTC", "Australia/Lord_Howe"]),
    st.sampled_from([0, HOUR, DAY, 3 * DAY]),
    st.none() | st.integers(0, 3),
    st.lists(st.just(DaySpan(date(2026, 10, 24), date(2026, 10, 26))), max_size=1).map(tuple),
    st.none() | st.builds(QuietHours, st.sampled_from([time(22), time(1)]), st.just(time(6))),
)


@given(plans, rulebooks)
def test_what_one_window_breaks_is_what_the_plan_breaks_with_it(
    plan: list[PacedWindow], rules: PacingRules
) -> None:
    whole = warnings(plan, rules)
    alone = {each.key: check_window(each, plan, rules) for each in plan}
    named = {warning.rule for found in alone.values() for warning in found}
    assert named == {warning.rule for warning in whole}
    for warning in whole:
        assert warning.rule in {each.rule for each in alone[warning.window.key]}


@given(plans, rulebooks)
def test_a_plan_that_each_window_fits_into_breaks_nothing(plan: list[PacedWindow], rules: PacingRules) -> None:
    kept: list[PacedWindow] = []
    for each in plan:
        if not check_window(each, kept, rules):
            kept.append(each)
    assert warnings(kept, rules) == ()
