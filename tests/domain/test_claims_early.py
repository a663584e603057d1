"""Who gets a unit while a drop is open for some only: by gate, by share, and by the times of the evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.claims import (
    ClaimChecking,
    ClaimDrop,
    ClaimGranted,
    ClaimRefusal,
    ClaimRefused,
    ClaimStanding,
    decide_claim,
    decide_held,
    early_grant_fact,
    grant_fact,
)
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.entitlements import Entitlement, Found, Question
from bot.domain.time import DAY, HOUR, MINUTE
from tests.conftest import CHANNEL, NOON, plan, viewer
from tests.domain.gate_cases import gate

ANN = viewer("ann")
BEGINS, NOW = NOON - 10 * MINUTE, NOON - 5 * MINUTE
PLAN = plan(early="subscriber", early_for=10 * MINUTE, early_units=12)
ANNOUNCED = Drop(PLAN, state=DropState.ANNOUNCED, opens_at=NOON, announced_at=NOON - HOUR)
EARLY = replace(
    ANNOUNCED,
    state=DropState.OPEN,
    opened_at=BEGINS,
    public_at=NOON,
    closes_at=NOON + 15 * MINUTE,
    early_open=True,
)
PAUSED = replace(EARLY, paused_at=NOW, paused_why="moderator")
FROZEN = replace(EARLY, frozen_at=NOW)
PUBLIC = replace(EARLY, early_open=False)
CLOSED = replace(EARLY, state=DropState.CLOSED, closed_at=NOW)
SUBSCRIBER, FOLLOWER = Question(Entitlement.SUBSCRIBER), Question(Entitlement.FOLLOWER)
YES, NO = Found(1, BEGINS, NOON + HOUR), Found(0, BEGINS, NOON + HOUR)


def standing(drop=EARLY, text="subscriber", known=None, *, held=(), holds=0, holds_own=False) -> ClaimStanding:
    evidence = {SUBSCRIBER: YES} if known is None else known
    accounts = (ANN.key,)
    return ClaimStanding(drop, held, drop.units_out + 1, gate(text), evidence, accounts, holds, holds_own)


def decide(drop=EARLY, text="subscriber", known=None, *, at=NOW, **more):
    return decide_claim(standing(drop, text, known, **more), ClaimDrop(CHANNEL, "twitch:1", ANN), at)


@pytest.mark.parametrize(
    ("drop", "more", "expected"),
    [
        # Walks ClaimRefusal on from what counts always: each row would also deserve every reason below its own.
        (replace(EARLY, state=DropState.CANCELLED), {"held": (3,), "known": {SUBSCRIBER: NO}}, "cancelled"),
        (EARLY, {"held": (3,), "known": {SUBSCRIBER: NO}}, "already-yours"),
        (FROZEN, {"known": {SUBSCRIBER: NO}}, "frozen"),
        (ANNOUNCED, {"known": {SUBSCRIBER: NO}}, "not-open-yet"),
        (replace(PAUSED, claimed=48, early_claimed=12), {"known": {SUBSCRIBER: NO}}, "sold-out"),
        (CLOSED, {"known": {SUBSCRIBER: NO}}, "closed"),
        (replace(PAUSED, claimed=12, early_claimed=12), {"known": {SUBSCRIBER: NO}}, "paused"),
        (replace(EARLY, claimed=12, early_claimed=12), {"known": {SUBSCRIBER: NO}}, "early-gone"),
        (EARLY, {"known": {SUBSCRIBER: NO}}, "not-entitled"),
    ],
)
def test_the_first_reason_that_applies_is_the_answer(drop, more, expected):
    assert str(decide(drop, **more).because) == expected


@pytest.mark.parametrize(
    ("found_at", "valid_until", "expected"),
    [
        (NOW, NOW + 1, ClaimGranted),  # it begins to hold at this very moment, and holds for it alone
        (NOW + 1, NOON, ClaimChecking),  # found out a microsecond too late to know
        (NOW + 1_000, NOON, ClaimChecking),
        (BEGINS, NOW + 1, ClaimGranted),
        (BEGINS, NOW, ClaimChecking),  # it has just ended
        (BEGINS, NOW - 1_000, ClaimChecking),
        (NOW, NOW, ClaimChecking),  # it never held
    ],
)
@pytest.mark.parametrize("value", [0, 1])
def test_evidence_has_to_cover_the_moment_for_a_yes_and_for_a_no(found_at, valid_until, expected, value):
    decision = decide(known={SUBSCRIBER: Found(value, found_at, valid_until)})
    assert isinstance(decision, ClaimRefused if expected is ClaimGranted and not value else expected)


def test_what_nobody_has_found_out_is_neither_a_yes_nor_a_no():
    expected = ClaimChecking("mug", "Teal Mug", ("subscriber", "vip"), (ANN.key,))
    assert decide(text="subscriber or vip", known={}) == expected
    one_left = decide(text="subscriber or vip", known={SUBSCRIBER: NO})
    assert one_left.unanswered == ("vip",)


def test_a_plan_whose_gate_cannot_be_read_lets_nobody_in_early():
    nobody = standing()._replace(gate=None)
    refused = decide_claim(nobody, ClaimDrop(CHANNEL, "twitch:1", ANN), NOW)
    assert (refused.because, refused.retry_at) == (ClaimRefusal.NOT_ENTITLED, NOON)


@pytest.mark.parametrize(
    ("followed_at", "retry_at"),
    [
        (NOW - 7 * DAY + MINUTE, NOW + MINUTE),  # seven days are full within the early window
        (NOON - 7 * DAY - 1, NOON - 1),
        (NOON - 7 * DAY + 1, NOON),  # and here just after everybody is let in
        (0, NOON),
    ],
)
def test_a_refusal_says_when_time_alone_lets_in(followed_at, retry_at):
    refused = decide(text="follower_days >= 7", known={FOLLOWER: Found(followed_at, BEGINS, NOON + HOUR)})
    assert (refused.because, refused.retry_at, refused.way_in) == (
        ClaimRefusal.NOT_ENTITLED,
        retry_at,
        ("follower_days >= 7",),
    )


@pytest.mark.parametrize("by", [-1_000, -1, 0, 1, 1_000])
def test_a_day_that_turns_in_the_early_window_turns_at_its_microsecond(by):
    known = {FOLLOWER: Found(NOW - 7 * DAY, BEGINS, NOON + HOUR)}
    decision = decide(text="follower_days >= 7", known=known, at=NOW + by)
    assert isinstance(decision, ClaimGranted if by >= 0 else ClaimRefused)


@pytest.mark.parametrize(
    ("early_claimed", "holds", "granted"),
    [(0, 0, True), (11, 0, True), (12, 0, False), (0, 11, True), (0, 12, False), (6, 5, True), (6, 6, False)],
)
def test_no_more_than_the_share_goes_early_counting_what_is_held(early_claimed, holds, granted):
    decision = decide(replace(EARLY, claimed=early_claimed, early_claimed=early_claimed), holds=holds)
    assert isinstance(decision, ClaimGranted) is granted
    assert granted or (decision.because, decision.retry_at) == (ClaimRefusal.EARLY_GONE, NOON)


def test_who_waits_already_is_told_to_wait_and_not_that_all_are_gone():
    """Theirs is the last early unit: nobody else gets it, and they do not lose it by asking again."""
    last = replace(EARLY, claimed=11, early_claimed=11)
    assert decide(last, known={}, holds=1).because is ClaimRefusal.EARLY_GONE
    assert isinstance(decide(last, known={}, holds=1, holds_own=True), ClaimChecking)


def test_the_share_can_be_no_more_than_is_left():
    """Gifts and what is held back come first."""
    given = replace(EARLY, plan=replace(PLAN, supply=13, held_back=2), given=2, claimed=10, early_claimed=10)
    assert given.early_units_left == 1
    assert isinstance(decide(given), ClaimGranted)
    assert decide(given, holds=1).because is ClaimRefusal.EARLY_GONE


def test_what_was_not_taken_early_rolls_over_to_everybody():
    rolled = evolve(replace(EARLY, claimed=2, early_claimed=2), "drop.public", {"late": False}, NOON)
    granted = decide(rolled, known={})
    assert (granted.number, granted.units_left) == (3, 45)
    assert rolled.early_claimed == 2


def test_in_the_public_window_nobody_is_asked_for_anything():
    assert isinstance(decide(PUBLIC, known={SUBSCRIBER: NO}), ClaimGranted)


def test_before_it_begins_both_instants_are_told_and_on_cue_neither():
    refused = decide(ANNOUNCED)
    assert (refused.early_from, refused.retry_at) == (BEGINS, NOON)
    for waiting in (replace(ANNOUNCED, on_cue=True), replace(ANNOUNCED, postponed_why="offline")):
        refused = decide(waiting)
        assert (refused.early_from, refused.retry_at) == (None, None)


@pytest.mark.parametrize(
    ("drop", "known", "expected"),
    [
        (EARLY, {}, None),
        (EARLY, {SUBSCRIBER: YES}, "granted"),
        (EARLY, {SUBSCRIBER: NO}, "not-entitled"),
        (PAUSED, {SUBSCRIBER: YES}, None),
        (FROZEN, {SUBSCRIBER: NO}, None),
        (PUBLIC, {SUBSCRIBER: NO}, "granted"),
        (replace(PUBLIC, paused_at=NOW), {SUBSCRIBER: YES}, None),
        (CLOSED, {SUBSCRIBER: YES}, "closed"),
        (replace(CLOSED, frozen_at=NOW), {SUBSCRIBER: YES}, "closed"),
        (ANNOUNCED, {SUBSCRIBER: YES}, "not-open-yet"),
        (replace(EARLY, state=DropState.CANCELLED), {SUBSCRIBER: YES}, "cancelled"),
        (replace(EARLY, claimed=48), {SUBSCRIBER: YES}, "sold-out"),
    ],
)
def test_what_becomes_of_a_claim_that_waits(drop, known, expected):
    decision = decide_held(standing(drop, known=known), NOW)
    told = None if decision is None else "granted" if isinstance(decision, ClaimGranted) else str(decision.because)
    assert told == expected


def test_an_early_grant_says_so_in_public_and_why_in_private():
    asked = standing(text="subscriber or vip", known={SUBSCRIBER: YES, FOLLOWER: YES})
    plain = grant_fact("twitch:1", ANN, ClaimGranted("mug", "Teal Mug", 1, 48, 47), "holder", 7)
    fact = early_grant_fact(plain, asked, NOW)
    assert fact.public == {"number": 1, "how": "claim", "holder": "holder", "window": "early"}
    # What was not asked for is not kept.
    assert fact.private["evidence"] == [["subscriber", 1, BEGINS, NOON + HOUR]]
    assert fact.private["gate"] == "subscriber"
    grown = evolve(EARLY, fact.kind, fact.public, NOW)
    assert (grown.claimed, grown.early_claimed) == (1, 1)
