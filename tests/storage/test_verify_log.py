"""Tiles, checkpoints and keys are held against the entries, by one process or by two."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import create_engine

from bot.domain.ledger import leaf_hash
from bot.domain.merkle import Frontier
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.telling import ForgetRefusals
from bot.domain.time import HOUR
from bot.domain.transparency import TILE_LEAVES, tile_root
from bot.domain.verifying import NoteVerified
from bot.storage import tables, verify
from bot.storage.database import ledger_url
from bot.storage.verify import verify_connection, verify_ledger
from bot.storage.verify_child import verify_in_child
from bot.storage.verify_new import verify_new
from tests.conftest import CHANNEL, KEYS, NOON, FixedClock, plan, running_lane
from tests.new_ledgers import new_ledger_at
from tests.storage.evenings import open_mug, rows
from tests.storage.tampering import changes, copies, removals, tree_of

CLAIMS = 600


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A ledger with two tiles: it was verified after 300 claims, and its key changed after all of them."""

    async def live(url):
        clock = FixedClock(NOON - 60_000_000)
        async with running_lane(url, clock) as lane:
            await open_mug(lane, clock, claims=300, supply=CLAIMS)
            await lane.submit(NoteVerified(CHANNEL, *tree_of(url), whole=True))
            await open_mug(lane, clock, claims=CLAIMS, supply=CLAIMS)
        async with running_lane(url, clock, keys=KEYS.with_key(bytes(range(32)))) as lane:
            await lane.submit(ForgetRefusals(CHANNEL, 0))

    path = tmp_path_factory.mktemp("log") / "ledger.sqlite"
    url = ledger_url(str(path))
    new_ledger_at(url)
    asyncio.run(live(url))
    return path


@pytest.fixture
def path(template, tmp_path):
    return shutil.copy(template, tmp_path / "ledger.sqlite")


@pytest.fixture
def connection(path):
    engine = create_engine(ledger_url(str(path)))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def change(path, statement, *values):
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(statement, values)


def faults(path, **options):
    return [fault.words for fault in verify_ledger(ledger_url(str(path)), **options).faults]


def test_the_root_of_a_tile_is_that_of_its_leaves_appended_one_by_one():
    leaves = [leaf_hash(bytes([number])) for number in range(256)]
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    assert tile_root(leaves) == frontier.root()


@pytest.mark.parametrize("column", ["channel_id", "number", "root"])
def test_every_change_of_a_tile_is_found_and_named(connection, column):
    assert verify_connection(connection).holds
    for made in changes(connection, tables.tile, column):
        first = verify_connection(connection).faults[0].words
        assert any(
            f"tile {row['number']}:" in first or f"channel {row['channel_id']}," in first for row in made.rows
        ), first


def test_a_tile_that_is_missing_or_one_too_many_is_named(connection):
    for made in removals(connection, tables.tile):
        assert verify_connection(connection).faults[0].words.startswith(f"tile {made.rows[0]['number']}:")
    for made in copies(connection, tables.tile):
        assert verify_connection(connection).faults[0].words.startswith(f"tile {made.rows[0]['number']}:")


def rewritten(path, number, old, new):
    """Change an entry's bytes and its leaf hash with them, as one would who means to hide it."""
    with closing(sqlite3.connect(path)) as raw:
        (canonical,) = raw.execute("SELECT canonical FROM entry WHERE number = ?", (number,)).fetchone()
    forged = canonical.replace(old, new)
    assert forged != canonical
    change(
        path, "UPDATE entry SET canonical = ?, leaf_hash = ? WHERE number = ?", forged, leaf_hash(forged), number
    )


def test_an_entry_that_was_rewritten_with_its_hash_makes_the_next_checkpoint_disagree(path):
    rewritten(path, 2, b'"title":"Teal Mug"', b'"title":"Pale Mug"')
    found = faults(path)
    assert "something among entries 2 to 3 was changed: checkpoint 3 was signed over other entries" in found
    assert sum("signed over other entries" in fault for fault in found) == 1


def test_the_last_note_of_a_check_names_what_was_changed_since_where_nothing_is_signed(path):
    change(path, "DELETE FROM checkpoint WHERE size > 4")
    rewritten(path, 10, b'"how":"claim"', b'"how":"hand!"')
    assert any("are not those that were verified before" in fault for fault in faults(path))


def test_a_hand_over_needs_the_signatures_of_both_keys(path):
    with closing(sqlite3.connect(path)) as raw:
        size, note = raw.execute("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    *lines, old, new = note.removesuffix("\n").split("\n")
    for kept in ([old], [new], [new, old], [old, new, new]):
        change(path, "UPDATE checkpoint SET note = ? WHERE size = ?", "\n".join([*lines, *kept, ""]), size)
        assert faults(path)[0].startswith(f"checkpoint {size}: ")
    change(path, "UPDATE checkpoint SET note = ? WHERE size = ?", note, size)
    assert faults(path) == []


def test_two_processes_find_the_same_as_one(path, monkeypatch):
    monkeypatch.setattr(verify, "SHARED_FROM", 1)
    url = ledger_url(str(path))
    told = []
    alone, shared = verify_ledger(url, share=False), verify_ledger(url, progress=lambda *done: told.append(done))
    assert alone == shared
    assert alone.channels[0].root is not None
    assert told[-1] == (2 * alone.channels[0].entries, 2 * alone.channels[0].entries)
    change(path, "UPDATE entry SET at = at + 1 WHERE number = 77")
    assert verify_ledger(url, share=False).faults == verify_ledger(url).faults
    # Without a second process its half is done here.
    monkeypatch.setattr("bot.storage.verify_helper.PROGRAM", ("/nonexistent",))
    assert faults(path)[0].startswith("entry 77: at is ")


async def test_a_check_in_a_process_of_its_own_tells_the_root_or_what_is_wrong(path):
    url = ledger_url(str(path))
    good = await verify_in_child(url, CHANNEL)
    assert (good.entries, good.root, good.fault_count) == (*tree_of(url), 0)
    change(path, "UPDATE unit SET how = 'hand' WHERE number = 5")
    assert (await verify_in_child(url, CHANNEL)).faults == (
        "unit 5 of mug: how is 'hand', the entries say 'claim'",
    )


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE entry SET leaf_hash = zeroblob(32) WHERE number = 500", "entry 500: the leaf hash"),
        ("UPDATE entry SET at = at + 1 WHERE number = 300", "entry 300: at is "),
        ("DELETE FROM entry WHERE number = 400", "entry 400: missing, 401 comes after 399"),
        ("DELETE FROM entry WHERE number > 290", "entry 291: missing, the ledger had 304 entries"),
        ("UPDATE tile SET root = zeroblob(32) WHERE number = 0", "the first 304 entries are not those that were"),
        ("DELETE FROM tile WHERE number = 0", "tile 0: it is missing"),
        ("UPDATE checkpoint SET note = replace(note, 'teapot', 'teapod') WHERE size > 600", "checkpoint 604: "),
    ],
)
def test_a_start_looks_at_what_is_new_and_whether_the_rest_is_the_same(path, statement, expected):
    url = ledger_url(str(path))
    assert verify_new(url, CHANNEL).faults == ()
    assert (verify_new(url, CHANNEL).entries, verify_new(url, CHANNEL).root) == tree_of(url)
    change(path, statement)
    assert any(fault.startswith(expected) for fault in verify_new(url, CHANNEL).faults), verify_new(url, CHANNEL)


@pytest.mark.parametrize("tiles", [1, 2, 3, 4])
async def test_a_checkpoint_at_the_end_of_a_tile_is_verified_like_any_other(new_ledger, clock, tiles):
    # Entry 1 is the log's key; then the plans, the mug's own plan, and the announcement that is signed.
    count = tiles * TILE_LEAVES - 3
    others = tuple(plan(f"p{each}", announce_at=NOON + HOUR, opens_at=NOON + 2 * HOUR) for each in range(count))
    async with running_lane(new_ledger, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (*others, plan())))
        clock.at = NOON - HOUR
        await lane.submit(Wake(CHANNEL))
    assert rows(new_ledger, "SELECT max(size) FROM checkpoint") == [(tiles * TILE_LEAVES,)]
    assert verify_ledger(new_ledger).faults == ()
