"""What has to be over before somebody can be forgotten, and what they are told that they lose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.drops import Drop, DropState
from bot.domain.privacy import (
    EraseMe,
    ErasureAsked,
    ErasureRefusal,
    ErasureRefused,
    ErasureStanding,
    PersonErased,
    decide_erasure,
)
from bot.domain.time import HOUR, MINUTE
from tests.conftest import CHANNEL, NOON, plan, viewer

ANN = viewer("ann")
ASKING = EraseMe(CHANNEL, "twitch:1", ANN)
CONFIRMED = replace(ASKING, request_id="twitch:2", confirmed=True)

OPEN = Drop(
    plan(),
    state=DropState.OPEN,
    opens_at=NOON,
    announced_at=NOON - HOUR,
    opened_at=NOON,
    closes_at=NOON + 15 * MINUTE,
    claimed=2,
)
CLOSED = replace(OPEN, state=DropState.CLOSED, closed_at=NOON + 15 * MINUTE)
SETTLED = replace(CLOSED, state=DropState.SETTLED)
CANCELLED = replace(OPEN, state=DropState.CANCELLED)
# A moderator gave a unit of it by hand before it has opened.
ANNOUNCED = replace(OPEN, state=DropState.ANNOUNCED, opened_at=None, closes_at=None, claimed=0, given=1)
PLANNED_ANEW = replace(ANNOUNCED, state=DropState.PLANNED, announced_at=None)
FROZEN = replace(OPEN, frozen_at=NOON)


def standing(*drops: Drop, **more: object) -> ErasureStanding:
    usual = {"kept": True, "units": len(drops), "person_id": 7, "entries": (3, 5), "settle_after": 5 * MINUTE}
    return ErasureStanding(drops=drops, **{**usual, **more})


def decide(known: ErasureStanding, command: EraseMe = CONFIRMED, moment: int = NOON + MINUTE):
    return decide_erasure(known, command, moment)


@pytest.mark.parametrize(
    ("drop", "because", "until"),
    [
        (SETTLED, None, None),
        (CANCELLED, None, None),
        (OPEN, ErasureRefusal.STILL_RUNNING, NOON + 20 * MINUTE),
        (replace(OPEN, paused_at=NOON), ErasureRefusal.STILL_RUNNING, None),
        # An undo may still open it again, and then a new person could claim.
        (CLOSED, ErasureRefusal.STILL_RUNNING, NOON + 20 * MINUTE),
        (ANNOUNCED, ErasureRefusal.STILL_RUNNING, NOON + 20 * MINUTE),
        (replace(ANNOUNCED, on_cue=True), ErasureRefusal.STILL_RUNNING, None),
        (replace(ANNOUNCED, postponed_why="offline"), ErasureRefusal.STILL_RUNNING, None),
        (replace(ANNOUNCED, opens_at=None), ErasureRefusal.STILL_RUNNING, None),
        (PLANNED_ANEW, ErasureRefusal.STILL_RUNNING, None),
        (FROZEN, ErasureRefusal.FROZEN, None),
        (replace(CLOSED, frozen_at=NOON), ErasureRefusal.FROZEN, None),
        # Nobody can claim it any more, whatever a repair finds out.
        (replace(SETTLED, frozen_at=NOON), None, None),
    ],
)
def test_whoever_could_claim_twice_waits_until_the_drop_is_settled(drop, because, until):
    decision, facts = decide(standing(drop))
    if because is None:
        assert decision == PersonErased(1, 0, 2)
        assert len(facts) == 1
    else:
        assert decision == ErasureRefused(because, "mug", "Teal Mug", until)
        assert facts == ()
        # Asked without a yes it says the same: nobody is made to confirm what cannot be done.
        assert decide(standing(drop), ASKING)[0] == decision


def test_of_several_drops_the_one_that_ends_last_is_named():
    soon, late = OPEN, replace(OPEN, plan=plan("print"), closes_at=NOON + HOUR)
    waiting = replace(OPEN, plan=plan("cap"), paused_at=NOON)
    assert decide(standing(soon, late))[0].drop == "print"
    assert decide(standing(soon, waiting, late))[0].drop == "cap"
    assert decide(standing(SETTLED, soon))[0].drop == "mug"
    assert decide(standing(waiting, FROZEN))[0] == ErasureRefused(ErasureRefusal.FROZEN, "mug", "Teal Mug")


def test_an_end_that_has_passed_is_no_promise():
    assert decide(standing(OPEN), moment=NOON + HOUR)[0].until is None


def test_a_person_first_hears_what_they_lose():
    assert decide(standing(SETTLED, units=3, deeds=2), ASKING) == (ErasureAsked(3, 2), ())


def test_the_fact_lists_the_entries_and_says_nothing_in_public():
    decision, (fact,) = decide(standing(SETTLED, deeds=1))
    assert decision == PersonErased(1, 1, 2)
    assert (fact.kind, fact.drop, fact.public, fact.person_id) == ("person.erased", "", {}, 7)
    assert fact.private == {"person": 7, "entries": [3, 5]}


def test_of_whom_nothing_is_kept_nothing_is_asked_and_nothing_written():
    for command in (ASKING, CONFIRMED):
        assert decide(standing(kept=False, units=0), command) == (ErasureRefused(ErasureRefusal.NOTHING_KEPT), ())


def test_whoever_was_only_refused_is_forgotten_without_an_entry():
    assert decide(standing(person_id=None, entries=())) == (PersonErased(0, 0, 0), ())


def test_no_decision_has_room_for_a_name():
    decisions = [decide(standing(OPEN))[0], decide(standing(SETTLED))[0], decide(standing(), ASKING)[0]]
    assert [word for each in decisions for word in (ANN.name, ANN.user_id) if word in repr(each)] == []
