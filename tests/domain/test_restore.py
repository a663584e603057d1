"""Frozen drops: which they are, what they refuse, and how the last public number lets them go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.claims import ClaimDrop, ClaimGranted, ClaimRefusal, ClaimStanding, choose_drop, decide_claim
from bot.domain.control import SteerDrop, SteerRefusal, SteerStanding, Verb, decide_steer
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.due import due_fact, next_due
from bot.domain.restore import (
    DropThawed,
    ThawDrop,
    ThawRefusal,
    ThawRefused,
    decide_thaw,
    freeze_facts,
    may_have_handed_out,
    ranges_of,
)
from bot.domain.stream import Pace, Stream
from bot.domain.time import HOUR, MINUTE
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer

PACE = Pace()
LIVE = Stream(watched=True, live=True, changed_at=NOON)
PLANNED = Drop(plan(), opens_at=NOON)
ANNOUNCED = replace(PLANNED, state=DropState.ANNOUNCED, announced_at=NOON - HOUR)
OPEN = replace(
    ANNOUNCED,
    state=DropState.OPEN,
    opened_at=NOON,
    closes_at=NOON + 15 * MINUTE,
    claimed=10,
    last_number=10,
)
CLOSED = replace(OPEN, state=DropState.CLOSED, closed_at=NOON + 15 * MINUTE)
SETTLED = replace(CLOSED, state=DropState.SETTLED)
CANCELLED = replace(CLOSED, state=DropState.CANCELLED)
FROZEN = replace(OPEN, frozen_at=NOON + 5 * MINUTE)
TEN = frozenset(range(1, 11))
LATER = NOON + 25 * MINUTE


def thaw(drop: Drop, last: int | None, taken=TEN, at: int = LATER):
    return decide_thaw({drop.key: drop}, taken, ThawDrop(CHANNEL, drop.key, last), at)


def fold(drop: Drop, facts, at: int) -> Drop:
    for fact in facts:
        drop = evolve(drop, fact.kind, fact.public, at)
    return drop


@pytest.mark.parametrize(
    ("drop", "expected"),
    [
        (PLANNED, True),  # a moderator may have opened it before its time
        (ANNOUNCED, True),
        (replace(ANNOUNCED, on_cue=True), True),
        (OPEN, True),
        (CLOSED, True),  # it may have been reopened, or a unit given
        (SETTLED, True),
        (CANCELLED, False),
        (replace(OPEN, claimed=48), False),
        (replace(OPEN, claimed=40, lost=8), False),
    ],
)
def test_whatever_may_have_handed_out_units_since_is_frozen(drop, expected):
    assert may_have_handed_out(drop) is expected
    assert bool(freeze_facts([drop], NOON)) is expected


def test_what_is_frozen_already_stays_frozen_since_then():
    assert freeze_facts([FROZEN], NOON + HOUR) == ()
    (fact,) = freeze_facts([OPEN], NOON + HOUR)
    assert fold(OPEN, [fact], NOON + 2 * HOUR).frozen_at == NOON + HOUR


@pytest.mark.parametrize("drop", [PLANNED, ANNOUNCED, OPEN, CLOSED])
def test_a_frozen_drop_follows_no_clock(drop):
    frozen = replace(drop, frozen_at=NOON)
    for at in (NOON, NOON + HOUR, NOON + 1000 * HOUR):
        assert due_fact(drop, LIVE, PACE, at + 1000 * HOUR) is not None
        assert due_fact(frozen, LIVE, PACE, at) is None
    assert next_due(frozen, LIVE, PACE) is None


@pytest.mark.parametrize(
    ("drop", "held", "because"),
    [
        (FROZEN, (), ClaimRefusal.FROZEN),
        (FROZEN, (3,), ClaimRefusal.ALREADY_YOURS),
        (replace(FROZEN, paused_at=NOON), (), ClaimRefusal.FROZEN),
        (replace(ANNOUNCED, frozen_at=NOON), (), ClaimRefusal.FROZEN),
        (replace(CLOSED, frozen_at=NOON), (), ClaimRefusal.CLOSED),
    ],
)
def test_a_frozen_drop_grants_nothing_and_says_why(drop, held, because):
    command = ClaimDrop(CHANNEL, "twitch:1", viewer("ann"))
    assert decide_claim(ClaimStanding(drop, held, 11), command, NOON + MINUTE).because is because


def test_a_frozen_drop_makes_nobody_choose():
    cap = replace(OPEN, plan=plan("cap"))
    assert choose_drop([FROZEN, cap], "") is cap


@pytest.mark.parametrize(
    ("verb", "drop"),
    [
        (Verb.OPEN, replace(ANNOUNCED, frozen_at=NOON)),
        (Verb.RESUME, replace(FROZEN, paused_at=NOON, paused_why="moderator")),
        (Verb.GIVE, FROZEN),
        (Verb.GIVE, replace(SETTLED, frozen_at=NOON)),
    ],
)
def test_nobody_opens_resumes_or_gives_what_is_frozen(verb, drop):
    standing = SteerStanding((drop,), LIVE, PACE, {"mug": 11})
    command = SteerDrop(CHANNEL, "twitch:1", MIA, verb, "mug", receiver=viewer("ann"), why="late")
    decision, facts = decide_steer(standing, command, NOON + MINUTE)
    assert (decision.because, facts) == (SteerRefusal.FROZEN, ())


@pytest.mark.parametrize("verb", [Verb.CLOSE, Verb.PAUSE])
def test_a_frozen_drop_can_be_closed_or_paused(verb):
    standing = SteerStanding((FROZEN,), LIVE, PACE, {})
    _, facts = decide_steer(standing, SteerDrop(CHANNEL, "twitch:1", MIA, verb, "mug"), NOON + MINUTE)
    assert fold(FROZEN, facts, NOON + MINUTE).frozen


def test_cancelling_ends_the_freeze():
    command = SteerDrop(CHANNEL, "twitch:1", MIA, Verb.CANCEL, "mug", confirmed=True)
    _, facts = decide_steer(SteerStanding((FROZEN,), LIVE, PACE, {}), command, NOON + MINUTE)
    assert not fold(FROZEN, facts, NOON + MINUTE).frozen


def test_a_new_plan_does_not_end_the_freeze():
    frozen = replace(PLANNED, frozen_at=NOON, lost=2, last_number=7)
    public = {"key": "mug", "origin": "config", **plan(supply=50).as_public()}
    again = evolve(frozen, "drop.planned", public, NOON)
    assert (again.frozen_at, again.lost, again.last_number, again.plan.supply) == (NOON, 2, 7, 50)


def test_the_numbers_between_are_written_off_and_the_next_one_follows():
    decision, facts = thaw(FROZEN, 20)
    assert isinstance(decision, DropThawed)
    assert decision.lost == tuple(range(11, 21))
    assert [fact.kind for fact in facts] == ["unit.lost"] * 10 + ["drop.thawed"]
    after = fold(FROZEN, facts, LATER)
    assert (after.frozen, after.claimed, after.lost, after.last_number) == (False, 10, 10, 20)
    assert (after.units_left, after.units_to_give, after.units_out) == (28, 28, 20)
    assert (decision.units_left, decision.units_to_give) == (28, 28)


def test_the_time_that_was_lost_is_added_at_the_end():
    """Frozen since 12:05, thawed at 12:25: what was 10 minutes before the close is 10 minutes before it again."""
    decision, facts = thaw(FROZEN, 10)
    assert fold(FROZEN, facts, LATER).closes_at == decision.closes_at == NOON + 35 * MINUTE


@pytest.mark.parametrize(
    ("paused_at", "resumed_closes_at"),
    [
        (NOON + 2 * MINUTE, NOON + (15 + 38) * MINUTE),  # before the freeze: the whole span counts once
        (NOON + 9 * MINUTE, NOON + (15 + 35) * MINUTE),  # within it: frozen and paused without a gap between
    ],
)
def test_a_pause_and_a_freeze_give_back_the_same_minute_only_once(paused_at, resumed_closes_at):
    paused = replace(FROZEN, paused_at=paused_at, paused_why="moderator")
    _, facts = thaw(paused, 10)
    thawed = fold(paused, facts, LATER)
    at = NOON + 40 * MINUTE
    command = SteerDrop(CHANNEL, "twitch:1", MIA, Verb.RESUME, "mug")
    _, facts = decide_steer(SteerStanding((thawed,), LIVE, PACE, {}), command, at)
    assert fold(thawed, facts, at).closes_at == resumed_closes_at


def test_a_drop_that_was_not_open_gets_no_time_and_what_is_due_happens_after_the_thaw():
    frozen = replace(ANNOUNCED, frozen_at=NOON - MINUTE)
    decision, facts = thaw(frozen, 0, frozenset())
    thawed = fold(frozen, facts, NOON + 5 * MINUTE)
    assert (decision.closes_at, thawed.opens_at) == (None, NOON)
    assert due_fact(thawed, LIVE, PACE, NOON + 5 * MINUTE).kind == "drop.opened"


def test_a_number_that_was_taken_back_is_written_off_too_for_it_was_the_next():
    decision, facts = thaw(FROZEN, 12, TEN - {4})
    assert decision.lost == (4, 11, 12)
    assert facts[-1].public["lost"] == [[4, 4], [11, 12]]


def test_who_says_that_nothing_was_handed_out_loses_nothing():
    decision, facts = thaw(FROZEN, None, TEN - {4})
    assert decision.lost == ()
    assert [fact.kind for fact in facts] == ["drop.thawed"]


@pytest.mark.parametrize(
    ("drop", "key", "last", "because"),
    [
        (FROZEN, "cup", 99, ThawRefusal.UNKNOWN_DROP),
        (OPEN, "mug", 99, ThawRefusal.NOT_FROZEN),
        (FROZEN, "mug", 9, ThawRefusal.BELOW_LEDGER),
        (replace(FROZEN, last_number=12), "mug", 11, ThawRefusal.BELOW_LEDGER),
        (FROZEN, "mug", 49, ThawRefusal.ABOVE_SUPPLY),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_changes_nothing(drop, key, last, because):
    decision, facts = decide_thaw({"mug": drop}, TEN, ThawDrop(CHANNEL, key, last), LATER)
    assert isinstance(decision, ThawRefused)
    assert (decision.because, facts) == (because, ())


def test_all_numbers_may_be_lost_and_none_is_left():
    decision, facts = thaw(FROZEN, 48)
    after = fold(FROZEN, facts, LATER)
    assert (decision.units_left, after.units_left, after.units_to_give, after.sold_out) == (0, 0, 0, True)


def test_what_is_held_back_is_not_given_to_claims_because_numbers_were_lost():
    drop = replace(FROZEN, plan=plan(supply=20, held_back=5))
    decision, facts = thaw(drop, 14)
    after = fold(drop, facts, LATER)
    assert (decision.units_left, after.units_left, after.units_to_give) == (1, 1, 6)
    command = ClaimDrop(CHANNEL, "twitch:1", viewer("ann"))
    assert isinstance(decide_claim(ClaimStanding(after, (), 15), command, LATER), ClaimGranted)


def test_the_highest_number_that_was_ever_out_is_remembered_though_it_was_taken_back():
    drop = evolve(OPEN, "unit.granted", {"number": 11, "how": "hand"}, NOON)
    drop = evolve(drop, "unit.voided", {"number": 11, "how": "hand"}, NOON)
    assert (drop.units_owned, drop.last_number) == (10, 11)


def test_runs_of_numbers():
    assert ranges_of([]) == []
    assert ranges_of([4, 6, 7, 8, 12]) == [[4, 4], [6, 8], [12, 12]]
