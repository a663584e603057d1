"""The file's drops and the ledger in step: what recurs is planned on, and nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.domain.answers import TryAgain
from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop
from bot.domain.pacing import PacingRules
from bot.domain.planning import PlansApplied
from bot.domain.time import DAY, HOUR, MINUTE, Micros
from bot.services.drops import Drops
from bot.services.planning import Planning
from tests.conftest import NOON, FixedClock, plan

EVERY_HOUR = frozenset({"mug"})


class FakeDrops:
    """A ledger that notes what it is asked to follow."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.refused: tuple[str, ...] = ()
        self.busy = False

    async def apply(self, plans: Sequence[DropPlan], *, series: frozenset[str], moved: object) -> PlansApplied:
        if self.busy:
            raise TryAgain("the ledger takes nothing now")
        assert series <= EVERY_HOUR
        self.asked.append([plan.key for plan in plans])
        return PlansApplied((), (), (), self.refused)

    async def every(self) -> dict[str, Drop]:
        return {}


def hourly(now: Micros) -> list[DropPlan]:
    """The next two of a mug that comes every hour."""
    first = now // HOUR + 1
    return [plan(f"mug-{hour - NOON // HOUR}", series="mug", opens_at=hour * HOUR) for hour in (first, first + 1)]


def planning(drops: FakeDrops, clock: FixedClock, plans: Any = hourly, **changes: Any) -> Planning:
    values = {"series": EVERY_HOUR, "pacing": PacingRules("UTC"), **changes}
    return Planning(cast(Drops, drops), plans, values["series"], values["pacing"], clock)


async def test_it_follows_once_more_when_a_time_is_over_and_only_then() -> None:
    drops, clock = FakeDrops(), FixedClock(NOON)
    keeping = planning(drops, clock)
    await keeping.follow()
    for _ in range(60):
        await keeping.keep_up()
        clock.at += MINUTE
    await keeping.keep_up()
    assert drops.asked == [["mug-1", "mug-2"], ["mug-2", "mug-3"]]


async def test_it_follows_each_day_whatever_happens_and_also_when_the_clock_was_set_back() -> None:
    drops, clock = FakeDrops(), FixedClock(NOON)
    keeping = planning(drops, clock, lambda now: [plan(series="mug")])
    await keeping.follow()
    for moment in (NOON + DAY - 1, NOON + DAY, NOON + DAY + 1, NOON):
        clock.at = moment
        await keeping.keep_up()
    assert len(drops.asked) == 3


async def test_what_a_busy_ledger_did_not_take_is_asked_for_again() -> None:
    drops, clock = FakeDrops(), FixedClock(NOON)
    keeping = planning(drops, clock)
    drops.busy = True
    for _ in range(2):
        with pytest.raises(TryAgain):
            await keeping.keep_up()
    drops.busy = False
    await keeping.keep_up()
    assert drops.asked == [["mug-1", "mug-2"]]


async def test_a_file_in_which_nothing_recurs_is_followed_at_the_start_alone() -> None:
    drops, clock = FakeDrops(), FixedClock(NOON)
    keeping = planning(drops, clock, lambda now: [plan(announce_at=now)], series=frozenset())
    await keeping.follow()
    clock.at += 3 * DAY
    await keeping.keep_up()
    assert drops.asked == [["mug"]]


async def test_refusals_and_broken_rules_are_logged_once() -> None:
    drops, clock = FakeDrops(), FixedClock(NOON)
    drops.refused = ("mug: it was announced and cannot be removed; cancel it in chat instead",)
    keeping = planning(drops, clock, pacing=PacingRules("UTC", gap_min=2 * HOUR))
    with capture_logs() as logged:
        await keeping.follow()
        await keeping.follow()
    assert [(each.get("refusal"), each.get("rule"), each.get("drop")) for each in logged] == [
        (drops.refused[0], None, None),
        (None, "gap", "mug-2"),
    ]
