"""The tables can be rebuilt from the entries, and whoever tampers with either is named."""

from __future__ import annotations

import asyncio
import random

import pytest
from sqlalchemy import create_engine, text

from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.ledger import leaf_hash
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.privacy import EraseMe, PersonErased
from bot.domain.stream import Wake
from bot.domain.time import DAY, MINUTE
from bot.storage.rebuild import BrokenEntry, differences, rebuild
from tests.conftest import CHANNEL, MIA, NOON, plan, running_lane, viewer
from tests.storage.evenings import open_mug


async def live_an_evening(url, clock):
    """A planned, announced and opened mug; claims, a unit given and taken back, a pause, an extension, a close."""

    async with running_lane(url, clock) as lane:

        async def steer(verb, request, **more):
            await lane.submit(SteerDrop(CHANNEL, request, MIA, verb, "mug", **more))

        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(supply=5, held_back=1, per_person=2),)))
        clock.at = NOON - MINUTE
        await lane.submit(Wake(CHANNEL))
        clock.at = NOON
        for request, name in enumerate(("ann", "bob", "ann", "cy", "dee")):
            await lane.submit(ClaimDrop(CHANNEL, f"twitch:m{request}", viewer(name)))
        await steer(Verb.GIVE, "twitch:g1", receiver=viewer("eve"), why="mistyped")
        await lane.submit(SteerDrop(CHANNEL, "twitch:u1", MIA, Verb.UNDO))
        await steer(Verb.GIVE, "twitch:g2", receiver=viewer("fay"), why="late")
        clock.at += MINUTE
        await steer(Verb.PAUSE, "twitch:p1")
        clock.at += MINUTE
        await steer(Verb.RESUME, "twitch:r1")
        await steer(Verb.EXTEND, "twitch:e1", minutes=5)
        await steer(Verb.CLOSE, "twitch:c1")


@pytest.fixture
def ledger(new_ledger, clock):
    """A connection to a ledger after an evening, for tampering; nothing is committed."""
    asyncio.run(live_an_evening(new_ledger, clock))
    engine = create_engine(new_ledger)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_an_untouched_ledger_has_no_differences(ledger):
    assert differences(ledger, CHANNEL) == []


def test_the_entries_alone_tell_the_drops_and_who_holds_which_number(ledger):
    rebuilt = rebuild(ledger, CHANNEL)
    assert rebuilt.entries == ledger.scalar(text("SELECT count(*) FROM entry"))
    assert [(u.number, u.how, u.nth) for u in sorted(rebuilt.units.values(), key=lambda u: u.number)] == [
        (1, "claim", 1),
        (2, "claim", 1),
        (3, "claim", 2),
        (4, "claim", 1),
        (5, "hand", 1),
    ]
    assert rebuilt.units["mug", 1].holder == rebuilt.units["mug", 3].holder
    assert len({unit.holder for unit in rebuilt.units.values()}) == 4
    drop = rebuilt.drops["mug"]
    assert (str(drop.state), drop.claimed, drop.given) == ("closed", 4, 1)
    assert drop.closes_at == NOON + (15 + 1 + 5) * MINUTE


def test_of_a_channel_without_entries_nothing_is_rebuilt(ledger):
    assert rebuild(ledger, CHANNEL + 1).entries == 0
    assert differences(ledger, CHANNEL + 1) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", "'Red Mug'"),
        ("kind", "'skin'"),
        ("supply", "6"),
        ("held_back", "0"),
        ("per_person", "3"),
        ("opening", "'cue'"),
        ("while_offline", "'wait'"),
        ("zone", "'Europe/Berlin'"),
        ("announce_at", "1"),
        ("planned_opens_at", "NULL"),
        ("window", "1"),
        ("origin", "'live'"),
        ("state", "'open'"),
        ("opens_at", "1"),
        ("closes_at", "NULL"),
        ("announced_at", "1"),
        ("opened_at", "1"),
        ("closed_at", "1"),
        ("closed_why", "'stream'"),
        ("paused_at", "1"),
        ("paused_why", "'offline'"),
        ("resume_at", "1"),
        ("postponed_why", "'missed'"),
        ("soon_said", "1"),
        ("on_cue", "1"),
        ("claimed", "3"),
        ("given", "0"),
        ("last_number", "6"),
        ("frozen_at", "1"),
    ],
)
def test_every_column_of_a_drop_that_was_changed_by_hand_is_named(ledger, column, value):
    ledger.execute(text(f'UPDATE "drop" SET "{column}" = {value}'))
    (difference,) = differences(ledger, CHANNEL)
    assert difference.startswith(f"drop mug: {column} is ")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE edition SET supply = 6", "edition 1 of mug: supply is 6, the entries say 5"),
        ("UPDATE edition SET label = 'x'", "edition 1 of mug: label is 'x', the entries say ''"),
        ("DELETE FROM edition", "edition 1 of mug: it is missing"),
        ("UPDATE edition SET number = 2", "edition 2 of mug: no entry has planned it"),
        ("UPDATE occurrence SET zone = 'x'", "occurrence of mug: zone is 'x', the entries say 'UTC'"),
        ("UPDATE occurrence SET opens_at = 1", f"occurrence of mug: opens_at is 1, the entries say {NOON}"),
        ("DELETE FROM occurrence", "drop mug: there are 0 occurrences, the entries tell of 1"),
        ("UPDATE occurrence SET drop_key = 'cup'", "drop cup: there are 1 occurrences, the entries tell of 0"),
        (
            "UPDATE action SET kind = 'drop.closed' WHERE kind = 'drop.paused'",
            "action of entry 12: kind is 'drop.closed', the entry says 'drop.paused'",
        ),
        (
            "UPDATE action SET undone = 1 WHERE kind = 'drop.paused'",
            "action of entry 12: undone is 1, the entry says 0",
        ),
        ("UPDATE action SET undone = 0", "action of entry 9: undone is 0, the entry says 1"),
        (
            "UPDATE action SET number = 1 WHERE entry_number = 11",
            "action of entry 11: number is 1, the entry says 5",
        ),
        (
            "UPDATE action SET minutes = 6 WHERE kind = 'drop.extended'",
            "action of entry 14: minutes is 6, the entry says 5",
        ),
        (
            "UPDATE action SET person_id = 1 WHERE entry_number = 13",
            "action of entry 13: person_id is 1, the entry says 5",
        ),
        ("DELETE FROM action WHERE entry_number = 13", "action of entry 13: it is missing"),
        ("UPDATE action SET entry_number = 5 WHERE entry_number = 13", "action of entry 5: that entry is no deed"),
        (
            "UPDATE outcome SET at = 1 WHERE request_id = 'twitch:m1'",
            f"outcome of twitch:m1: it is of 1, its entry of {NOON}",
        ),
        (
            "UPDATE outcome SET user_id = 'id-eve' WHERE request_id = 'twitch:m1'",
            "outcome of twitch:m1: it was answered to another one than the entry names",
        ),
        (
            "DELETE FROM outcome WHERE request_id = 'twitch:m1'",
            "outcome of twitch:m1: #2 of mug was granted and not answered",
        ),
        (
            "DELETE FROM outcome WHERE request_id = 'twitch:g2'",
            "outcome of twitch:g2: #5 of mug was granted and not answered",
        ),
        (
            "UPDATE outcome SET request_id = 'twitch:x' WHERE request_id = 'twitch:m1'",
            "outcome of twitch:x: it says #2 of mug, no entry has granted that to it",
        ),
        ("INSERT INTO lost_unit VALUES (1, 'mug', 1, 5, 1, 1)", "lost unit 5 of mug: no entry has written it off"),
    ],
)
def test_what_was_planned_done_or_answered_otherwise_than_the_entries_say_is_named(ledger, change, expected):
    ledger.execute(text("PRAGMA foreign_keys=OFF"))
    ledger.execute(text(change))
    assert expected in differences(ledger, CHANNEL)


@pytest.mark.parametrize(
    ("column", "value"),
    [("person_id", "6"), ("nth", "2"), ("how", "'hand'"), ("granted_at", "1"), ("entry_number", "1")],
)
def test_every_column_of_a_unit_that_was_changed_by_hand_is_named(ledger, column, value):
    ledger.execute(text(f'UPDATE unit SET "{column}" = {value} WHERE number = 2'))
    found = differences(ledger, CHANNEL)
    assert found[0].startswith(f"unit 2 of mug: {column} is ")
    assert len(found) == (2 if column == "person_id" else 1)


def test_an_owner_exchanged_together_with_the_private_part_is_found_by_the_pseudonym(ledger):
    ledger.execute(text("UPDATE unit SET person_id = 6 WHERE number = 2"))
    ledger.execute(text("UPDATE entry SET private = NULL, salt = NULL WHERE kind = 'unit.granted'"))
    found = differences(ledger, CHANNEL)
    assert "unit 2 of mug: person 6 is not the holder that its entry names" in found
    assert "entry 6: its private part is gone, and no person.erased entry lists it" in found


def test_an_edition_that_was_changed_is_named(ledger):
    ledger.execute(text("UPDATE unit SET edition = 2 WHERE number = 2"))
    assert differences(ledger, CHANNEL) == ["unit 2 of mug: edition is 2, the entries say 1"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("DELETE FROM unit WHERE number = 2", "unit 2 of mug: the entries know its owner, the table does not"),
        ("UPDATE unit SET number = 9 WHERE number = 5", "unit 9 of mug: no entry has granted it"),
        ("""UPDATE "drop" SET "key" = 'cup'""", "drop cup: no entry has planned it"),
        ("""UPDATE "drop" SET "key" = 'cup'""", "drop mug: the entries know it, the table does not"),
    ],
)
def test_rows_that_are_missing_or_too_many_are_named(ledger, change, expected):
    ledger.execute(text(change))
    assert expected in differences(ledger, CHANNEL)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("leaf_hash = x'00'", "entry 5: the leaf hash is not that of its bytes"),
        ("private = NULL", "entry 5: only half of the private part is there"),
        ("salt = x'00'", "entry 5: the private part is not the one that was sealed"),
        ("private = x'7b7d'", "entry 5: the private part is not the one that was sealed"),
        ("kind = 'unit.voided'", "entry 5: kind is 'unit.voided', its bytes say 'unit.granted'"),
        ("drop_key = 'cup'", "entry 5: drop is 'cup', its bytes say 'mug'"),
        ("person_id = NULL", "entry 5: person_id is None, the private part says 1"),
        ("person_id = 9", "entry 5: person_id is 9, the private part says 1"),
        ("at = at + 1", f"entry 5: at is {NOON + 1}, its bytes say {NOON}"),
    ],
)
def test_every_part_of_an_entry_that_was_changed_by_hand_is_named(ledger, change, expected):
    assert ledger.scalar(text("SELECT kind FROM entry WHERE number = 5")) == "unit.granted"
    ledger.execute(text(f"UPDATE entry SET {change} WHERE number = 5"))
    assert expected in differences(ledger, CHANNEL)
    with pytest.raises(BrokenEntry, match="entry"):
        rebuild(ledger, CHANNEL)


def test_bytes_that_were_changed_with_their_leaf_hash_are_still_found(ledger):
    """A forger who also mends the hash: the number was changed, so the tables disagree."""
    sealed = ledger.scalar(text("SELECT canonical FROM entry WHERE number = 5"))
    forged = sealed.replace(b'"number":1}', b'"number":3}')
    assert forged != sealed
    ledger.execute(
        text("UPDATE entry SET canonical = :bytes, leaf_hash = :leaf WHERE number = 5"),
        {"bytes": forged, "leaf": leaf_hash(forged)},
    )
    found = differences(ledger, CHANNEL)
    assert "entry 7: cannot be read (ValueError: unit 3 of mug has an owner already)" in found
    assert "unit 1 of mug: no entry has granted it" in found


def test_an_entry_that_was_taken_out_leaves_a_gap_that_is_named(ledger):
    ledger.execute(text("DELETE FROM entry WHERE number = 6"))
    found = differences(ledger, CHANNEL)
    assert found[0] == "entry 6: missing, 7 comes after 5"
    assert "unit 2 of mug: no entry has granted it" in found
    assert "drop mug: claimed is 4, the entries say 3" in found


def test_an_entry_that_is_no_json_any_more_is_named(ledger):
    ledger.execute(text("UPDATE entry SET canonical = x'ff' WHERE number = 5"))
    assert any(
        fault.startswith("entry 5: cannot be read (JSONDecodeError") for fault in differences(ledger, CHANNEL)
    )


@pytest.fixture
def erased(new_ledger, clock):
    """The ledger after Bob, who held unit 2, and Mia, who had given units and steered, were forgotten."""

    async def forget():
        clock.at += DAY
        async with running_lane(new_ledger, clock) as lane:
            for who in (viewer("bob"), MIA):
                command = EraseMe(CHANNEL, f"twitch:f-{who.name}", who, confirmed=True)
                assert isinstance((await lane.submit(command)).decision, PersonErased)

    asyncio.run(live_an_evening(new_ledger, clock))
    asyncio.run(forget())
    engine = create_engine(new_ledger)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_people_who_were_erased_leave_no_difference(erased):
    assert erased.scalar(text("SELECT count(*) FROM person WHERE secret IS NULL")) == 2
    assert differences(erased, CHANNEL) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE unit SET person_id = 3, nth = 2 WHERE number = 2", "unit 2 of mug: person 3 is not the holder"),
        ("UPDATE unit SET person_id = 2 WHERE number = 3", "unit 3 of mug: person_id is 2, the entries say 1"),
        ("UPDATE unit SET person_id = 5 WHERE number = 2", "unit 2 of mug: person 5 is not the one whose erasure"),
        ("UPDATE outcome SET name = 'bob' WHERE user_id = ''", "outcome of twitch:m1: it names ''"),
        ("DELETE FROM outcome WHERE request_id = 'twitch:m1'", "outcome of a request that was erased: #2 of mug"),
        ("UPDATE entry SET private = x'7b7d', salt = x'00' WHERE number = 6", "entry 6: its person was erased"),
        ("UPDATE person SET secret = x'00' WHERE id = 2", "person 2: an entry tells of the erasure"),
        ("UPDATE person SET secret = NULL WHERE id = 1", "person 1: the secret is gone, and no entry tells of an"),
        (
            "UPDATE entry SET private = NULL, salt = NULL, person_id = NULL WHERE number = 5",
            "entry 5: its private part is gone, and no person.erased entry lists it",
        ),
    ],
)
def test_an_erasure_covers_what_its_entry_lists_and_nothing_else(erased, change, expected):
    erased.execute(text(change))
    assert [fault for fault in differences(erased, CHANNEL) if fault.startswith(expected)]


def test_a_secret_without_its_last_zero_is_another_though_it_leads_to_the_same_pseudonyms(new_ledger, clock):
    def ends_with_zero(length):
        return random.Random(length).randbytes(length - 1) + b"\x00"

    async def claimed():
        async with running_lane(new_ledger, clock, random_bytes=ends_with_zero) as lane:
            await open_mug(lane, clock, claims=1)

    asyncio.run(claimed())
    engine = create_engine(new_ledger)
    with engine.connect() as connection:
        assert differences(connection, CHANNEL) == []
        connection.execute(text("UPDATE person SET secret = substr(secret, 1, 31) WHERE id = 1"))
        assert differences(connection, CHANNEL) == ["person 1: the secret is of 31 bytes, not of 32"]
    engine.dispose()
