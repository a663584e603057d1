"""Which occurrence of a recurring drop its name means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.claims import find_drop
from bot.domain.control import Verb, meant_drop
from bot.domain.drops import Drop, DropState
from bot.domain.series import soonest_of_each
from bot.domain.time import DAY, MINUTE
from tests.conftest import NOON, plan

CAP = Drop(plan("cap", title="Red Cap"), state=DropState.ANNOUNCED, opens_at=NOON, announced_at=NOON - DAY)


def friday(week: int, state: DropState) -> Drop:
    opens_at = NOON + 7 * week * DAY
    drop = Drop(
        plan(f"mug-2026-11-{week:02}", title="Teal Mug", series="mug", opens_at=opens_at),
        state=state,
        opens_at=opens_at,
        announced_at=None if state is DropState.PLANNED else opens_at - DAY,
    )
    if drop.open:
        return replace(drop, opened_at=opens_at, closes_at=opens_at + 15 * MINUTE)
    return replace(drop, closed_at=opens_at + 15 * MINUTE) if drop.over else drop


SETTLED, CLOSED, OPEN = (
    friday(week, state) for week, state in enumerate((DropState.SETTLED, DropState.CLOSED, DropState.OPEN), start=0)
)
ANNOUNCED, PLANNED = friday(3, DropState.ANNOUNCED), friday(4, DropState.PLANNED)


@pytest.mark.parametrize(
    ("drops", "meant"),
    [
        ([PLANNED, ANNOUNCED, OPEN, CLOSED, SETTLED], OPEN),
        ([PLANNED, ANNOUNCED, CLOSED, SETTLED], ANNOUNCED),
        ([friday(5, DropState.PLANNED), PLANNED, SETTLED], PLANNED),
        ([SETTLED, CLOSED], CLOSED),
    ],
)
def test_the_open_one_the_next_one_or_the_last_one_is_meant(drops: list[Drop], meant: Drop) -> None:
    assert soonest_of_each([CAP, *drops]) == [CAP, meant]
    for name in ("mug", "Teal Mug", "MUG", "teal", "mu"):
        assert find_drop([CAP, *drops], name) is meant


@pytest.mark.parametrize("typed", ["mug-2026-11-04", "mug 2026-11-04"])
def test_any_other_is_named_with_its_date(typed: str) -> None:
    assert find_drop([OPEN, ANNOUNCED, PLANNED], typed) is PLANNED


def test_drops_of_their_own_are_all_kept_in_their_order() -> None:
    other = Drop(plan("zine"))
    assert soonest_of_each([other, CAP, Drop(plan("mug"))]) == [other, CAP, Drop(plan("mug"))]


@pytest.mark.parametrize(
    ("verb", "text", "meant"),
    [
        (Verb.OPEN, "", ANNOUNCED),
        (Verb.CANCEL, "", ANNOUNCED),
        (Verb.OPEN, "mug", ANNOUNCED),
        # Tonight's has just closed, and next week's is announced already.
        (Verb.EXTEND, "mug", OPEN),
    ],
)
def test_steering_means_the_one_that_the_deed_fits(verb: Verb, text: str, meant: Drop) -> None:
    drops = [SETTLED, CLOSED, ANNOUNCED, PLANNED] + ([OPEN] if meant is OPEN else [])
    assert meant_drop(drops, verb, text) is meant


def test_a_gift_goes_to_the_one_that_viewers_know_of() -> None:
    assert meant_drop([CLOSED, PLANNED], Verb.GIVE, "mug") is CLOSED
    assert meant_drop([CLOSED, PLANNED], Verb.GIVE, PLANNED.key) is PLANNED
