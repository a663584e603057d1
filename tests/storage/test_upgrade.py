"""A ledger is brought to the newest schema, and the migrations say what the tables say."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

import migrations
from bot.domain.claims import ClaimChecking, ClaimDrop
from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.poll_control import OpenPoll
from bot.domain.time import MINUTE
from bot.domain.voting import CastVote
from bot.storage import upgrade as upgrading
from bot.storage.database import ledger_url
from bot.storage.tables import metadata
from bot.storage.verify import verify_ledger
from tests.conftest import CHANNEL, MIA, NOON, FixedClock, plan, running_lane, viewer
from tests.domain.poll_world import choice, poll_plan
from tests.storage.deciding import MOD_VOTE
from tests.storage.early import EARLY, judging
from tests.storage.evenings import change, faults, rows


@pytest.fixture
def url(tmp_path):
    return ledger_url(str(tmp_path / "ledger.sqlite"))


def test_the_migrations_make_exactly_the_tables_that_the_program_uses(url):
    upgrading.upgrade(url, now=lambda: 0)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_new_ledger_needs_no_backup_and_is_then_at_the_head(url):
    assert upgrading.upgrade(url, now=lambda: 0) is None
    assert upgrading.stored_revision(url) == migrations.HEAD
    assert upgrading.upgrade(url, now=lambda: 0) is None


def test_the_head_named_for_fast_starts_is_the_newest_script():
    from alembic.script import ScriptDirectory

    assert ScriptDirectory("migrations").get_current_head() == migrations.HEAD


def test_an_older_ledger_is_copied_before_it_is_touched(url, tmp_path):
    with closing(sqlite3.connect(url.database)) as old:
        old.execute("CREATE TABLE alembic_version (version_num TEXT NOT NULL)")
        old.execute("CREATE TABLE keepsake (word TEXT)")
        old.execute("INSERT INTO keepsake VALUES ('mug')")
        old.commit()
    backup = upgrading.upgrade(url, now=lambda: 1_767_225_600_000_000)
    assert backup is not None
    assert backup.name == f"ledger-20260101T000000-before-{migrations.HEAD}.sqlite"
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT word FROM keepsake").fetchall() == [("mug",)]


def test_a_ledger_of_a_newer_program_is_refused_untouched(url, tmp_path):
    upgrading.upgrade(url, now=lambda: 0)
    with closing(sqlite3.connect(url.database)) as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '9999'")
        ledger.commit()
    with pytest.raises(upgrading.LedgerTooNew):
        upgrading.upgrade(url, now=lambda: 0)
    assert upgrading.stored_revision(url) == "9999"
    # Nothing is touched, so there is nothing to copy, however often it is started.
    assert not (tmp_path / "backups").exists()


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(url, monkeypatch):
    def fail(_connection):
        raise upgrading.BrokenBackup("planted")

    monkeypatch.setattr(upgrading, "_check_foreign_keys", fail)
    with pytest.raises(upgrading.BrokenBackup):
        upgrading.upgrade(url, now=lambda: 0)
    assert upgrading.stored_revision(url) is None


# The tables that each revision has brought, without a row.
BROUGHT = {
    "0002": {"lost_unit": 0},
    "0003": {"checkpoint": 0, "tile": 0, "verified": 0},
    "0004": {"hold": 0, "link": 0, "claim_code": 0, "calendar_event": 0},
    "0005": {"poll": 0, "ballot": 0, "held_vote": 0, "pass": 0, "night": 0, "night_guest": 0},
}
RELEASES = ["0001", *list(BROUGHT)[:-1]]


def ledger_of_release(revision: str, path) -> None:
    """A ledger as that release left it, in the middle of an evening, one unit having been taken back."""
    with closing(sqlite3.connect(path)) as ledger:
        ledger.executescript((Path(__file__).parent / "releases" / f"{revision}.sql").read_text(encoding="utf-8"))


def counts(path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as ledger:
        names = [name for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: ledger.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


@pytest.mark.parametrize("revision", RELEASES)
def test_a_ledger_of_every_earlier_release_keeps_every_row(url, tmp_path, revision):
    path = tmp_path / "ledger.sqlite"
    ledger_of_release(revision, path)
    before = counts(path)
    backup = upgrading.upgrade(url, now=lambda: NOON)
    brought = {name: 0 for later in BROUGHT if later > revision for name in BROUGHT[later]}
    assert counts(path) == {**before, **brought}
    assert counts(backup) == before
    assert faults(url) == []


def test_a_ledger_of_the_first_release_learns_its_last_numbers(url, tmp_path):
    ledger_of_release("0001", tmp_path / "ledger.sqlite")
    upgrading.upgrade(url, now=lambda: NOON)
    # #3 was given and taken back: it has been public, and no unit tells of it any more.
    assert rows(url, 'SELECT "key", last_number, lost, frozen_at FROM "drop" ORDER BY "key"') == [
        ("cap", 0, 0, None),
        ("mug", 3, 0, None),
    ]
    with pytest.raises(IntegrityError):
        change(url, 'UPDATE "drop" SET lost = 47 WHERE "key" = \'mug\'')


async def test_a_ledger_of_before_early_windows_goes_on_and_opens_early_the_same_evening(url, tmp_path):
    """Who had asked before is answered the same, the mug goes on, and what is planned now may open early."""
    ledger_of_release("0003", tmp_path / "ledger.sqlite")
    before = rows(url, "SELECT number, canonical, leaf_hash, private, salt FROM entry ORDER BY number")
    upgrading.upgrade(url, now=lambda: NOON)
    assert verify_ledger(url).holds
    clock = FixedClock(NOON + 5 * MINUTE)
    async with running_lane(url, clock) as lane:
        again = await lane.submit(ClaimDrop(CHANNEL, "twitch:c-ann-mug", viewer("ann"), "mug"))
        assert (again.repeated, again.decision.number) == (True, 1)
        next_one = await lane.submit(ClaimDrop(CHANNEL, "twitch:dee", viewer("dee"), "mug"))
        assert next_one.decision.number == 6  # 3 and 4 were written off, 5 is cy's
        early = plan("print", **EARLY, announce_at=clock.at, opens_at=clock.at + 20 * MINUTE)
        await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (early,)))
        clock.at += 10 * MINUTE
        waiting = ClaimDrop(CHANNEL, "twitch:ann-print", viewer("ann"), "print")
        assert isinstance((await lane.submit(waiting)).decision, ClaimChecking)
        await lane.submit(judging("ann", 1, at=clock.at))
        assert (await lane.submit(waiting)).decision.number == 1
    after = rows(url, "SELECT number, canonical, leaf_hash, private, salt FROM entry ORDER BY number")
    assert after[: len(before)] == before
    assert verify_ledger(url).holds


async def test_a_ledger_of_before_polls_goes_on_and_decides_one_the_same_evening(url, tmp_path):
    """Whoever waited to be let in early still does, and what is planned now brings passes."""
    ledger_of_release("0004", tmp_path / "ledger.sqlite")
    before = rows(url, "SELECT number, canonical, leaf_hash, private, salt FROM entry ORDER BY number")
    upgrading.upgrade(url, now=lambda: NOON)
    assert rows(url, 'SELECT DISTINCT passes FROM "drop"') == [("[]",)]
    clock = FixedClock(NOON + 51 * MINUTE)
    async with running_lane(url, clock) as lane:
        await lane.submit(judging("dee", 1, at=clock.at))
        waited = await lane.submit(ClaimDrop(CHANNEL, "twitch:dee-print", viewer("dee"), "print"))
        assert waited.decision.number == 1
        cap = plan("cap", passes=(PassOffer(PassKind.MOD_VOTE),), announce_at=clock.at, opens_at=clock.at + MINUTE)
        await lane.submit(ApplyPlans(CHANNEL, "config:2", BOT, (cap,)))
        clock.at += MINUTE
        await lane.submit(ClaimDrop(CHANNEL, "twitch:ann-cap", viewer("ann"), "cap"))
        await lane.submit(OpenPoll(CHANNEL, "twitch:open", MIA, poll_plan(**MOD_VOTE)))
        vote = CastVote(CHANNEL, "twitch:ann-vote", viewer("ann"), choice(2), with_pass=True)
        assert (await lane.submit(vote)).decision.pass_spent == 1
    after = rows(url, "SELECT number, canonical, leaf_hash, private, salt FROM entry ORDER BY number")
    assert after[: len(before)] == before
    assert verify_ledger(url).holds
