"""What is kept of people who are linked, or were, and how they are forgotten."""

from __future__ import annotations

import pytest

from bot.domain.control import SteerDrop, Verb
from bot.domain.people import Actor
from bot.domain.privacy import ErasureAsked, ErasureRefused, PersonErased
from bot.storage.database import snapshot_engine
from bot.storage.people import find_account
from bot.storage.personal_data import personal_data, summary
from tests.conftest import CHANNEL, MIA, NOON, plan
from tests.storage.evenings import faults, rows
from tests.storage.linked import ANN, ANN_THERE, an_evening, granted
from tests.storage.test_privacy import places_of


@pytest.fixture
async def evening(lane, clock):
    return await an_evening(lane, clock)


def data_of(url, actor: Actor) -> dict:
    engine = snapshot_engine(url)
    with engine.connect() as connection:
        found = find_account(connection, CHANNEL, actor.key)
        assert found is not None
        data = personal_data(connection, CHANNEL, found, NOON)
        kept = summary(connection, CHANNEL, actor.key)
    engine.dispose()
    return {**data, "kept": kept}


async def test_what_is_kept_shows_links_and_the_account_that_is_theirs_now(evening, new_ledger):
    await evening.claim(ANN)
    await evening.link(ANN, ANN_THERE)
    data = data_of(new_ledger, ANN_THERE)
    assert [(each["with"], each["unlinked_at"]) for each in data["links"]] == [("twitch", None)]
    assert data["linked"]["accounts"] == [{"platform": "twitch", "id": ANN.user_id, "name": ANN.name}]
    assert [unit["number"] for unit in data["linked"]["units"]] == [1]
    assert [entry["kind"] for entry in data["entries"]] == ["person.linked"]
    assert data["kept"].accounts == (f"discord: {ANN_THERE.name}", f"twitch: {ANN.name}")
    assert data["kept"].units == (("Teal Mug", 1, 48),)
    await evening.part(ANN)
    data = data_of(new_ledger, ANN_THERE)
    assert data["linked"] is None
    assert data["links"][0]["unlinked_at"] == "2026-11-01T12:00:00+00:00"
    # Whose account it was is not theirs to have any more.
    assert ANN.name not in str(data)
    assert ANN.user_id not in str(data)


async def test_one_who_is_forgotten_goes_with_the_account_they_are_linked_with(evening, new_ledger):
    for actor in (ANN, ANN_THERE):
        await evening.claim(actor)
    await evening.link(ANN, ANN_THERE)
    await evening.settle()
    assert await evening.erase(ANN_THERE, confirmed=False) == ErasureAsked(units=2, deeds=0, linked=True)
    assert await evening.erase(ANN_THERE) == PersonErased(units=2, deeds=0, entries=4)
    assert places_of(new_ledger, ANN.name, ANN.user_id, ANN_THERE.name, ANN_THERE.user_id) == []
    assert rows(new_ledger, "SELECT count(*) FROM entry WHERE kind = 'person.erased'") == [(2,)]
    assert faults(new_ledger) == []
    # They come back as two strangers.
    await evening.plan(plan(), plan("print", announce_at=evening.clock.at, opens_at=evening.clock.at))
    assert granted(await evening.claim(ANN, "print"), await evening.claim(ANN_THERE, "print")) == 2
    assert faults(new_ledger) == []


async def test_whoever_has_parted_is_forgotten_alone(evening, new_ledger):
    await evening.link(ANN, ANN_THERE)
    await evening.part(ANN)
    await evening.settle()
    assert await evening.erase(ANN) == PersonErased(units=0, deeds=0, entries=2)
    assert places_of(new_ledger, ANN.name, ANN.user_id) == []
    assert places_of(new_ledger, ANN_THERE.name) != []
    assert faults(new_ledger) == []
    assert await evening.erase(ANN_THERE) == PersonErased(units=0, deeds=0, entries=2)
    assert places_of(new_ledger, ANN_THERE.name, ANN_THERE.user_id) == []
    assert faults(new_ledger) == []


async def test_nobody_parts_and_is_forgotten_to_claim_once_more(evening):
    await evening.link(ANN, ANN_THERE)
    await evening.claim(ANN)
    await evening.part(ANN)
    # Discord's account holds nothing itself, but would come back as nobody's.
    assert isinstance(await evening.erase(ANN_THERE), ErasureRefused)
    await evening.settle()
    assert isinstance(await evening.erase(ANN_THERE), PersonErased)


async def test_a_moderator_who_gave_to_themselves_is_forgotten_on_both_sides(evening, new_ledger):
    mia_there = Actor("discord", "990017733", "Mia_there_99")
    await evening.plan(plan(held_back=2))
    await evening.do(SteerDrop(CHANNEL, "twitch:g", MIA, Verb.GIVE, "mug", receiver=mia_there, why="test"))
    await evening.link(MIA, mia_there)
    await evening.settle()
    assert isinstance(await evening.erase(MIA), PersonErased)
    assert places_of(new_ledger, MIA.user_id, mia_there.name, mia_there.user_id) == []
    assert faults(new_ledger) == []
