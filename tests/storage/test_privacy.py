"""After an erasure nothing in the ledger or its files tells who that was, and everything else still holds."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.domain.claims import ClaimDrop, ClaimGranted, ClaimRefusal
from bot.domain.control import SteerDrop, SteerRefusal, Verb
from bot.domain.people import BOT, Actor, Rank
from bot.domain.plan import DropPlan
from bot.domain.planning import ApplyPlans, PlanDrop
from bot.domain.privacy import EraseMe, ErasureAsked, ErasureRefusal, ErasureRefused, PersonErased
from bot.domain.stream import Wake
from bot.domain.telling import NoteTold
from bot.domain.time import DAY, HOUR, MINUTE
from bot.storage import database, tables
from bot.storage.database import snapshot_engine, write_engine
from tests.conftest import CHANNEL, NOON, plan, running_lane
from tests.storage.evenings import change, faults, rows

ANN = Actor("twitch", "880017731", "quiet_ann_77")
BOB = Actor("twitch", "880017732", "loud_bob_88")
MIA = Actor("discord", "990017733", "keen_mia_99", Rank.MODERATOR)
NOA = Actor("twitch", "990017734", "calm_noa_66", Rank.MODERATOR)
EVENING_ENDS = NOON + HOUR


def everything(url) -> Iterator[tuple[str, object]]:
    """Every value of every column of every table, with where it stands."""
    engine = snapshot_engine(url)
    with engine.connect() as connection:
        for table in tables.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for name, value in row._mapping.items():
                    yield f"{table.name}.{name}", value
    engine.dispose()


def places_of(url, *traces: str | bytes) -> list[str]:
    """Where in the tables any of these words or bytes still stands."""
    wanted = [trace.encode() if isinstance(trace, str) else trace for trace in traces]
    return [
        where
        for where, value in everything(url)
        for trace in wanted
        if trace in (value if isinstance(value, bytes) else str(value).encode())
    ]


def files_with(url, *traces: str | bytes) -> list[str]:
    """Which of the ledger's files still have these bytes anywhere, free places included."""
    wanted = [trace.encode() if isinstance(trace, str) else trace for trace in traces]
    ledger = Path(str(url.database))
    files = [path for path in ledger.parent.glob(f"{ledger.name}*") if path.suffix != ".lock"]
    assert ledger in files
    return [f"{path.name}: {trace!r}" for path in files for trace in wanted if trace in path.read_bytes()]


def secrets_of(url, actor: Actor) -> list[bytes]:
    """The person's secret and the salts of the entries about them."""
    one = f"SELECT person_id FROM identity WHERE user_id = '{actor.user_id}'"
    found = rows(url, f"SELECT secret FROM person WHERE id IN ({one})")
    found += rows(url, f"SELECT salt FROM entry WHERE person_id IN ({one})")
    return [bytes(value) for (value,) in found]


def request_of(actor: Actor, drop: str = "mug") -> str:
    """As platforms name messages: by a number that says nothing of who wrote it."""
    return f"{actor.platform}:{zlib.crc32(f'{actor.user_id} {drop}'.encode())}"


async def claim(lane, actor: Actor, drop: str = "mug", request: str = "") -> object:
    request_id = request or request_of(actor, drop)
    return (await lane.submit(ClaimDrop(CHANNEL, request_id, actor, drop))).decision


async def steer(lane, actor: Actor, verb: Verb, request: str, **more) -> object:
    return (await lane.submit(SteerDrop(CHANNEL, request, actor, verb, "mug", confirmed=True, **more))).decision


async def erase(lane, actor: Actor, request: str = "twitch:forget", *, confirmed: bool = True) -> object:
    return (await lane.submit(EraseMe(CHANNEL, request, actor, confirmed))).decision


async def planned(lane, *plans: DropPlan) -> None:
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, plans or (plan(),)))


async def settle(lane, clock) -> None:
    """Let the mug close and be settled."""
    for clock.at in (NOON + 15 * MINUTE, EVENING_ENDS):
        await lane.submit(Wake(CHANNEL))


@pytest.fixture
async def evening(lane, clock):
    """Ann and Bob hold a mug each; it was settled half an hour ago."""
    await planned(lane)
    clock.at = NOON
    await claim(lane, ANN)
    await claim(lane, BOB)
    await settle(lane, clock)
    return lane


def bytes_in_log(url) -> int:
    log = Path(f"{url.database}-wal")
    return log.stat().st_size if log.exists() else 0


async def log_is_empty(url) -> None:
    async with asyncio.timeout(60):
        while bytes_in_log(url):  # noqa: ASYNC110  # the lane tells nobody when it tidies up
            await asyncio.sleep(0.01)


async def test_nothing_in_any_column_tells_who_was_erased(evening, new_ledger):
    traces = [ANN.name, ANN.user_id, *secrets_of(new_ledger, ANN)]
    assert len(traces) == 4
    assert len(set(places_of(new_ledger, *traces))) > 4
    assert await erase(evening, ANN) == PersonErased(units=1, deeds=0, entries=1)
    assert places_of(new_ledger, *traces) == []
    assert places_of(new_ledger, BOB.name) != []


async def test_the_rest_of_the_ledger_still_holds(evening, new_ledger):
    leaves = rows(new_ledger, "SELECT number, leaf_hash, canonical FROM entry ORDER BY number")
    await erase(evening, ANN)
    assert rows(new_ledger, "SELECT number, leaf_hash, canonical FROM entry ORDER BY number")[:-1] == leaves
    assert faults(new_ledger) == []
    assert rows(new_ledger, "SELECT number, person_id FROM unit ORDER BY number") == [(1, 1), (2, 2)]
    assert rows(new_ledger, 'SELECT claimed FROM "drop"') == [(2,)]


async def test_the_erasure_is_an_entry_that_lists_what_went(evening, new_ledger):
    (granted,) = rows(new_ledger, "SELECT number FROM entry WHERE person_id = 1")
    await erase(evening, ANN)
    ((private, person_id, drop),) = rows(
        new_ledger, "SELECT private, person_id, drop_key FROM entry WHERE kind = 'person.erased'"
    )
    assert (private, person_id, drop) == (b'{"entries":[%d],"person":1}' % granted, 1, "")


async def test_a_private_part_that_is_gone_without_an_erasure_is_a_fault(evening, new_ledger):
    await erase(evening, ANN)
    ((number,),) = rows(new_ledger, "SELECT number FROM entry WHERE person_id = 2 AND kind = 'unit.granted'")
    change(new_ledger, f"UPDATE entry SET private = NULL, salt = NULL, person_id = NULL WHERE number = {number}")
    assert any(f"entry {number}:" in fault for fault in faults(new_ledger))


async def test_the_bytes_are_gone_from_the_files_while_the_bot_runs_on(evening, new_ledger):
    traces = [ANN.name, ANN.user_id, *secrets_of(new_ledger, ANN)]
    assert files_with(new_ledger, *traces) != []
    await erase(evening, ANN)
    await log_is_empty(new_ledger)
    assert files_with(new_ledger, *traces) == []
    assert files_with(new_ledger, BOB.name) != []


async def test_a_reader_in_the_way_only_puts_off_the_emptying(evening, new_ledger, monkeypatch):
    traces = [ANN.name, ANN.user_id]
    # Whoever waited for the reader would wait for ten minutes.
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 600_000)
    evening._connect().exec_driver_sql(f"PRAGMA busy_timeout={database.BUSY_TIMEOUT_MS}")
    evening._connect().rollback()
    engine = snapshot_engine(new_ledger)
    with engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM entry").fetchall()
        async with asyncio.timeout(60):  # nobody's answer waits for that reader
            await erase(evening, ANN)
            await evening.submit(Wake(CHANNEL))
        assert files_with(new_ledger, *traces) != []
    engine.dispose()
    await evening.submit(Wake(CHANNEL))
    await log_is_empty(new_ledger)
    assert files_with(new_ledger, *traces) == []


async def test_a_log_that_a_crash_has_left_is_emptied_by_the_next_start(new_ledger, clock):
    engine = snapshot_engine(new_ledger)
    async with running_lane(new_ledger, clock) as lane:
        await planned(lane)
        clock.at = NOON
        await claim(lane, ANN)
        await settle(lane, clock)
        reader = engine.connect()
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM entry").fetchall()
        await erase(lane, ANN)
    # Whoever closes last empties the log, but this reader may not, so all is as after a crash.
    reader.close()
    engine.dispose()
    assert files_with(new_ledger, ANN.name) != []
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(Wake(CHANNEL))
        await log_is_empty(new_ledger)
        assert files_with(new_ledger, ANN.name, ANN.user_id) == []


async def test_bytes_go_also_from_trees_that_were_split_and_from_names_of_before(new_ledger, clock):
    people = [
        Actor("twitch", f"{(n * 7919) % 100_003:06}55", f"somebody_{(n * 104_729) % 99_991:06}") for n in range(600)
    ]
    async with running_lane(new_ledger, clock) as lane:
        await planned(lane, plan(supply=1_000))
        clock.at = NOON
        for start in range(0, len(people), 40):
            await asyncio.gather(*(claim(lane, actor) for actor in people[start : start + 40]))
        for actor in people[::5]:
            renamed = replace(actor, name=f"{actor.name}_renamed_to_something_longer")
            await claim(lane, renamed, request=request_of(actor, "again"))
        await settle(lane, clock)
        erased = people[::10]
        traces = [
            trace for actor in erased for trace in (actor.name, actor.user_id, *secrets_of(new_ledger, actor))
        ]
        assert len(traces) == 4 * len(erased)
        for actor in erased:
            assert isinstance(await erase(lane, actor, request_of(actor, "forget")), PersonErased)
        await log_is_empty(new_ledger)
        assert files_with(new_ledger, *traces) == []
    assert files_with(new_ledger, *traces) == []
    assert faults(new_ledger) == []


async def test_whoever_comes_again_is_somebody_new(evening, new_ledger, clock):
    await erase(evening, ANN)
    later = plan("print", announce_at=NOON, opens_at=NOON + 2 * HOUR)
    await evening.submit(ApplyPlans(CHANNEL, "config:2", BOT, (plan(), later)))
    clock.at = NOON + 2 * HOUR
    granted = await claim(evening, ANN, "print")
    assert (granted.drop, granted.number) == ("print", 1)
    assert rows(new_ledger, "SELECT drop_key, number, person_id FROM unit ORDER BY drop_key, number") == [
        ("mug", 1, 1),
        ("mug", 2, 2),
        ("print", 1, 3),
    ]
    assert (await claim(evening, ANN, "mug", "twitch:again")).because is ClaimRefusal.CLOSED
    assert faults(new_ledger) == []


async def test_a_message_that_is_delivered_again_gets_its_answer_and_brings_nobody_back(evening, new_ledger):
    before = await claim(evening, ANN)
    await erase(evening, ANN)
    again = await evening.submit(ClaimDrop(CHANNEL, request_of(ANN), ANN, "mug"))
    assert (again.repeated, again.decision) == (True, before)
    done = await evening.submit(EraseMe(CHANNEL, "twitch:forget", ANN, confirmed=True))
    assert (done.repeated, done.decision) == (True, PersonErased(1, 0, 1))
    assert places_of(new_ledger, ANN.user_id) == []


async def test_nothing_happens_before_the_yes(evening, new_ledger):
    before = list(everything(new_ledger))
    assert await erase(evening, ANN, confirmed=False) == ErasureAsked(units=1, deeds=0)
    after = list(everything(new_ledger))
    assert [each for each in before if each not in after] == []
    # The question was answered, and its answer says nothing of who had asked.
    assert [value for where, value in after if where == "outcome.name"].count(ANN.name) == 1
    assert rows(new_ledger, "SELECT user_id, name FROM outcome WHERE kind = 'erasure.asked'") == [("", "")]


async def test_whoever_could_claim_once_more_has_to_wait(lane, new_ledger, clock):
    await planned(lane)
    clock.at = NOON
    await claim(lane, ANN)
    refused = ErasureRefused(ErasureRefusal.STILL_RUNNING, "mug", "Teal Mug", NOON + 20 * MINUTE)
    assert await erase(lane, ANN, "twitch:1") == refused
    clock.at = NOON + 15 * MINUTE
    await lane.submit(Wake(CHANNEL))
    clock.at = NOON + 20 * MINUTE - 1
    assert await erase(lane, ANN, "twitch:2") == refused
    clock.at += 1
    assert isinstance(await erase(lane, ANN, "twitch:3"), PersonErased)
    assert faults(new_ledger) == []


async def test_a_viewer_who_was_only_refused_is_forgotten_without_an_entry(evening, new_ledger):
    cy = Actor("discord", "770017735", "late_cy_55")
    # A name that no drop has: the asker is nobody the ledger has to know, but the answer names them.
    assert (await claim(evening, cy, "late_cy_55 was here")).because is ClaimRefusal.UNKNOWN_DROP
    assert places_of(new_ledger, cy.user_id) == ["outcome.user_id"]
    entries = rows(new_ledger, "SELECT count(*) FROM entry")
    assert await erase(evening, cy) == PersonErased(0, 0, 0)
    assert places_of(new_ledger, cy.user_id, cy.name) == []
    assert rows(new_ledger, "SELECT count(*) FROM entry") == entries


async def test_of_a_stranger_nothing_is_kept_not_even_the_question(evening, new_ledger):
    cy = Actor("discord", "770017735", "late_cy_55")
    for confirmed in (False, True):
        refused = await erase(evening, cy, f"discord:{confirmed}", confirmed=confirmed)
        assert refused == ErasureRefused(ErasureRefusal.NOTHING_KEPT)
    assert places_of(new_ledger, cy.user_id, cy.name) == []


async def test_a_moderators_deeds_stay_and_are_nobodys(lane, new_ledger, clock):
    await lane.submit(PlanDrop(CHANNEL, "discord:plan", MIA, plan("cap", announce_at=NOON - DAY)))
    await planned(lane, plan(held_back=3))
    clock.at = NOON
    for request, verb in enumerate((Verb.PAUSE, Verb.UNDO, Verb.PAUSE, Verb.RESUME)):
        clock.at += 1
        await steer(lane, MIA, verb, f"discord:{request}")
    await steer(lane, MIA, Verb.GIVE, "discord:gift", receiver=BOB, why="keen_mia_99 promised it")
    await settle(lane, clock)
    assert await erase(lane, MIA, "discord:ask", confirmed=False) == ErasureAsked(units=0, deeds=4)
    done = await erase(lane, MIA, "discord:yes")
    assert (done.deeds, done.entries) == (4, 6)
    assert places_of(new_ledger, MIA.name, MIA.user_id) == []
    assert faults(new_ledger) == []
    # What she gave is still Bob's, and can still be shown to be his.
    assert rows(new_ledger, "SELECT person_id FROM unit WHERE how = 'hand'") == rows(
        new_ledger, f"SELECT person_id FROM identity WHERE user_id = '{BOB.user_id}'"
    )


async def test_whoever_planned_a_drop_and_nothing_else_is_forgotten_too(lane, new_ledger, clock):
    await lane.submit(PlanDrop(CHANNEL, "discord:plan", MIA, plan("cap")))
    assert rows(new_ledger, "SELECT count(*) FROM person") == [(0,)]
    assert await erase(lane, MIA, "discord:yes") == PersonErased(0, 0, 1)
    assert places_of(new_ledger, MIA.name, MIA.user_id) == []
    assert faults(new_ledger) == []


async def test_nobody_can_take_back_what_an_erased_moderator_did(lane, new_ledger, clock):
    await planned(lane)
    clock.at = NOON
    await steer(lane, MIA, Verb.PAUSE, "discord:1")
    await erase(lane, MIA, "discord:2")
    assert (await steer(lane, MIA, Verb.UNDO, "discord:3")).because is SteerRefusal.NOTHING_TO_UNDO
    assert faults(new_ledger) == []


async def test_a_gift_is_told_to_its_giver_without_the_erased_receivers_name(lane, new_ledger, clock):
    await planned(lane, plan(held_back=3))
    clock.at = NOON
    gift = SteerDrop(CHANNEL, "discord:gift", MIA, Verb.GIVE, "mug", receiver=ANN, why="for quiet_ann_77")
    given = (await lane.submit(gift)).decision
    assert given.receiver == ANN.name
    await settle(lane, clock)
    await erase(lane, ANN)
    assert places_of(new_ledger, ANN.name, ANN.user_id) == []
    assert places_of(new_ledger, MIA.name) != []
    again = await lane.submit(gift)
    assert (again.repeated, again.decision) == (True, replace(given, receiver=""))
    assert faults(new_ledger) == []


async def test_giver_and_receiver_can_both_be_forgotten_in_either_order(lane, new_ledger, clock):
    await planned(lane, plan(held_back=3, per_person=2))
    clock.at = NOON
    await steer(lane, MIA, Verb.GIVE, "discord:1", receiver=ANN, why="one")
    await steer(lane, NOA, Verb.GIVE, "twitch:2", receiver=BOB, why="two")
    await claim(lane, BOB)
    await settle(lane, clock)
    for request, actor in enumerate((MIA, ANN, BOB, NOA)):
        assert isinstance(await erase(lane, actor, f"e:{request}"), PersonErased)
    traces = [trace for actor in (MIA, ANN, BOB, NOA) for trace in (actor.name, actor.user_id)]
    assert places_of(new_ledger, *traces) == []
    assert faults(new_ledger) == []


async def test_a_unit_that_was_taken_back_before_names_its_owner_no_more(lane, new_ledger, clock):
    await planned(lane, plan(held_back=3))
    clock.at = NOON
    await steer(lane, MIA, Verb.GIVE, "discord:1", receiver=ANN, why="one")
    await steer(lane, MIA, Verb.UNDO, "discord:2")
    assert isinstance(await erase(lane, ANN), PersonErased)
    assert places_of(new_ledger, ANN.name, ANN.user_id) == []
    assert faults(new_ledger) == []


async def test_one_person_on_both_platforms_goes_as_a_whole(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await planned(lane)
        clock.at = NOON
        await claim(lane, ANN)
    fan = Actor("discord", "660017736", "ann_the_fan")
    change(new_ledger, f"INSERT INTO identity VALUES (1, 'discord', '{fan.user_id}', 1, '{fan.name}')")
    async with running_lane(new_ledger, clock) as lane:
        assert (await claim(lane, fan)).because is ClaimRefusal.ALREADY_YOURS
        await settle(lane, clock)
        assert isinstance(await erase(lane, fan, "discord:forget"), PersonErased)
        assert places_of(new_ledger, ANN.name, ANN.user_id, fan.name, fan.user_id) == []
    assert faults(new_ledger) == []


async def test_all_of_it_may_happen_in_one_batch(lane, new_ledger, clock):
    await planned(lane, plan(), plan("print", announce_at=NOON - HOUR, opens_at=EVENING_ENDS))
    clock.at = NOON
    await claim(lane, ANN)
    await settle(lane, clock)
    answers = await asyncio.gather(
        claim(lane, BOB, "mug", "twitch:late"),
        claim(lane, ANN, "mug", "twitch:twice"),
        erase(lane, ANN),
        claim(lane, ANN, "print", "twitch:new"),
    )
    assert isinstance(answers[2], PersonErased)
    assert isinstance(answers[3], ClaimGranted)
    assert rows(new_ledger, "SELECT person_id FROM unit ORDER BY drop_key") == [(1,), (3,)]
    assert rows(new_ledger, "SELECT count(*) FROM outcome WHERE name = 'quiet_ann_77'") == [(1,)]
    assert faults(new_ledger) == []


async def test_whom_nobody_can_name_nobody_is_to_tell(evening, new_ledger):
    await erase(evening, ANN)
    assert rows(new_ledger, "SELECT count(*) FROM outcome WHERE told_at IS NULL") == [(1,)]
    await evening.submit(NoteTold(CHANNEL, (request_of(BOB),)))
    assert rows(new_ledger, "SELECT count(*) FROM outcome WHERE told_at IS NULL") == [(0,)]


async def test_an_error_of_the_database_names_nobody_in_the_programs_log(evening, new_ledger):
    engine = write_engine(new_ledger)
    twice = {
        "channel_id": CHANNEL,
        "platform": ANN.platform,
        "user_id": ANN.user_id,
        "person_id": 1,
        "name": ANN.name,
    }
    with engine.connect() as connection, connection.begin() as transaction:
        with pytest.raises(IntegrityError) as refused:
            connection.execute(tables.identity.insert(), twice)
        transaction.rollback()
    engine.dispose()
    assert "identity" in str(refused.value)
    assert [trace for trace in (ANN.name, ANN.user_id) if trace in str(refused.value)] == []
