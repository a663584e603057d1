"""What a gate says of the evidence about a person: yes, no, or not known, and never one for another."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.entitlements import KINDS, Entitlement, Found, Question, Source
from bot.domain.gates import Condition, Truth, all_of, any_of, conditions, negated, questions, truth, turning_points
from bot.domain.time import DAY
from tests.domain.gate_cases import FEW, NOON, cases, evidence_for, found, gate, known

NO, UNKNOWN, YES = Truth
VIP = Question(Entitlement.VIP)
A, B, C = gate("role:a"), gate("role:b"), gate("role:c")


def says(text, moment=NOON, **values):
    return truth(gate(text), known(**values), moment)


def roles(**truths):
    """Evidence that makes the roles a, b and c what they are to be."""
    return known(**{f"role_{name}": int(each == YES) for name, each in truths.items() if each != UNKNOWN})


@pytest.mark.parametrize(("a", "b"), list(product(Truth, repeat=2)))
def test_and_or_and_not_are_kleenes(a, b):
    evidence = roles(a=a, b=b)
    # His tables, row by row: no wins an "and", yes wins an "or", and otherwise the unknown stays unknown.
    both = NO if NO in (a, b) else UNKNOWN if UNKNOWN in (a, b) else YES
    either = YES if YES in (a, b) else UNKNOWN if UNKNOWN in (a, b) else NO
    assert truth(all_of([A, B]), evidence, NOON) is both
    assert truth(any_of([A, B]), evidence, NOON) is either
    assert truth(negated(A), evidence, NOON) is {YES: NO, NO: YES, UNKNOWN: UNKNOWN}[a]


@given(st.tuples(FEW, FEW, FEW).flatmap(lambda three: st.tuples(st.just(three), evidence_for(all_of(three)))))
def test_the_laws_of_kleenes_logic_hold(drawn):
    (a, b, c), evidence = drawn

    def same(left, right):
        return truth(left, evidence, NOON) is truth(right, evidence, NOON)

    assert negated(negated(a)) == a
    assert truth(negated(a), evidence, NOON) == 2 - truth(a, evidence, NOON)
    assert same(all_of([a, b]), all_of([b, a]))
    assert same(any_of([a, b]), any_of([b, a]))
    assert same(all_of([a, all_of([b, c])]), all_of([all_of([a, b]), c]))
    assert same(any_of([a, any_of([b, c])]), any_of([any_of([a, b]), c]))
    assert same(all_of([a, any_of([b, c])]), any_of([all_of([a, b]), all_of([a, c])]))
    assert same(any_of([a, all_of([b, c])]), all_of([any_of([a, b]), any_of([a, c])]))
    assert same(all_of([a, any_of([a, b])]), a)
    assert same(negated(all_of([a, b])), any_of([negated(a), negated(b)]))
    assert same(negated(any_of([a, b])), all_of([negated(a), negated(b)]))


def test_what_is_not_known_is_not_even_decided_by_a_gate_that_lets_in_everybody():
    assert says("vip or not vip") is UNKNOWN
    assert says("vip and not vip") is UNKNOWN


@given(FEW)
def test_nobody_is_let_in_or_refused_without_evidence(drawn):
    assert truth(drawn, {}, NOON) is UNKNOWN


@given(FEW.flatmap(lambda drawn: st.tuples(st.just(drawn), evidence_for(drawn), evidence_for(drawn))))
def test_more_evidence_changes_no_yes_and_no_no(drawn):
    asked, less, other = drawn
    before, after = truth(asked, less, NOON), truth(asked, {**other, **less}, NOON)
    # Evidence that has expired is no evidence: replacing it by fresh evidence also adds.
    lapsed = {question: found for question, found in less.items() if found.covers(NOON)}
    assert before is truth(asked, lapsed, NOON)
    assert after is before or before is UNKNOWN
    assert truth(asked, {**other, **lapsed}, NOON) is before or before is UNKNOWN


@pytest.mark.parametrize(
    ("moment", "expected"), [(NOON - 1, UNKNOWN), (NOON, YES), (NOON + 9, YES), (NOON + 10, UNKNOWN)]
)
@pytest.mark.parametrize("value", [0, 1])
def test_evidence_speaks_from_when_it_was_found_until_it_expires(moment, expected, value):
    evidence = {VIP: Found(value, NOON, NOON + 10)}
    wanted = {(YES, 0): NO}.get((expected, value), expected)
    assert truth(gate("vip"), evidence, moment) is wanted
    assert truth(gate("not vip"), evidence, moment) == 2 - wanted


@pytest.mark.parametrize(("tier", "let_in"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_a_tier_brings_the_lower_ones_along(tier, let_in):
    asked = [says(f"subscriber >= {least}", subscriber=tier) for least in (1, 2, 3)]
    assert asked == [YES] * let_in + [NO] * (3 - let_in)
    assert says("subscriber", subscriber=tier) is asked[0]
    assert says("subscriber < 3", subscriber=tier) == 2 - asked[2]


def test_a_gifted_subscription_counts_unless_the_gate_says_not():
    assert says("subscribers", subscriber=1, gift=1) is YES
    assert says("subscriber and not gift", subscriber=1, gift=1) is NO
    assert says("subscriber and not gift", subscriber=1, gift=0) is YES
    assert says("subscriber and not gift", subscriber=1) is UNKNOWN


def test_a_founder_stays_a_founder_without_a_subscription_and_is_no_subscriber_by_it():
    assert says("founder", founder=1, subscriber=0) is YES
    assert says("subscribers", founder=1, subscriber=0) is NO
    assert says("subscribers, founders", founder=1, subscriber=0) is YES


@pytest.mark.parametrize(("after", "expected"), [(-1, NO), (0, YES), (1, YES)])
def test_days_are_counted_from_the_microsecond(after, expected):
    since = NOON - 90 * DAY - after
    assert says("follower_days >= 90", follower=since) is expected
    assert says("follower_days < 90", follower=since) == 2 - expected
    assert says("account_days >= 90", account_days=since) is expected


def test_who_does_not_follow_has_followed_for_no_day():
    assert says("follower", follower=0) is NO
    assert says("follower_days >= 1", follower=0) is NO
    assert says("follower_days < 1", follower=0) is YES
    assert says("follower", follower=NOON) is YES
    assert turning_points(gate("follower_days >= 90"), known(follower=0), NOON) == []


def test_time_turns_only_what_is_known_and_to_come():
    asked = gate("follower_days >= 90 or account_days >= 5 or member_days < 7 or follower_days >= 2")
    evidence = known(follower=NOON - 3 * DAY, account_days=NOON - 4 * DAY)
    assert turning_points(asked, evidence, NOON) == [NOON + DAY, NOON + 87 * DAY]
    stale = {question: each._replace(valid_until=NOON) for question, each in evidence.items()}
    assert turning_points(asked, stale, NOON) == []


def test_a_badge_a_pass_and_a_role_of_another_name_are_others():
    assert says("badge:mug", badge_mug=1) is YES
    assert says("badge:mug", badge_cap=1) is UNKNOWN
    assert says("badge:mug", pass_mug=1) is UNKNOWN


def test_what_is_asked_is_asked_once_of_each_source():
    asked = gate(
        "follower_days >= 90, followers, subscriber and not gift, subscriber >= 2, role:a, boosters, role:b"
    )
    assert questions(asked) == {
        Source.TWITCH_FOLLOWERS: (Question(Entitlement.FOLLOWER),),
        Source.TWITCH_SUBSCRIPTIONS: (Question(Entitlement.SUBSCRIBER), Question(Entitlement.GIFT)),
        Source.DISCORD_MEMBERS: (
            Question(Entitlement.ROLE, "a"),
            Question(Entitlement.BOOSTER),
            Question(Entitlement.ROLE, "b"),
        ),
    }


@given(cases())
def test_the_answers_to_all_questions_decide(case):
    asked, _ = case
    evidence = {question: found(0) for group in questions(asked).values() for question in group}
    assert truth(asked, evidence, NOON) is not UNKNOWN


def test_conditions_stand_in_the_order_of_the_text_and_once():
    asked = gate("vip and (role:a or subscriber) or vip or founder")
    assert [str(each) for each in conditions(asked)] == ["vip", "role:a", "subscriber", "founder"]


@pytest.mark.parametrize(
    ("entitlement", "subject", "at_least"),
    [("role", "", 1), ("vip", "ann", 1), ("vip", "", 2), ("subscriber", "", 4), ("follower_days", "", 0)],
)
def test_a_condition_that_cannot_be_is_refused(entitlement, subject, at_least):
    with pytest.raises(ValueError, match=entitlement):
        Condition(Entitlement(entitlement), subject, at_least)


def test_every_entitlement_has_a_kind():
    assert set(KINDS) == set(Entitlement)
    assert {kind.source for kind in KINDS.values()} == set(Source)
