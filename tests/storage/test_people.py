"""People as the ledger has met them, and what they hold."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans
from bot.domain.time import DAY, SECOND
from bot.storage.database import Reads
from bot.storage.people import KnownNames, tokens_end, units_held
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer


@pytest.fixture
async def reads(lane, new_ledger, clock):
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(per_person=2), plan("print"))))
    clock.at = NOON
    reads = Reads(new_ledger)
    yield reads
    await reads.close()


async def claim(lane, actor, request, drop="mug"):
    await lane.submit(ClaimDrop(CHANNEL, request, actor, drop))


async def test_somebody_is_found_by_the_name_they_carry_now_in_any_case(lane, reads):
    await claim(lane, Actor("twitch", "42", "Ann"), "twitch:1")
    await claim(lane, Actor("twitch", "42", "AnnTheSecond"), "twitch:2")
    names = KnownNames(reads, CHANNEL)
    assert await names.find("twitch", "annthesecond") == Actor("twitch", "42", "AnnTheSecond")
    assert await names.find("twitch", "ann") is None
    assert await names.find("discord", "annthesecond") is None
    assert await KnownNames(reads, CHANNEL + 1).find("twitch", "annthesecond") is None


async def test_of_two_people_with_one_name_neither_is_meant(lane, reads):
    await claim(lane, Actor("discord", "1", "Sam"), "discord:1")
    await claim(lane, Actor("discord", "2", "sam"), "discord:2")
    assert await KnownNames(reads, CHANNEL).find("discord", "sam") is None


@pytest.mark.parametrize("name", ["", "%", "a%", "' OR 1=1 --", "x" * 10_000])
async def test_a_name_that_is_no_name_finds_nobody(lane, reads, name):
    await claim(lane, viewer("ann"), "twitch:1")
    assert await KnownNames(reads, CHANNEL).find("twitch", name) is None


async def test_what_somebody_holds_is_listed_newest_first_with_the_entry_of_each(lane, reads, clock):
    ann = viewer("ann")
    for request, drop in enumerate(("mug", "print", "mug")):
        await claim(lane, ann, f"twitch:{request}", drop)
        clock.at += SECOND
    assert await units_held(reads, CHANNEL, ann) == [
        ("mug", "Teal Mug", 2, 48, 10),
        ("print", "Teal Print", 1, 48, 9),
        ("mug", "Teal Mug", 1, 48, 8),
    ]
    assert await units_held(reads, CHANNEL, viewer("bob")) == []


async def test_a_token_ends_a_day_after_it_was_granted_and_other_units_never(lane, reads, clock):
    unlock = plan("token", kind="unlock")
    await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan(per_person=3), plan("print"), unlock)))
    for drop in ("mug", "token"):
        await claim(lane, viewer("ann"), f"twitch:{drop}", drop)
    held = await units_held(reads, CHANNEL, viewer("ann"))
    entries = {drop: entry for drop, *_, entry in held}
    assert await tokens_end(reads, CHANNEL, list(entries.values())) == {entries["token"]: clock.at + DAY}
    assert await tokens_end(reads, CHANNEL, []) == {}


async def test_a_unit_that_was_taken_back_is_held_no_more_and_may_be_claimed_in_the_same_breath(lane, reads):
    give = SteerDrop(CHANNEL, "twitch:g", MIA, Verb.GIVE, "print", receiver=viewer("ann"))
    undo = SteerDrop(CHANNEL, "twitch:u", MIA, Verb.UNDO)
    again = ClaimDrop(CHANNEL, "twitch:1", viewer("ann"), "print")
    *_, answer = await asyncio.gather(lane.submit(give), lane.submit(undo), lane.submit(again))
    assert answer.decision.number == 1
    assert await units_held(reads, CHANNEL, viewer("ann")) == [("print", "Teal Print", 1, 48, 10)]
