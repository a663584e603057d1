"""A recurring drop keeps its time on the wall, and opens once a date, whatever clocks and restarts do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.cadence import (
    Cadence,
    Occurrence,
    Season,
    clock_changes,
    faults_in,
    idle_skips,
    next_occurrences,
    occurrences_after,
    occurrences_between,
)
from bot.domain.recurrence import Monthly, MonthWeekday, Rule, Weekly
from bot.domain.time import DAY, HOUR, MINUTE, Micros, to_instant, utc_text
from tests.domain.cadences import (
    EVERY_DAY,
    TWO_YEARS,
    Expand,
    check_expansion,
    daily,
    local,
    micros,
    shown_times,
    utc,
)

FRIDAYS = Rule(Weekly((4,)), time(20))
BERLIN = Cadence("mug", FRIDAYS, "Europe/Berlin")
wall = datetime.fromisoformat
quarters = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


def dates(cadence: Cadence) -> list[date]:
    assert isinstance(cadence.rule, Rule)
    assert cadence.starts is not None
    assert cadence.rule.until is not None
    days = (cadence.rule.until - cadence.starts).days + 1
    return [cadence.starts + timedelta(days=day) for day in range(days)]


@pytest.mark.parametrize("zone", TWO_YEARS)
@pytest.mark.parametrize("clock", [time(0), time(0, 30), time(2), time(2, 30), time(23, 30), time(20)])
def test_every_date_of_two_years_opens_once_at_its_time_on_the_wall(zone: str, clock: time) -> None:
    cadence = daily(zone, clock)
    check_expansion(occurrences_after, cadence, dates(cadence))


@pytest.mark.parametrize(
    ("zone", "gaps", "folds"),
    [
        ("Europe/Berlin", ["2026-03-29", "2027-03-28"], ["2026-10-25", "2027-10-31"]),
        ("America/New_York", ["2026-03-08", "2027-03-14"], []),
        ("Australia/Lord_Howe", ["2026-10-04", "2027-10-03"], []),
        ("America/Sao_Paulo", [], []),
        ("UTC", [], []),
    ],
)
def test_the_clocks_change_over_a_daily_drop_as_often_as_they_change(
    zone: str, gaps: list[str], folds: list[str]
) -> None:
    cadence = daily(zone, time(2, 15))
    found = clock_changes(cadence, micros(local_midnight(zone)), 731 * DAY)
    assert [each.local.date().isoformat() for each in found if each.change == "gap"] == gaps
    assert [each.local.date().isoformat() for each in found if each.change == "fold"] == folds


def local_midnight(zone: str) -> datetime:
    return datetime(TWO_YEARS[zone], 1, 1, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "written", "opens", "change"),
    [
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30Z", "gap"),  # 03:30 summer time
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30Z", "fold"),  # the first, in summer time
        ("America/New_York", "2026-03-08 02:30", "2026-03-08T07:30Z", "gap"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30Z", "fold"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:45Z", "gap"),  # 02:45: half an hour is skipped
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45Z", "fold"),
        ("America/Sao_Paulo", "2017-10-15 00:00", "2017-10-15T03:00Z", "gap"),  # there was no midnight
        ("America/Sao_Paulo", "2018-02-17 23:30", "2018-02-18T01:30Z", "fold"),
        ("America/Nuuk", "2026-03-28 23:30", "2026-03-29T01:30Z", "gap"),  # half past midnight, the next date
        ("UTC", "2026-03-29 02:30", "2026-03-29T02:30Z", ""),
    ],
)
def test_a_skipped_time_moves_forward_and_of_a_doubled_one_the_first_counts(
    zone: str, written: str, opens: str, change: str
) -> None:
    asked = wall(written)
    cadence = Cadence("mug", Rule(Weekly((asked.weekday(),)), asked.time()), zone)
    (found, after) = next_occurrences(cadence, to_instant(asked, ZoneInfo(zone))[0] - 2 * DAY, 2)
    assert (found.local, utc_text(found.opens_at), found.change) == (asked, opens, change)
    assert found.key == f"mug-{asked:%Y-%m-%d}"
    assert after.local == asked + timedelta(days=7)


@settings(deadline=None)  # two years day by day, on whatever machine
@given(zone=st.sampled_from(sorted(TWO_YEARS)), clock=quarters, data=st.data())
def test_a_restart_at_any_instant_neither_loses_nor_doubles_an_occurrence(
    zone: str, clock: time, data: st.DataObject
) -> None:
    cadence = daily(zone, clock)
    begin = micros(local_midnight(zone)) - DAY
    whole = occurrences_between(cadence, begin, begin + 733 * DAY)
    assert len(whole) == 730
    instants = st.one_of(
        st.integers(begin, begin + 733 * DAY),
        st.builds(lambda each, off: each.opens_at + off, st.sampled_from(whole), st.integers(-2, 2)),
        st.builds(
            lambda each, off: each.opens_at + off,
            st.sampled_from([each for each in whole if each.change] or whole),
            st.integers(-2 * HOUR, 2 * HOUR),
        ),
    )
    stops = sorted(data.draw(st.lists(instants, max_size=6)))
    borders = [begin, *stops, begin + 733 * DAY]
    pieces = [occurrences_between(cadence, a, b) for a, b in pairwise(borders) if a < b]
    assert [each for piece in pieces for each in piece] == list(whole)


patterns = st.one_of(
    st.builds(
        Weekly, st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))), st.integers(1, 5)
    ),
    st.builds(
        Monthly,
        st.sets(st.builds(MonthWeekday, st.integers(0, 6), st.sampled_from([0, 1, 3, 5, -1])), max_size=2).map(
            tuple
        ),
        st.sets(st.sampled_from([1, 13, 29, 31, -1]), min_size=1).map(tuple),
        st.integers(1, 5),
    ),
)
anywhere = st.sampled_from(sorted(TWO_YEARS))
around = st.dates(date(2016, 1, 1), date(2028, 12, 31))
cadences = st.builds(
    Cadence,
    st.just("mug"),
    st.builds(Rule, patterns, quarters, st.none() | st.integers(1, 60)),
    anywhere,
    around,
    st.frozensets(around, max_size=3),
)


@settings(deadline=None)  # fifteen years, on whatever machine
@given(cadences, st.lists(st.integers(utc("2015-01-01"), utc("2030-01-01")), min_size=2, max_size=2))
def test_any_rule_expands_the_same_from_anywhere(cadence: Cadence, instants: list[Micros]) -> None:
    early, late = sorted(instants)
    whole = occurrences_between(cadence, early, utc("2030-01-01"))
    assert [each for each in whole if each.opens_at > late] == list(
        occurrences_between(cadence, late, utc("2030-01-01"))
    )
    assert [each.opens_at for each in whole] == sorted({each.opens_at for each in whole})
    assert not {each.local.date() for each in whole} & cadence.skipped


@given(cadences, quarters)
def test_another_time_of_day_keeps_every_key(cadence: Cadence, clock: time) -> None:
    assert isinstance(cadence.rule, Rule)
    moved = replace(cadence, rule=replace(cadence.rule, clock=clock))
    begin = utc("2010-01-01")
    assert [e.key for e in next_occurrences(cadence, begin, 9)] == [
        e.key for e in next_occurrences(moved, begin, 9)
    ]


def second_of_a_fold(cadence: Cadence, after: Micros) -> Iterator[Occurrence]:
    for each in occurrences_after(cadence, after - DAY):
        later = micros(each.local.replace(tzinfo=ZoneInfo(cadence.zone), fold=1))
        at = later if each.change == "fold" else each.opens_at
        if at > after:
            yield replace(each, opens_at=at)


def gaps_skipped(cadence: Cadence, after: Micros) -> Iterator[Occurrence]:
    return (each for each in occurrences_after(cadence, after) if each.change != "gap")


def days_of_24_hours(cadence: Cadence, after: Micros) -> Iterator[Occurrence]:
    """Adds spans to the first instant, as a timer does that knows no zone."""
    first, *_ = all_of_it = list(occurrences_after(cadence, utc("2016-12-01")))
    for each in all_of_it:
        at = first.opens_at + (each.local - first.local) // timedelta(microseconds=1)
        if at > after:
            yield replace(each, opens_at=at)


def gap_moved_back(cadence: Cadence, after: Micros) -> Iterator[Occurrence]:
    for each in occurrences_after(cadence, after):
        yield replace(each, opens_at=each.opens_at - HOUR) if each.change == "gap" else each


def starting_at_the_local_date(cadence: Cadence, after: Micros) -> Iterator[Occurrence]:
    """Forgets that a time which moves over midnight opens on the date after its own."""
    today = local(after, cadence.zone).date()
    return (each for each in occurrences_after(cadence, after) if each.local.date() >= today)


@pytest.mark.parametrize(
    ("planted", "zone", "clock"),
    [
        (second_of_a_fold, "Europe/Berlin", time(2, 30)),
        (second_of_a_fold, "Australia/Lord_Howe", time(1, 45)),
        (gaps_skipped, "Europe/Berlin", time(2, 30)),
        (gaps_skipped, "America/Sao_Paulo", time(0)),
        (days_of_24_hours, "Europe/Berlin", time(20)),
        (days_of_24_hours, "America/New_York", time(20)),
        (gap_moved_back, "America/New_York", time(2, 30)),
        (gap_moved_back, "Australia/Lord_Howe", time(2, 15)),
        (starting_at_the_local_date, "America/Nuuk", time(23, 30)),
    ],
)
def test_a_planted_fault_in_the_expansion_is_seen(planted: Expand, zone: str, clock: time) -> None:
    cadence = daily(zone, clock)
    check_expansion(occurrences_after, cadence, dates(cadence))
    with pytest.raises(AssertionError):
        check_expansion(planted, cadence, dates(cadence))


def test_the_walk_of_the_clocks_knows_what_they_skip_and_repeat() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    asked = time(2, 30)
    assert shown_times(spring, "Europe/Berlin").count(datetime.combine(spring, asked)) == 0
    assert shown_times(autumn, "Europe/Berlin").count(datetime.combine(autumn, asked)) == 2


def test_a_day_that_the_date_line_took_away_opens_when_the_next_one_begins() -> None:
    cadence = Cadence("mug", Rule(EVERY_DAY, time(20)), "Pacific/Apia")
    found = next_occurrences(cadence, utc("2011-12-29 12:00"), 3)
    assert [each.local.day for each in found] == [29, 30, 31]
    assert [utc_text(each.opens_at) for each in found] == [
        "2011-12-30T06:00Z",
        "2011-12-31T06:00Z",
        "2011-12-31T06:00Z",
    ]
    assert [each.change for each in found] == ["", "gap", ""]


def test_skipped_dates_are_left_out_and_counted_as_calendars_do() -> None:
    rule = replace(FRIDAYS, count=3)
    cadence = replace(BERLIN, rule=rule, starts=date(2026, 12, 18), skipped=frozenset({date(2026, 12, 25)}))
    found = next_occurrences(cadence, utc("2026-11-01"))
    assert [each.key for each in found] == ["mug-2026-12-18", "mug-2027-01-01"]


def test_a_season_opens_on_its_dates_alone() -> None:
    texts = ["2026-12-12 18:30", "2026-12-05 20:00", "2026-12-24 16:00"]
    season = Season(tuple(map(wall, texts)))
    cadence = Cadence("mug", season, "Europe/Berlin", skipped=frozenset({date(2026, 12, 24)}))
    found = next_occurrences(cadence, utc("2026-11-01"))
    assert [utc_text(each.opens_at) for each in found] == ["2026-12-05T19:00Z", "2026-12-12T17:30Z"]
    assert next_occurrences(cadence, found[0].opens_at) == found[1:]


def test_a_season_is_in_the_order_of_opening_where_one_time_moves_past_another() -> None:
    season = Season((wall("2026-03-28 23:59"), wall("2026-03-29 00:00")))
    cadence = Cadence("mug", season, "America/Nuuk")
    found = next_occurrences(cadence, utc("2026-03-01"))
    assert [each.key for each in found] == ["mug-2026-03-29", "mug-2026-03-28"]
    assert next_occurrences(cadence, found[0].opens_at) == found[1:]


@pytest.mark.parametrize(
    ("cadence", "key", "what"),
    [
        (replace(BERLIN, rule=Rule(Weekly((4,), 2), time(20))), "starts", "where to begin counting"),
        (replace(BERLIN, rule=replace(FRIDAYS, count=3)), "starts", "where to begin counting"),
        (
            replace(BERLIN, rule=replace(FRIDAYS, until=date(2026, 1, 1)), starts=date(2026, 2, 1)),
            "every",
            "before it starts",
        ),
        (
            replace(BERLIN, rule=Rule(Monthly((), (31,), 12), time(20)), starts=date(2026, 2, 1)),
            "every",
            "no such date until 2199",
        ),
        (replace(BERLIN, rule=Season((wall("2026-01-01 20:00"),)), starts=date(2026, 2, 1)), "starts", "before it"),
    ],
)
def test_parts_that_do_not_fit_together_are_told(cadence: Cadence, key: str, what: str) -> None:
    (fault,) = faults_in(cadence)
    assert fault.key == key
    assert what in fault.what


def test_a_cadence_that_can_be_used_has_no_fault() -> None:
    assert faults_in(BERLIN) == ()
    assert faults_in(replace(BERLIN, rule=Rule(Weekly((4,), 2), time(20)), starts=date(2026, 11, 6))) == ()
    assert faults_in(replace(BERLIN, rule=Season((wall("2026-03-01 20:00"),)), starts=date(2026, 2, 1))) == ()


def test_a_date_that_is_skipped_for_nothing_is_found() -> None:
    skipped = frozenset({date(2026, 12, 24), date(2026, 12, 25)})
    assert idle_skips(replace(BERLIN, skipped=skipped)) == (date(2026, 12, 24),)
    assert idle_skips(BERLIN) == ()


def test_a_rule_that_never_comes_ends_its_search_with_the_calendar() -> None:
    never = Rule(Monthly((MonthWeekday(0, 5),), (1,), 1), time(20))  # no fifth Monday is the first
    cadence = Cadence("mug", never, "UTC", skipped=frozenset(date(2027, 1, day) for day in range(1, 32)))
    assert next_occurrences(cadence, utc("2026-01-01"), 10**9) == ()
    assert len(idle_skips(cadence)) == 31
    assert faults_in(cadence)


def test_the_instant_itself_is_no_longer_to_come() -> None:
    (first,) = next_occurrences(BERLIN, utc("2026-11-01"), 1)
    assert next_occurrences(BERLIN, first.opens_at, 1) != (first,)
    assert next_occurrences(BERLIN, first.opens_at - 1, 1) == (first,)
    assert occurrences_between(BERLIN, first.opens_at - MINUTE, first.opens_at) == (first,)
