"""The write lane over a real ledger: numbers, repeats, failures, and the order of time."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimDrop, ClaimGranted, ClaimRefusal, ClaimRefused
from bot.domain.control import DropSteered, SteerDrop, Verb
from bot.domain.drop_plan import WhileOffline
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import HOUR, MINUTE, SECOND
from bot.storage import claims
from bot.storage import lane as lane_module
from bot.storage.book import ChannelSettings
from bot.storage.database import snapshot_engine, write_engine
from bot.storage.handlers import HANDLERS
from tests.conftest import ALL_PLACES, CHANNEL, MIA, NOON, plan, running_lane, viewer


async def apply(lane, *plans, request="config:1"):
    return (await lane.submit(ApplyPlans(CHANNEL, request, BOT, plans))).decision


async def claim(lane, name, request=None, drop=""):
    return await lane.submit(ClaimDrop(CHANNEL, request or f"twitch:{name}", viewer(name), drop))


async def steer(lane, verb, request, **more):
    return (await lane.submit(SteerDrop(CHANNEL, request, MIA, verb, **more))).decision


def rows(url, query):
    engine = snapshot_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def log_bytes(url):
    return Path(f"{url.database}-wal").stat().st_size


async def test_a_burst_of_seventy_five_gets_the_numbers_1_to_48_and_everybody_an_answer(lane, clock, new_ledger):
    await apply(lane, plan())
    clock.at = NOON
    answers = await asyncio.gather(*(claim(lane, f"viewer{n}") for n in range(75)))
    granted = [a.decision.number for a in answers if isinstance(a.decision, ClaimGranted)]
    refused = [a.decision.because for a in answers if isinstance(a.decision, ClaimRefused)]
    assert granted == list(range(1, 49))
    assert refused == [ClaimRefusal.SOLD_OUT] * 27
    assert rows(new_ledger, 'SELECT claimed, given, supply FROM "drop"') == [(48, 0, 48)]
    numbers = rows(new_ledger, "SELECT number FROM entry ORDER BY number")
    assert [n for (n,) in numbers] == list(range(1, len(numbers) + 1))


async def test_the_same_request_asked_again_is_answered_the_same_also_after_a_restart(new_ledger, clock):
    clock.at = NOON
    async with running_lane(new_ledger, clock) as lane:
        await apply(lane, plan())
        first = await claim(lane, "ann", "twitch:m1")
        again = await claim(lane, "ann", "twitch:m1")
    async with running_lane(new_ledger, clock) as lane:
        later = await claim(lane, "ann", "twitch:m1")
    ((number, leaf),) = rows(new_ledger, "SELECT number, leaf_hash FROM entry WHERE kind = 'unit.granted'")
    expected = ClaimGranted("mug", "Teal Mug", 1, 48, 47, number, leaf.hex())
    assert first.decision == again.decision == later.decision == expected
    assert (first.repeated, again.repeated, later.repeated) == (False, True, True)


async def test_a_message_delivered_three_times_at_once_makes_one_claim(lane, clock, new_ledger):
    await apply(lane, plan(per_person=3))
    clock.at = NOON
    answers = await asyncio.gather(*(claim(lane, "ann", "twitch:m1") for _ in range(3)))
    assert [a.decision.number for a in answers] == [1, 1, 1]
    assert [a.repeated for a in answers] == [False, True, True]
    assert rows(new_ledger, "SELECT count(*) FROM unit") == [(1,)]


async def test_a_renamed_viewer_is_still_the_same_person(lane, clock):
    await apply(lane, plan())
    clock.at = NOON
    await claim(lane, "ann", "twitch:m1")
    renamed = viewer("ann")
    renamed = type(renamed)(renamed.platform, renamed.user_id, "ann_the_second")
    answer = await lane.submit(ClaimDrop(CHANNEL, "twitch:m2", renamed, ""))
    assert answer.decision.because is ClaimRefusal.ALREADY_YOURS
    assert answer.decision.numbers == (1,)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (-1, ClaimRefusal.NOT_OPEN_YET),
        (0, None),
        (15 * MINUTE - 1, None),
        (15 * MINUTE, ClaimRefusal.CLOSED),
    ],
)
async def test_the_window_is_half_open_to_the_microsecond_though_no_timer_fired(lane, clock, offset, expected):
    await apply(lane, plan())
    clock.at = NOON - MINUTE
    await lane.submit(Wake(CHANNEL))
    clock.at = NOON
    if offset > 0:
        await lane.submit(Wake(CHANNEL))
    clock.at = NOON + offset
    decision = (await claim(lane, "ann")).decision
    assert getattr(decision, "because", None) == expected


async def test_a_unit_given_and_taken_back_is_handed_out_under_the_same_number(lane, clock, new_ledger):
    await apply(lane, plan(supply=3, held_back=1))
    clock.at = NOON
    given = await steer(lane, Verb.GIVE, "twitch:g1", drop="mug", receiver=viewer("bob"), why="mistyped")
    assert isinstance(given, DropSteered)
    assert given.number == 1
    undone = await steer(lane, Verb.UNDO, "twitch:u1")
    assert undone.undone == "unit.granted>unit.voided"
    numbers = [(await claim(lane, name)).decision for name in ("ann", "bob", "cy")]
    assert [getattr(d, "number", d) for d in numbers[:2]] == [1, 2]
    assert numbers[2].because is ClaimRefusal.SOLD_OUT
    assert rows(new_ledger, "SELECT kind FROM entry WHERE kind LIKE 'unit.%' ORDER BY number") == [
        ("unit.granted",),
        ("unit.voided",),
        ("unit.granted",),
        ("unit.granted",),
    ]


async def test_giving_never_goes_above_supply(lane, clock):
    await apply(lane, plan(supply=2))
    clock.at = NOON
    await claim(lane, "ann")
    first = await steer(lane, Verb.GIVE, "twitch:g1", drop="mug", receiver=viewer("bob"))
    second = await steer(lane, Verb.GIVE, "twitch:g2", drop="mug", receiver=viewer("cy"))
    assert first.number == 2
    assert second.because == "no-unit-left"


async def test_a_poisoned_command_fails_alone(lane, clock, monkeypatch):
    await apply(lane, plan())
    clock.at = NOON
    handle = claims.handle

    def poisoned(batch, command, moment):
        decision = handle(batch, command, moment)
        if command.actor.name == "bad":
            raise RuntimeError("planted")
        return decision

    monkeypatch.setitem(HANDLERS, ClaimDrop, poisoned)
    names = ["ann", "bad", "cy"]
    answers = await asyncio.gather(*(claim(lane, name) for name in names), return_exceptions=True)
    assert isinstance(answers[1], RuntimeError)
    assert [answers[0].decision.number, answers[2].decision.number] == [1, 2]


async def test_the_database_itself_refuses_a_unit_above_supply(lane, clock, new_ledger, monkeypatch):
    """The last backstop: with the rule and the lane's own look broken, the constraint still holds."""
    monkeypatch.setattr("bot.domain.drops.DropPlan.has_unit", lambda plan, number: True)
    await apply(lane, plan(supply=1))
    clock.at = NOON
    monkeypatch.setattr("bot.domain.drops.Drop.units_left", 5)
    answers = await asyncio.gather(claim(lane, "ann"), claim(lane, "bob"), return_exceptions=True)
    assert isinstance(answers[0].decision, ClaimGranted)
    assert isinstance(answers[1], Exception)
    assert rows(new_ledger, 'SELECT claimed FROM "drop"') == [(1,)]


async def test_a_locked_ledger_answers_try_again_and_heals_by_itself(new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await apply(lane, plan())
        clock.at = NOON
        await lane.submit(Wake(CHANNEL))
        stranger = create_engine(new_ledger, connect_args={"isolation_level": None})
        lane._connect().exec_driver_sql("PRAGMA busy_timeout=50")
        lane._connect().rollback()
        with stranger.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(TryAgain):
                await claim(lane, "ann", "twitch:m1")
            connection.exec_driver_sql("ROLLBACK")
        stranger.dispose()
        assert (await claim(lane, "ann", "twitch:m1")).decision.number == 1


async def test_an_asker_who_goes_away_cancels_nothing(lane, clock):
    await apply(lane, plan())
    clock.at = NOON
    asking = asyncio.create_task(claim(lane, "ann", "twitch:m1"))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    again = await claim(lane, "ann", "twitch:m1")
    assert again.repeated
    assert again.decision.number == 1


async def test_a_clock_that_goes_back_does_not_turn_time_round(lane, clock):
    await apply(lane, plan())
    clock.at = NOON
    first = await claim(lane, "ann")
    clock.at = NOON - 10 * SECOND
    second = await claim(lane, "bob")
    assert second.at == first.at
    assert isinstance(second.decision, ClaimGranted)


async def test_a_full_queue_says_try_again(lane, clock, monkeypatch):
    monkeypatch.setattr(lane_module, "QUEUE_MAX", 2)
    await apply(lane, plan())
    clock.at = NOON
    answers = await asyncio.gather(*(claim(lane, f"v{n}") for n in range(4)), return_exceptions=True)
    assert [type(a).__name__ for a in answers] == ["Answer", "Answer", "TryAgain", "TryAgain"]


async def test_the_next_due_instant_comes_with_every_commit(lane, clock):
    seen = []
    lane.listen(seen.append)
    await apply(lane, plan())
    assert seen[-1].wake_at == plan().announce_at
    clock.at = NOON
    await lane.submit(Wake(CHANNEL))
    assert seen[-1].wake_at == NOON + 15 * MINUTE
    assert seen[-1].places == {"twitch:chat", "discord:announcements", "discord:moderators"}


async def test_each_batch_is_one_transaction(new_ledger, clock):
    engine = write_engine(new_ledger)
    begun = []
    event.listen(engine, "commit", lambda connection: begun.append(1))
    async with running_lane(new_ledger, clock) as lane:
        lane._engine = engine
        lane._disconnect()
        await apply(lane, plan())
        clock.at = NOON
        begun.clear()
        await asyncio.gather(*(claim(lane, f"v{n}") for n in range(40)))
        assert len(begun) == 1
    engine.dispose()


async def test_a_listener_that_fails_stops_neither_the_lane_nor_the_other_listeners(lane, clock):
    heard = []

    def fail(_committed):
        raise RuntimeError("planted")

    lane.listen(fail)
    lane.listen(heard.append)
    await apply(lane, plan())
    clock.at = NOON
    assert (await claim(lane, "ann")).decision.number == 1
    assert len(heard) == 2


async def test_that_the_stream_was_live_last_night_opens_no_drop_tonight(new_ledger, clock):
    watched = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, True)
    clock.at = NOON - HOUR
    async with running_lane(new_ledger, clock, settings=watched) as lane:
        await lane.submit(ReportStream(CHANNEL, True))
        await apply(lane, plan(while_offline=WhileOffline.WAIT))
    clock.at = NOON + SECOND
    async with running_lane(new_ledger, clock, settings=watched) as lane:
        assert (await claim(lane, "ann")).decision.because is ClaimRefusal.NOT_OPEN_YET
        await lane.submit(ReportStream(CHANNEL, True))
        assert isinstance((await claim(lane, "bob")).decision, ClaimGranted)


async def test_word_of_the_stream_that_the_disk_refused_makes_nobody_believe_what_an_earlier_process_knew(
    new_ledger, clock
):
    watched = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, True)
    clock.at = NOON - HOUR
    async with running_lane(new_ledger, clock, settings=watched) as lane:
        await lane.submit(ReportStream(CHANNEL, True))
        await apply(lane, plan(while_offline=WhileOffline.WAIT))
    refusing = []

    def refuse(point):
        if refusing and point == "lane.before-commit":
            raise OperationalError("COMMIT", None, sqlite3.OperationalError("database or disk is full"))

    async with running_lane(new_ledger, clock, settings=watched, probe=refuse) as lane:
        refusing.append(True)
        with pytest.raises(TryAgain):
            await lane.submit(ReportStream(CHANNEL, False))
        refusing.clear()
        clock.at = NOON + SECOND
        assert (await claim(lane, "ann")).decision.because is ClaimRefusal.NOT_OPEN_YET


async def test_a_restart_while_the_stream_is_away_does_not_start_the_three_minutes_anew(new_ledger, clock):
    watched = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, True)
    clock.at = NOON
    async with running_lane(new_ledger, clock, settings=watched) as lane:
        await lane.submit(ReportStream(CHANNEL, True))
        await apply(lane, plan(while_offline=WhileOffline.WAIT))
        clock.at = NOON + MINUTE
        await lane.submit(ReportStream(CHANNEL, False))
    clock.at = NOON + 4 * MINUTE
    async with running_lane(new_ledger, clock, settings=watched) as lane:
        await lane.submit(ReportStream(CHANNEL, False))
        assert (await claim(lane, "ann")).decision.because is ClaimRefusal.PAUSED


async def test_a_secret_drop_that_leaves_the_configuration_may_come_back_as_something_new(lane, clock):
    await apply(lane, plan(), request="config:1")
    gone = await apply(lane, request="config:2")
    assert gone.removed == ("mug",)
    back = await apply(lane, plan(supply=12), request="config:3")
    assert (back.new, back.refused) == (("mug",), ())
    clock.at = NOON
    assert (await claim(lane, "ann")).decision.supply == 12


async def test_a_drop_of_last_year_in_a_fresh_ledger_is_left_alone(lane, clock, new_ledger):
    clock.at = NOON + HOUR
    applied = await apply(lane, plan())
    assert applied.new == ()
    assert rows(new_ledger, "SELECT count(*) FROM outbox") == [(0,)]


async def test_the_lane_hands_out_no_number_above_supply_whatever_a_rule_decides(lane, clock, monkeypatch):
    await apply(lane, plan(supply=1))
    clock.at = NOON
    monkeypatch.setattr("bot.domain.drops.Drop.units_left", 5)
    assert (await claim(lane, "ann")).decision.number == 1
    with pytest.raises(ValueError, match="no unit 2"):
        await claim(lane, "bob")


async def test_the_log_is_moved_into_the_ledger_between_batches(lane, clock, new_ledger):
    await apply(lane, plan(supply=200))
    clock.at = NOON
    for n in range(150):
        await claim(lane, f"viewer{n}")
    # A claim by itself leaves some ten pages in the log: without the moves they would come to 6 MiB.
    assert log_bytes(new_ledger) < 2 * lane_module.LOG_PAGES * 4096


async def test_a_log_that_cannot_be_moved_keeps_nobody_waiting(lane, clock, monkeypatch):
    tried = []

    def failing(connection):
        tried.append(connection)
        raise OperationalError("PRAGMA wal_checkpoint", None, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(lane_module, "checkpoint", failing)
    monkeypatch.setattr(lane_module, "LOG_PAGES", 30)
    await apply(lane, plan(supply=20))
    clock.at = NOON
    numbers = [(await claim(lane, f"viewer{n}")).decision.number for n in range(10)]
    assert numbers == list(range(1, 11))
    assert tried
