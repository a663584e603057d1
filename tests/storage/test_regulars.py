"""Whom the ledger knows, the most likely to come again first."""

from __future__ import annotations

from bot.domain.claims import ClaimDrop
from bot.domain.planning import PlanDrop
from bot.storage.database import Reads
from bot.storage.regulars import regulars
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer


async def test_regulars_are_the_accounts_of_those_who_hold_units_the_newest_first(lane, new_ledger, clock):
    clock.at = NOON
    for key in ("mug", "pin"):
        await lane.submit(PlanDrop(CHANNEL, f"plan:{key}", MIA, plan(key, supply=3)))
    people = [viewer("ann"), viewer("bob", "discord"), viewer("cleo")]
    for actor in people:
        await lane.submit(ClaimDrop(CHANNEL, f"twitch:{actor.name}", actor, "mug"))
    await lane.submit(ClaimDrop(CHANNEL, "twitch:again", people[0], "pin"))
    await lane.submit(ClaimDrop(CHANNEL, "twitch:none", viewer("dan"), "mug"))
    reads = Reads(new_ledger)
    try:
        expected = [("twitch", "id-ann"), ("twitch", "id-cleo"), ("discord", "id-bob")]
        assert await regulars(reads, CHANNEL) == expected
        assert await regulars(reads, CHANNEL, most=1) == expected[:1]
    finally:
        await reads.close()
