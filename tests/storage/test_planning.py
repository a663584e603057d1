"""config.toml against a real ledger: what is refused stays, and the rest follows where that was asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from bot.domain.control import DropSteered, SteerDrop, SteerNeedsYes, Verb
from bot.domain.pacing import PacingRules
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans, BrokenRule, PlanDrop, PlanRefused
from bot.domain.time import DAY
from bot.storage.book import ChannelSettings
from bot.wording.catalogue import Wording
from bot.wording.planning import plan_answer
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, plan, running_lane
from tests.storage.evenings import faults


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


async def test_a_live_drop_that_breaks_a_rule_is_refused_by_it_and_one_of_the_file_is_planned(new_ledger, clock):
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, False, pacing=PacingRules("UTC", per_week_max=2))
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        wanted = (plan(), plan("cap", opens_at=NOON + DAY), plan("cup", opens_at=NOON + 20 * DAY))
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, wanted))
        third = PlanDrop(CHANNEL, "discord:1", MIA, plan("zine", opens_at=NOON + 2 * DAY))
        refused = (await lane.submit(third)).decision
        elsewhere = await lane.submit(PlanDrop(CHANNEL, "discord:2", MIA, plan("zine", opens_at=NOON + 9 * DAY)))
        by_file = (await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (*wanted, third.plan)))).decision
    assert refused == PlanRefused((), (BrokenRule("per-week", NOON + 2 * DAY, openings=3, limit=2),))
    assert elsewhere.decision.drop == "zine"
    assert by_file.refused == ("zine: a drop of that name was planned live; give this one another name",)
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        again = (await lane.submit(third)).decision
    # Asked again after a restart, the refusal is the same, and reads the same.
    assert again == refused
    assert plan_answer(Wording(), again, NOON) == plan_answer(Wording(), refused, NOON)


async def test_a_drop_of_the_file_that_breaks_a_rule_is_planned_all_the_same(new_ledger, clock):
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, False, pacing=PacingRules("UTC", gap_min=DAY))
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        applied = (await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(), plan("cap"))))).decision
    assert (applied.new, applied.refused) == (("mug", "cap"), ())


async def test_what_a_moderator_cancels_in_secret_stays_cancelled_and_what_the_file_dropped_may_return(
    new_ledger, clock
):
    weeks = tuple(plan(f"mug-{week}", series="mug", opens_at=NOON + 7 * week * DAY) for week in (1, 2))
    weeks = tuple(replace(each, announce_at=each.opens_at - DAY) for each in weeks)
    apply = partial(ApplyPlans, CHANNEL, actor=BOT, series=frozenset({"mug"}))
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(apply("config:1", plans=weeks))
        done = (await lane.submit(SteerDrop(CHANNEL, "twitch:1", MIA, Verb.CANCEL, "mug-2"))).decision
        assert isinstance(done, DropSteered | SteerNeedsYes)
        if isinstance(done, SteerNeedsYes):
            await lane.submit(SteerDrop(CHANNEL, "twitch:2", MIA, Verb.CANCEL, "mug-2", confirmed=True))
        removed = (await lane.submit(apply("config:2", plans=()))).decision
    async with running_lane(new_ledger, clock) as lane:
        again = (await lane.submit(apply("config:3", plans=weeks))).decision
    assert (removed.removed, again.new, again.changed) == (("mug-1",), ("mug-1",), ())
    assert faults(new_ledger) == []
