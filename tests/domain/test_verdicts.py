"""What one person is told by a gate: in, from when, no with the cheapest way in, or not known yet."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.domain.entitlements import Cost, Entitlement, Found, Measure, Question
from bot.domain.gates import Truth, questions, truth, turning_points
from bot.domain.time import DAY, HOUR
from bot.domain.verdicts import Accepted, Finding, Refused, RefusedUntil, Unknown, evaluate, way_in
from tests.domain.gate_cases import NOON, cases, gate, known


def judged(text, public_opens_at=None, **values):
    return evaluate(gate(text), known(**values), NOON, public_opens_at)


def way(text, **values):
    return " and ".join(map(str, way_in(gate(text), known(**values), NOON)))


def test_each_condition_is_found_to_hold_to_fail_or_to_be_unknown():
    assert judged("subscriber, vips, role:patron", subscriber=0, vip=1) == Accepted(
        (
            Finding(gate("subscriber"), Truth.NO),
            Finding(gate("vip"), Truth.YES),
            Finding(gate("role:patron"), Truth.UNKNOWN),
        )
    )


def test_a_refusal_that_time_alone_ends_says_exactly_when():
    since = NOON - 88 * DAY - 5
    verdict = judged("follower_days >= 90 and account_days >= 10", follower=since, account_days=NOON - 9 * DAY)
    assert isinstance(verdict, RefusedUntil)
    assert verdict.at == since + 90 * DAY
    assert [finding.turns_at for finding in verdict.findings] == [verdict.at, NOON + DAY]


def test_of_two_conditions_that_time_fulfils_the_first_lets_in():
    verdict = judged("follower_days >= 90, account_days >= 10", follower=NOON - 88 * DAY, account_days=NOON - DAY)
    assert isinstance(verdict, RefusedUntil)
    assert verdict.at == NOON + 2 * DAY


def test_what_more_than_time_is_missing_for_is_refused_for_good():
    missing = {"follower": NOON - 88 * DAY, "vip": 0}
    assert isinstance(judged("follower_days >= 90 and vip", **missing), Refused)
    assert isinstance(judged("follower_days >= 90", follower=0), Refused)
    # The days end the other way round: who follows for too long already will not follow for less.
    assert isinstance(judged("follower_days < 30", follower=NOON - 40 * DAY), Refused)


def test_a_newcomer_qualifies_only_for_a_while():
    asked = "follower_days >= 1 and follower_days < 2 or vip"
    verdict = judged(asked, follower=NOON, vip=0)
    assert isinstance(verdict, RefusedUntil)
    assert verdict.at == NOON + DAY
    assert isinstance(judged(asked, follower=NOON - 2 * DAY, vip=0), Refused)


@pytest.mark.parametrize(
    ("opens_in", "expected"),
    [(HOUR, NOON + HOUR), (3 * DAY, NOON + 2 * DAY), (0, NOON + 2 * DAY), (-HOUR, NOON + 2 * DAY)],
)
def test_the_public_window_lets_in_as_well_if_it_is_to_come_and_comes_first(opens_in, expected):
    verdict = judged("follower_days >= 90", NOON + opens_in, follower=NOON - 88 * DAY)
    assert isinstance(verdict, RefusedUntil)
    assert verdict.at == expected


def test_the_unknown_is_neither_hidden_by_a_date_nor_by_what_fails():
    verdict = judged("subscriber or vip and founder or follower_days >= 90", NOON + HOUR, vip=0, follower=NOON)
    assert isinstance(verdict, Unknown)
    # Whether they are a founder no longer matters.
    assert verdict.unanswered == (Question(Entitlement.SUBSCRIBER),)


def test_the_unanswered_are_named_once():
    verdict = judged("subscriber >= 2 or subscriber and gift")
    assert isinstance(verdict, Unknown)
    assert verdict.unanswered == (Question(Entitlement.SUBSCRIBER), Question(Entitlement.GIFT))


@given(cases())
def test_a_verdict_is_what_the_gate_says(case):
    asked, evidence = case
    verdict, now = evaluate(asked, evidence, NOON), truth(asked, evidence, NOON)
    assert isinstance(verdict, Accepted) == (now is Truth.YES)
    assert isinstance(verdict, Unknown) == (now is Truth.UNKNOWN)
    if isinstance(verdict, Unknown):
        assert verdict.unanswered
        assert set(verdict.unanswered) <= {each for group in questions(asked).values() for each in group}


@given(cases())
def test_a_refusal_ends_at_the_first_instant_at_which_the_same_evidence_lets_in(case):
    asked, evidence = case
    verdict = evaluate(asked, evidence, NOON)
    lasting = {question: found._replace(valid_until=NOON + 99 * DAY) for question, found in evidence.items()}
    lasting = {question: found for question, found in lasting.items() if evidence[question].covers(NOON)}
    if isinstance(verdict, RefusedUntil):
        assert isinstance(evaluate(asked, lasting, verdict.at), Accepted)
        assert not isinstance(evaluate(asked, lasting, verdict.at - 1), Accepted)
    if isinstance(verdict, Refused):
        later = [evaluate(asked, lasting, at) for at in turning_points(asked, evidence, NOON)]
        assert not [each for each in later if isinstance(each, Accepted)]


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("subscribers, vips", {}, "subscriber"),
        ("subscribers, followers", {}, "follower"),
        ("subscriber, code:EARLY", {}, "code:EARLY"),
        ("follower_days >= 90, role:patron", {}, "follower_days >= 90"),
        ("subscriber >= 2 or subscriber >= 3 or vip", {}, "subscriber >= 2"),
        ("subscriber and follower", {"follower": NOON}, "subscriber"),
        ("subscriber and follower", {"follower": 0}, "subscriber and follower"),
        ("follower and follower_days >= 9 and sub and sub > 1", {}, "follower_days >= 9 and subscriber >= 2"),
        ("follower_days >= 90, account_days >= 60", {"follower": NOON - 89 * DAY}, "follower_days >= 90"),
        ("follower_days >= 90, account_days >= 60", {"follower": NOON - 20 * DAY}, "account_days >= 60"),
        ("subscriber and not gift", {"subscriber": 1, "gift": 1}, "not gift"),
        ("follower and vip, subscriber", {}, "subscriber"),
        ("vip and not follower", {"follower": NOON}, ""),
        ("gift", {}, ""),
        ("(subscriber >= 2 or vip) and subscriber < 2", {"subscriber": 0, "vip": 0}, ""),
        ("vip", {"vip": 1}, ""),
    ],
)
def test_the_cheapest_way_in_is_named_free_ones_first(text, values, expected):
    assert way(text, **values) == expected


def improved(condition):
    """The evidence of somebody who did what was asked, told apart from how the domain imagines it."""
    if not condition.holds:
        return Found(0, NOON, NOON + 1)
    days = condition.measure is Measure.DAYS
    since = days or condition.entitlement is Entitlement.FOLLOWER
    return Found(NOON - condition.at_least * DAY * days if since else condition.at_least, NOON, NOON + 1)


@given(cases())
def test_who_goes_the_way_that_is_named_is_let_in(case):
    asked, evidence = case
    named = way_in(asked, evidence, NOON)
    if named:
        gone = {**evidence, **{condition.question: improved(condition) for condition in named}}
        assert isinstance(evaluate(asked, gone, NOON), Accepted)
        assert all(truth(each, evidence, NOON) is not Truth.YES for each in named)
        assert all(each.cost is not Cost.OUT_OF_REACH for each in named)
