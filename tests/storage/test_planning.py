"""config.toml against a real ledger: what is refused stays, and the rest follows where that was asked for."""

from __future__ import annotations

import pytest

from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans, PlanDrop
from tests.conftest import CHANNEL, MIA, plan, running_lane


@pytest.mark.parametrize(("whole", "new"), [(False, ("cap",)), (True, ())])
async def test_what_is_refused_holds_up_the_rest_only_where_all_was_asked_for(new_ledger, clock, whole, new):
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
        clock.at = plan().announce_at
        wanted = (plan(supply=60), plan("cap"))
        applied = (await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, wanted, whole))).decision
        again = (await lane.submit(ApplyPlans(CHANNEL, "config:3", BOT, (plan(), plan("cap"))))).decision
    assert applied.new == new
    assert [sentence.partition(";")[0] for sentence in applied.refused] == [
        "mug: supply was announced as 48 and cannot become 60"
    ]
    assert again.new == (() if new else ("cap",))


async def test_a_name_that_was_planned_live_stays_the_live_drops(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(PlanDrop(CHANNEL, "discord:1", MIA, plan()))
        applied = (await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(supply=60),)))).decision
    assert applied.refused == ("mug: a drop of that name was planned live; give this one another name",)
    assert (applied.new, applied.changed) == ((), ())
