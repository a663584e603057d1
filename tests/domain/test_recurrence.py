"""Rules fall on the dates that another implementation of RFC 5545 finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.domain.cadence_rrule import rrule_text
from bot.domain.recurrence import WEEKDAYS, DaySpan, Monthly, MonthWeekday, Rule, Weekly, days_of

weekdays = st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days)))
numbered = st.sets(st.builds(MonthWeekday, st.integers(0, 6), st.integers(-5, 5).filter(bool)), max_size=3)
plain = st.sets(st.builds(MonthWeekday, st.integers(0, 6)), max_size=3)
# Not mixed: for the other library a numbered and a plain weekday have to be the same day.
month_weekdays = st.one_of(numbered, plain)
month_days = st.sets(st.integers(-31, 31).filter(bool), max_size=4)
monthly = st.builds(
    Monthly,
    month_weekdays.map(lambda days: tuple(sorted(days))),
    month_days.map(lambda days: tuple(sorted(days))),
    st.integers(1, 14),
).filter(lambda pattern: pattern.weekdays or pattern.days)
ends = st.one_of(
    st.tuples(st.none(), st.none()),
    st.tuples(st.integers(1, 30), st.none()),
    st.tuples(st.none(), st.dates(date(2020, 1, 1), date(2060, 1, 1))),
)
rules = st.builds(
    lambda pattern, end: Rule(pattern, time(20), *end),
    st.one_of(st.builds(Weekly, weekdays, st.integers(1, 9)), monthly),
    ends,
)


@settings(deadline=None)  # thousands of dates, on whatever machine
@given(rules, st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-2, 8 * 366))
def test_a_rule_falls_on_the_dates_that_another_library_finds(rule: Rule, starts: date, later: int) -> None:
    # The other one looks for what never comes until the year 9999.
    assume(next(days_of(replace(rule, until=None), starts, starts), None) is not None)
    since, end = starts + timedelta(days=later), starts + timedelta(days=8 * 366)
    ended = replace(rule, count=None, until=min(rule.until or end, end))
    found = rrulestr(rrule_text(ended).removesuffix(" 20:00"), dtstart=datetime.combine(starts, time()))
    wanted = [moment.date() for moment in islice(found, rule.count)]
    assert [day for day in days_of(rule, starts, since) if day <= end] == [day for day in wanted if day >= since]


@settings(deadline=None)  # thousands of dates, on whatever machine
@given(rules, st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.dates(date(2015, 1, 1), date(2060, 1, 1)))
def test_beginning_later_leaves_out_what_is_earlier_and_nothing_else(rule: Rule, starts: date, since: date) -> None:
    whole = [day for day in islice(days_of(rule, starts, starts), 3_000) if day >= since]
    assert list(islice(days_of(rule, starts, since), len(whole))) == whole


@pytest.mark.parametrize(
    ("pattern", "starts", "expected"),
    [
        (Weekly((4,)), "2026-11-06", "2026-11-06 2026-11-13 2026-11-20"),
        (Weekly((0, 6), 2), "2026-11-06", "2026-11-08 2026-11-16 2026-11-22"),  # counted from its week's Monday
        (Monthly((MonthWeekday(4, 1),)), "2026-11-07", "2026-12-04 2027-01-01 2027-02-05"),
        (Monthly((MonthWeekday(6, -1),)), "2026-11-07", "2026-11-29 2026-12-27 2027-01-31"),
        (Monthly((MonthWeekday(4, 5),)), "2026-11-07", "2027-01-29 2027-04-30 2027-07-30"),
        (Monthly((MonthWeekday(4),), (13,)), "2026-11-07", "2026-11-13 2027-08-13 2028-10-13"),
        (Monthly((MonthWeekday(4), MonthWeekday(6, 1))), "2027-08-28", "2027-09-03 2027-09-05 2027-09-10"),
        (Monthly((), (31,)), "2026-11-07", "2026-12-31 2027-01-31 2027-03-31"),
        (Monthly((), (-1,)), "2027-12-07", "2027-12-31 2028-01-31 2028-02-29"),
        (Monthly((), (29,), 12), "2028-02-01", "2028-02-29 2032-02-29 2036-02-29"),
    ],
)
def test_rules_read_as_streamers_mean_them(pattern: Weekly | Monthly, starts: str, expected: str) -> None:
    begins = date.fromisoformat(starts)
    found = islice(days_of(Rule(pattern, time(20)), begins, begins), 3)
    assert " ".join(map(str, found)) == expected


def test_a_count_is_counted_from_the_start_wherever_one_begins_to_look() -> None:
    rule = Rule(Weekly((4,)), time(20), count=3)
    starts = date(2026, 11, 6)
    assert [str(day) for day in days_of(rule, starts, date(2026, 11, 14))] == ["2026-11-20"]
    assert list(days_of(rule, starts, date(2026, 11, 21))) == []


def test_the_last_date_belongs_to_the_rule() -> None:
    rule = Rule(Weekly((4,)), time(20), until=date(2026, 11, 13))
    assert [str(day) for day in days_of(rule, date(2026, 11, 6), date(2026, 11, 6))] == ["2026-11-06", "2026-11-13"]


def test_a_rule_without_a_start_has_always_been() -> None:
    rule = Rule(Weekly((4,)), time(20))
    assert next(days_of(rule, None, date(2010, 1, 1))) == date(2010, 1, 1)
    assert WEEKDAYS[date(2010, 1, 1).weekday()] == "FR"


def test_the_calendar_has_an_end() -> None:
    assert list(days_of(Rule(Weekly((0,)), time(20)), None, date(2199, 12, 25))) == [date(2199, 12, 30)]
    assert list(days_of(Rule(Weekly((0,)), time(20)), None, date.max)) == []


def test_a_span_of_days_has_both_its_ends() -> None:
    span = DaySpan(date(2026, 12, 24), date(2026, 12, 26))
    days = [date(2026, 12, day) for day in (23, 24, 26, 27)]
    assert [day in span for day in days] == [False, True, True, False]
