"""When somebody may claim: the spans to the microsecond, what goes early, and the first instant for each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.gates import Truth, truth
from bot.domain.time import DAY, HOUR, MINUTE
from bot.domain.verdicts import Accepted, Refused, RefusedUntil, Unknown
from bot.domain.windows import (
    Allotment,
    Span,
    Window,
    Windows,
    before_public,
    read_allotment,
    units_open,
    verdict_at,
)
from tests.domain.gate_cases import FEW, NOON, evidence_for, found, gate, known

PUBLIC = Window(NOON, NOON + HOUR)
USUAL = before_public(PUBLIC, 30 * MINUTE)
WITH_BREAK = Windows(PUBLIC, Window(NOON - 30 * MINUTE, NOON - 10 * MINUTE))
ALL_DAY = {"found_at": NOON - DAY, "valid_until": NOON + DAY}


def lasting(**values):
    """Evidence that holds before, during and after all windows."""
    return {question: each._replace(**ALL_DAY) for question, each in known(**values).items()}


@pytest.mark.parametrize(
    ("windows", "moment", "expected"),
    [
        (USUAL, NOON - 30 * MINUTE - 1, Span.BEFORE),
        (USUAL, NOON - 30 * MINUTE, Span.EARLY),
        (USUAL, NOON - 30 * MINUTE + 1, Span.EARLY),
        (USUAL, NOON - 1, Span.EARLY),
        (USUAL, NOON, Span.PUBLIC),
        (USUAL, NOON + 1, Span.PUBLIC),
        (USUAL, NOON + HOUR - 1, Span.PUBLIC),
        (USUAL, NOON + HOUR, Span.OVER),
        (USUAL, NOON + HOUR + 1, Span.OVER),
        (WITH_BREAK, NOON - 10 * MINUTE - 1, Span.EARLY),
        (WITH_BREAK, NOON - 10 * MINUTE, Span.BREAK),
        (WITH_BREAK, NOON - 1, Span.BREAK),
        (WITH_BREAK, NOON, Span.PUBLIC),
        (Windows(PUBLIC), NOON - 1, Span.BEFORE),
        (Windows(PUBLIC), NOON, Span.PUBLIC),
        (Windows(PUBLIC), NOON + HOUR, Span.OVER),
    ],
)
def test_a_moment_falls_into_one_span(windows, moment, expected):
    assert windows.at(moment) is expected


@pytest.mark.parametrize("early", [Window(NOON - HOUR, NOON + 1), Window(NOON, NOON + HOUR)])
def test_an_early_window_does_not_reach_into_the_public_one(early):
    with pytest.raises(ValueError, match="early"):
        Windows(PUBLIC, early)


@pytest.mark.parametrize("closes_at", [NOON, NOON - 1])
def test_a_window_is_not_empty(closes_at):
    with pytest.raises(ValueError, match="close"):
        Window(NOON, closes_at)


def test_an_early_window_of_no_length_is_none_and_of_less_is_a_mistake():
    assert before_public(PUBLIC, 0) == Windows(PUBLIC)
    with pytest.raises(ValueError, match="close"):
        before_public(PUBLIC, -1)


@pytest.mark.parametrize("windows", [USUAL, WITH_BREAK, Windows(PUBLIC)])
@pytest.mark.parametrize("by", [-7 * MINUTE, 0, 1, 3 * DAY])
def test_a_drop_on_cue_takes_all_its_windows_along(windows, by):
    moved = windows.opening_at(windows.opens_at + by)
    assert moved.opens_at == windows.opens_at + by
    for moment in (NOON - HOUR, NOON - 30 * MINUTE, NOON - 1, NOON, NOON + HOUR):
        assert moved.at(moment + by) is windows.at(moment)


@pytest.mark.parametrize(
    ("text", "supply", "units"),
    [
        ("12", 48, 12),
        ("12", 10, 10),
        ("0", 48, 0),
        ("50%", 48, 24),
        ("50%", 49, 24),
        ("50 %", 3, 1),
        ("33%", 100, 33),
        ("1%", 48, 1),
        ("50%", 1, 1),
        ("50%", 0, 0),
        ("0%", 48, 0),
        ("100%", 48, 48),
    ],
)
def test_an_allotment_is_so_many_units(text, supply, units):
    assert read_allotment(text).units(supply) == units


@pytest.mark.parametrize("text", ["", "half", "101%", "-1", "1.5", "50%%", "% 50", "٣", "1000000000", "12 units"])
def test_what_is_no_allotment_is_told(text):
    assert read_allotment(text) is None


@given(st.integers(0, 100_000), st.integers(0, 100))
def test_at_most_the_share_goes_early_but_for_a_single_unit(supply, share):
    units = Allotment(share, per_cent=True).units(supply)
    assert units * 100 <= supply * share or units == 1
    assert (units + 1) * 100 > supply * share
    assert (units > 0) == (supply > 0 and share > 0)
    assert units <= supply


@given(st.builds(Allotment, st.integers(0, 100), st.booleans()))
def test_an_allotment_is_written_back(allotment):
    assert read_allotment(str(allotment)) == allotment


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 200))
def test_early_claims_stop_at_the_allotment_and_the_rest_rolls_over(supply, early_units, held_back, demand):
    """Everybody who comes claims while they can: first early, then in public."""
    left = max(0, supply - held_back)
    early = 0
    for _ in range(demand):
        if units_open(Span.EARLY, units_left=left, early_units=early_units, early_claimed=early):
            left, early = left - 1, early + 1
    assert early == min(demand, early_units, max(0, supply - held_back))
    assert units_open(Span.PUBLIC, units_left=left, early_units=early_units, early_claimed=early) == left
    assert left + early == max(0, supply - held_back)


@pytest.mark.parametrize("span", [Span.BEFORE, Span.BREAK, Span.OVER])
def test_outside_the_windows_nothing_can_be_claimed(span):
    assert units_open(span, units_left=5, early_units=5, early_claimed=0) == 0


def test_a_smaller_allotment_than_was_claimed_leaves_nothing_early():
    assert units_open(Span.EARLY, units_left=5, early_units=2, early_claimed=3) == 0


def until(windows, text, moment, **values):
    verdict = verdict_at(windows, gate(text), lasting(**values), moment)
    return verdict.at if isinstance(verdict, RefusedUntil) else type(verdict)


@pytest.mark.parametrize(
    ("moment", "vip", "plain"),
    [
        (NOON - 30 * MINUTE - 1, NOON - 30 * MINUTE, NOON),
        (NOON - 30 * MINUTE, Accepted, NOON),
        (NOON - 10 * MINUTE - 1, Accepted, NOON),
        (NOON - 10 * MINUTE, NOON, NOON),
        (NOON - 1, NOON, NOON),
        (NOON, Accepted, Accepted),
        (NOON + HOUR - 1, Accepted, Accepted),
        (NOON + HOUR, Refused, Refused),
    ],
)
def test_each_is_told_the_first_instant_that_lets_them_in(moment, vip, plain):
    assert until(WITH_BREAK, "vip", moment, vip=1) == vip
    assert until(WITH_BREAK, "vip", moment, vip=0) == plain
    assert until(Windows(PUBLIC), "vip", moment, vip=1) == plain


def test_who_comes_of_age_within_the_early_window_is_told_when():
    at = NOON - 12 * MINUTE
    assert until(WITH_BREAK, "follower_days >= 90", NOON - HOUR, follower=at - 90 * DAY) == at
    # In the break that follows it helps nobody.
    assert until(WITH_BREAK, "follower_days >= 90", NOON - HOUR, follower=NOON - 10 * MINUTE - 90 * DAY) == NOON


def test_what_is_not_known_matters_only_while_the_early_window_is_to_come():
    assert until(USUAL, "vip", NOON - HOUR) is Unknown
    assert until(USUAL, "vip", NOON - 1) is Unknown
    assert until(USUAL, "vip", NOON) is Accepted
    assert until(WITH_BREAK, "vip", NOON - 10 * MINUTE) == NOON
    assert until(Windows(PUBLIC), "vip", NOON - 1) == NOON


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOON - 20 * MINUTE - 1, Unknown),
        (NOON - 20 * MINUTE, Accepted),
        (NOON - 19 * MINUTE - 1, Accepted),
        (NOON - 19 * MINUTE, Unknown),
        (NOON - 19 * MINUTE + 1, Unknown),
    ],
)
def test_the_evidence_must_cover_the_moment(moment, expected):
    (question,) = known(vip=1)
    evidence = {question: found(1, NOON - 20 * MINUTE, NOON - 19 * MINUTE)}
    assert isinstance(verdict_at(USUAL, gate("vip"), evidence, moment), expected)


@given(FEW.flatmap(lambda drawn: st.tuples(st.just(drawn), evidence_for(drawn))), st.integers(-9, 9))
def test_nobody_is_let_in_early_without_a_yes_and_nobody_is_refused_for_good_before_the_close(case, shift):
    asked, evidence = case
    windows = before_public(Window(NOON + 5 + shift, NOON + 8 + shift), 5)
    verdict, span = verdict_at(windows, asked, evidence, NOON), windows.at(NOON)
    assert isinstance(verdict, Refused) == (span is Span.OVER)
    if isinstance(verdict, Accepted):
        assert span is Span.PUBLIC or truth(asked, evidence, NOON) is Truth.YES
    if isinstance(verdict, RefusedUntil):
        assert NOON < verdict.at <= windows.public.opens_at
