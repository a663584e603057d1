"""In front of the lane: nobody asks faster than anybody types."""

from __future__ import annotations

import pytest

from bot.domain.time import HOUR, SECOND
from bot.services.claims import AskerBudget, Claims, TooFast
from tests.conftest import CHANNEL, NOON, FixedClock, viewer
from tests.services.fakes import NotingLane

ANN, BOB = viewer("ann"), viewer("bob")


def taken(budget, actor, tries):
    """How many of so many tries at once get through."""
    passed = 0
    for _ in range(tries):
        try:
            budget.take(actor)
        except TooFast:
            continue
        passed += 1
    return passed


@pytest.mark.parametrize(
    ("wait", "expected"),
    [(0, 0), (2 * SECOND - 1, 0), (2 * SECOND, 1), (5 * SECOND, 2), (9 * SECOND, 4), (10 * SECOND, 5), (HOUR, 5)],
)
def test_five_at_once_and_then_one_every_two_seconds(wait, expected):
    clock = FixedClock(NOON)
    budget = AskerBudget(clock)
    assert taken(budget, ANN, 8) == 5
    clock.at += wait
    assert taken(budget, ANN, 8) == expected


def test_one_who_asks_too_fast_takes_nothing_from_another_nor_from_later():
    clock = FixedClock(NOON)
    budget = AskerBudget(clock)
    assert taken(budget, ANN, 500) == 5
    assert taken(budget, BOB, 5) == 5
    clock.at += 10 * SECOND
    assert taken(budget, ANN, 8) == 5


def test_it_is_known_when_somebody_may_ask_again():
    clock = FixedClock(NOON)
    budget = AskerBudget(clock)
    assert budget.ready_in(ANN) == 0
    taken(budget, ANN, 5)
    clock.at += SECOND
    assert budget.ready_in(ANN) == SECOND
    clock.at += budget.ready_in(ANN)
    assert (budget.ready_in(ANN), taken(budget, ANN, 2)) == (0, 1)


def test_the_same_person_under_two_names_has_one_budget():
    budget = AskerBudget(FixedClock(NOON))
    assert taken(budget, ANN, 5) == 5
    renamed = type(ANN)(ANN.platform, ANN.user_id, "ann_the_second")
    assert taken(budget, renamed, 1) == 0


def test_a_crowd_beyond_the_memory_is_served_all_the_same():
    budget = AskerBudget(FixedClock(NOON), people_max=10)
    assert [taken(budget, viewer(f"v{n}"), 1) for n in range(50)] == [1] * 50


async def test_what_is_beyond_the_budget_never_reaches_the_ledger():
    lane = NotingLane()
    claims = Claims(lane, CHANNEL, FixedClock(NOON))
    for n in range(5):
        await claims.claim(ANN, f"twitch:{n}", "mug")
    with pytest.raises(TooFast):
        await claims.claim(ANN, "twitch:5", "mug")
    assert [command.request_id for command in lane.commands] == [f"twitch:{n}" for n in range(5)]


async def test_a_very_long_line_is_cut_before_it_reaches_the_ledger():
    lane = NotingLane()
    await Claims(lane, CHANNEL, FixedClock(NOON)).claim(ANN, "twitch:1", "x" * 10_000)
    assert len(lane.commands[0].drop) == 300
