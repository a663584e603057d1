"""A refusal told late, of a drop with an early window: what it says is true by then, and never too early."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.claims import ClaimOpenNow, ClaimRefusal, ClaimRefused, told_late
from bot.domain.drops import Drop, DropState
from bot.domain.time import HOUR, MINUTE
from tests.conftest import NOON, plan

EARLY = plan(early="subscriber", early_for=10 * MINUTE, early_units=2)
ANNOUNCED = Drop(EARLY, state=DropState.ANNOUNCED, opens_at=NOON, announced_at=NOON - HOUR)
OPEN_EARLY = replace(
    ANNOUNCED,
    state=DropState.OPEN,
    opened_at=NOON - 10 * MINUTE,
    public_at=NOON,
    closes_at=NOON + 15 * MINUTE,
    early_open=True,
)
ALL_TAKEN = replace(OPEN_EARLY, claimed=2, early_claimed=2)
PAUSED = replace(OPEN_EARLY, paused_at=NOON - 5 * MINUTE, paused_why="moderator")
LATER = replace(OPEN_EARLY, public_at=NOON + MINUTE, closes_at=NOON + 16 * MINUTE)
PUBLIC = replace(OPEN_EARLY, early_open=False)


def refused(because: ClaimRefusal, **more: object) -> ClaimRefused:
    return ClaimRefused(because, "mug", "Teal Mug", 48, **more)


NOT_YET = refused(ClaimRefusal.NOT_OPEN_YET, retry_at=NOON, early_from=NOON - 10 * MINUTE)
NOT_IN = refused(ClaimRefusal.NOT_ENTITLED, retry_at=NOON, way_in=("subscriber",))
TAKEN = refused(ClaimRefusal.EARLY_GONE, retry_at=NOON)
TO_SOME = ClaimOpenNow("mug", "Teal Mug", "subscriber", NOON)
TO_ALL = ClaimOpenNow("mug", "Teal Mug")


@pytest.mark.parametrize(
    ("before", "drop", "told"),
    [
        (NOT_YET, ANNOUNCED, NOT_YET),
        (NOT_YET, OPEN_EARLY, TO_SOME),
        (NOT_YET, ALL_TAKEN, TAKEN),
        (NOT_YET, PUBLIC, TO_ALL),
        (NOT_IN, OPEN_EARLY, NOT_IN),
        (NOT_IN, LATER, replace(NOT_IN, retry_at=NOON + MINUTE)),
        (NOT_IN, PUBLIC, TO_ALL),
        (TAKEN, ALL_TAKEN, TAKEN),
        (TAKEN, OPEN_EARLY, TO_SOME),
        (TAKEN, PUBLIC, TO_ALL),
        (TO_SOME, ALL_TAKEN, TAKEN),
        (TO_SOME, PUBLIC, TO_ALL),
        (NOT_IN, PAUSED, refused(ClaimRefusal.PAUSED)),
        (refused(ClaimRefusal.NOTHING_ON), OPEN_EARLY, TO_SOME),
    ],
)
def test_what_is_told_late_is_true_by_then(before, drop, told):
    assert told_late(before, {"mug": drop}) == told


def test_an_instant_that_time_would_have_brought_gives_way_to_one_that_is_surely_not_too_early():
    """Whoever will have followed for long enough at 11:55 may be told of noon: a pause may have moved it all."""
    told = told_late(replace(NOT_IN, retry_at=NOON - 5 * MINUTE), {"mug": OPEN_EARLY})
    assert told == NOT_IN
