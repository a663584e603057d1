"""Two accounts as one person in the ledger: before the link, while it stands, after it, and when it is verified."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import orjson
import pytest

from bot.domain.claims import ClaimRefusal
from bot.domain.control import SteerDrop, SteerRefusal, Verb
from bot.domain.linking import (
    LinkAsked,
    LinkMade,
    LinkPeople,
    LinkRefusal,
    LinkRefused,
    Unlinked,
    UnlinkMe,
    UnlinkRefused,
)
from bot.domain.people import Actor
from bot.domain.time import HOUR
from bot.storage.book import ChannelSettings
from bot.storage.database import Reads, snapshot_engine
from bot.storage.links import Links, find_link, read_link
from bot.storage.people import units_held
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, plan, running_lane
from tests.storage.evenings import change, faults, rows
from tests.storage.linked import ANN, ANN_THERE, BOB, BOB_THERE, Evening, an_evening, granted


@pytest.fixture
async def evening(lane, clock):
    return await an_evening(lane, clock)


async def test_once_linked_the_other_account_has_what_the_one_has(evening, new_ledger):
    assert granted(await evening.claim(ANN)) == 1
    assert isinstance(await evening.link(ANN, ANN_THERE), LinkMade)
    refused = await evening.claim(ANN_THERE)
    assert (refused.because, refused.numbers) == (ClaimRefusal.ALREADY_YOURS, (1,))
    assert faults(new_ledger) == []


async def test_in_the_same_instant_both_get_one_before_the_link_and_one_in_all_after_it(evening, new_ledger):
    before = await asyncio.gather(evening.claim(ANN), evening.claim(ANN_THERE))
    assert granted(*before) == 2
    await evening.plan(plan(), plan("print", announce_at=NOON, opens_at=NOON))
    await evening.link(ANN, ANN_THERE)
    after = await asyncio.gather(evening.claim(ANN, "print"), evening.claim(ANN_THERE, "print"))
    assert granted(*after) == 1
    assert faults(new_ledger) == []


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_in_the_instant_of_the_link_its_place_in_the_queue_decides(evening, new_ledger, place):
    await evening.link(ANN, ANN_THERE, confirmed=False)
    deeds = [evening.claim(ANN), evening.claim(ANN_THERE)]
    deeds.insert(place, evening.link(ANN, ANN_THERE))
    decisions = await asyncio.gather(*deeds)
    made = decisions.pop(place)
    assert isinstance(made, LinkMade)
    # Only where both had claimed before the link they hold one each, and it is told.
    assert granted(*decisions) == (2 if place == 2 else 1)
    assert made.merged == (("Teal Mug",) if place == 2 else ())
    assert faults(new_ledger) == []


async def test_after_the_link_has_ended_they_still_count_as_one_for_drops_of_before(evening, new_ledger):
    await evening.link(ANN, ANN_THERE)
    await evening.claim(ANN)
    assert isinstance(await evening.part(ANN_THERE), Unlinked)
    assert (await evening.claim(ANN_THERE)).because is ClaimRefusal.ALREADY_YOURS
    evening.clock.at += 1
    await evening.plan(plan(), plan("print", announce_at=evening.clock.at, opens_at=evening.clock.at))
    both = await asyncio.gather(evening.claim(ANN, "print"), evening.claim(ANN_THERE, "print"))
    assert granted(*both) == 2
    assert faults(new_ledger) == []


async def test_in_the_same_instant_an_end_and_a_claim_change_nothing(evening):
    await evening.link(ANN, ANN_THERE)
    asked = await evening.do(UnlinkMe(CHANNEL, "twitch:ask", ANN))
    decisions = await asyncio.gather(
        evening.claim(ANN), evening.do(UnlinkMe(CHANNEL, "twitch:yes", ANN, asked.link)), evening.claim(ANN_THERE)
    )
    assert isinstance(decisions[1], Unlinked)
    assert granted(decisions[0], decisions[2]) == 1


async def test_an_account_that_is_handed_on_brings_no_second_unit(evening, new_ledger):
    await evening.link(ANN, ANN_THERE)
    await evening.claim(ANN)
    await evening.part(ANN)
    await evening.link(BOB, ANN_THERE)
    # Ann, her account on Discord and Bob are one for the mug, whose link is in between.
    assert [(await evening.claim(actor)).because for actor in (BOB, ANN_THERE)] == [ClaimRefusal.ALREADY_YOURS] * 2
    assert faults(new_ledger) == []


async def test_a_gift_counts_for_both_accounts(evening):
    await evening.plan(plan(held_back=2))
    await evening.link(ANN, ANN_THERE)
    await evening.claim(ANN)
    gift = SteerDrop(CHANNEL, "twitch:gift", MIA, Verb.GIVE, "mug", receiver=ANN_THERE, why="late")
    assert (await evening.do(gift)).because is SteerRefusal.RECEIVER_HAS_ENOUGH


async def test_the_question_alone_leaves_no_trace_of_a_stranger(evening, new_ledger):
    assert await evening.link(ANN, ANN_THERE, confirmed=False) == LinkAsked()
    assert rows(new_ledger, "SELECT count(*) FROM person") == [(0,)]
    assert rows(new_ledger, "SELECT count(*) FROM link") == [(0,)]


async def test_only_who_is_free_is_linked_and_the_same_two_are_linked_already(evening, new_ledger):
    made = await evening.link(ANN, ANN_THERE)
    assert await evening.link(ANN, ANN_THERE) == made
    assert await evening.link(ANN, BOB_THERE) == LinkRefused(LinkRefusal.ALREADY_LINKED_TO_OTHER)
    assert await evening.link(BOB, ANN_THERE) == LinkRefused(LinkRefusal.ACCOUNT_LINKED_TO_OTHER)
    both = await asyncio.gather(evening.part(ANN), evening.link(BOB, BOB_THERE))
    assert [type(each) for each in both] == [Unlinked, LinkMade]
    assert rows(new_ledger, "SELECT count(*) FROM entry WHERE kind = 'person.linked'") == [(4,)]
    assert faults(new_ledger) == []


async def test_an_old_yes_does_not_end_a_newer_link(evening):
    first = await evening.link(ANN, ANN_THERE)
    await evening.part(ANN)
    await evening.link(ANN, ANN_THERE)
    assert isinstance(await evening.do(UnlinkMe(CHANNEL, "twitch:old", ANN, first.link)), UnlinkRefused)
    assert isinstance(await evening.do(UnlinkMe(CHANNEL, "twitch:b", BOB)), UnlinkRefused)


async def test_a_yes_that_is_delivered_twice_links_once(evening, new_ledger):
    command = LinkPeople(CHANNEL, "twitch:yes", ANN, ANN_THERE, confirmed=True)
    first, second = [await evening.lane.submit(command) for _ in range(2)]
    assert (second.repeated, second.decision) == (True, first.decision)
    assert rows(new_ledger, "SELECT count(*) FROM link") == [(1,)]


async def test_a_new_name_changes_nothing_and_a_name_that_somebody_took_over_links_nobody(evening):
    await evening.link(ANN, ANN_THERE)
    renamed, recycled = replace(ANN, name="ann_anew"), replace(BOB, name=ANN.name)
    assert granted(await evening.claim(renamed)) == 1
    assert (await evening.claim(ANN_THERE)).because is ClaimRefusal.ALREADY_YOURS
    assert granted(await evening.claim(recycled)) == 1
    assert isinstance(await evening.do(UnlinkMe(CHANNEL, "twitch:r", recycled)), UnlinkRefused)


async def test_a_restart_changes_nothing(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        evening = Evening(lane, clock)
        await evening.plan(plan(), plan("print", announce_at=NOON - HOUR, opens_at=NOON))
        await evening.wake(NOON)
        await evening.link(ANN, ANN_THERE)
        await evening.link(BOB, BOB_THERE)
        await evening.claim(ANN)
        await evening.part(BOB)
    async with running_lane(new_ledger, clock) as lane:
        again = Evening(lane, clock)
        again._message = 100
        assert (await again.claim(ANN_THERE)).because is ClaimRefusal.ALREADY_YOURS
        assert granted(await again.claim(BOB, "print"), await again.claim(BOB_THERE, "print")) == 1
        assert await again.link(ANN, BOB_THERE) == LinkRefused(LinkRefusal.ALREADY_LINKED_TO_OTHER)
    assert faults(new_ledger) == []


async def test_moderators_hear_of_a_link_that_makes_one_hold_too_much(evening, new_ledger):
    await evening.plan(plan(), plan("cap", per_person=2, announce_at=NOON, opens_at=NOON))
    for actor in (ANN, ANN_THERE):
        for drop in ("mug", "cap"):
            await evening.claim(actor, drop)
    made = await evening.link(ANN, ANN_THERE)
    # Two caps are what one person may claim.
    assert made.merged == ("Teal Mug",)
    ((place, drop, about),) = rows(
        new_ledger, "SELECT place, drop_key, about FROM outbox WHERE kind = 'link-merges'"
    )
    assert (place, drop) == ("discord:moderators", "")
    assert orjson.loads(about) == {"link": made.link, "drops": [["Teal Mug", [1], [2]]]}
    assert rows(new_ledger, "SELECT count(*) FROM unit") == [(4,)]
    await evening.part(ANN)
    assert rows(new_ledger, "SELECT person_id FROM unit WHERE drop_key = 'mug' ORDER BY number") == [(1,), (2,)]


async def test_units_of_both_accounts_are_shown_while_the_link_stands(evening, new_ledger):
    await evening.claim(ANN)
    await evening.claim(ANN_THERE)
    reads = Reads(new_ledger)

    async def numbers(actor: Actor) -> list[int]:
        return [number for _, _, number, _, _ in await units_held(reads, CHANNEL, actor)]

    assert [await numbers(actor) for actor in (ANN, ANN_THERE, BOB)] == [[1], [2], []]
    await evening.link(ANN, ANN_THERE)
    assert [await numbers(actor) for actor in (ANN, ANN_THERE, BOB)] == [[2, 1], [2, 1], []]
    await evening.part(ANN)
    assert [await numbers(actor) for actor in (ANN, ANN_THERE)] == [[1], [2]]
    await reads.close()


async def test_a_link_is_found_by_either_account_and_by_its_number(evening, new_ledger):
    made = await evening.link(ANN, ANN_THERE)
    await evening.claim(replace(ANN, name="ann_anew"))
    engine = snapshot_engine(new_ledger)
    with engine.connect() as connection:
        seen = read_link(connection, CHANNEL, made.link)
        assert seen is not None
        assert (seen.link.linked_at, seen.link.unlinked_at) == (NOON, None)
        assert {platform: account.name for platform, account in seen.accounts.items()} == {
            "twitch": "ann_anew",
            "discord": ANN_THERE.name,
        }
        assert [find_link(connection, CHANNEL, each.key) for each in (ANN, ANN_THERE, BOB)] == [seen, seen, None]
        assert read_link(connection, CHANNEL, made.link + 1) is None
    await evening.part(ANN)
    with engine.connect() as connection:
        assert find_link(connection, CHANNEL, ANN.key) is None
        ended = read_link(connection, CHANNEL, made.link)
        assert ended is not None
        assert ended.link.unlinked_at == NOON
    engine.dispose()


# -- verifying -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE link SET twitch_person = discord_person", "link {n}: twitch_person is 2, the entries say 1"),
        ("UPDATE link SET unlinked_at = NULL", f"link {{n}}: unlinked_at is None, the entries say {NOON}"),
        ("DELETE FROM link", "link {n}: the entries know it, the table does not"),
        (
            "INSERT INTO link SELECT 1, number + 1, 1, 2, linked_at, NULL FROM link",
            "link {m}: no entry has made it",
        ),
    ],
)
async def test_a_link_that_was_changed_by_hand_is_named(evening, new_ledger, statement, fault):
    made = await evening.link(ANN, ANN_THERE)
    await evening.part(ANN)
    change(new_ledger, statement)
    assert faults(new_ledger)[0] == fault.format(n=made.link, m=made.link + 1)


async def test_a_batch_that_fails_links_nobody(evening, new_ledger, monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError("planned")

    with monkeypatch.context() as patched:
        patched.setattr(Links, "add", fail)
        with pytest.raises(ValueError, match="planned"):
            await evening.link(ANN, ANN_THERE)
    assert rows(new_ledger, "SELECT count(*) FROM entry WHERE kind = 'person.linked'") == [(0,)]
    assert isinstance(await evening.link(ANN, ANN_THERE), LinkMade)
    assert faults(new_ledger) == []


async def test_a_channel_without_discord_tells_nobody_there(new_ledger, clock):
    settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES[:1], False)
    async with running_lane(new_ledger, clock, settings=settings) as lane:
        evening = Evening(lane, clock)
        await evening.plan(plan())
        await evening.wake(NOON)
        for actor in (ANN, ANN_THERE):
            await evening.claim(actor)
        assert (await evening.link(ANN, ANN_THERE)).merged == ("Teal Mug",)
    assert rows(new_ledger, "SELECT count(*) FROM outbox WHERE kind = 'link-merges'") == [(0,)]
