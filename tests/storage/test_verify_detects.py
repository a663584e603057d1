"""Whatever is changed in a ledger behind the program's back is found, and the row that was changed is named."""

from __future__ import annotations

import asyncio
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, create_engine
from sqlalchemy.pool import StaticPool

from bot.storage import tables
from bot.storage.database import ledger_url
from bot.storage.verify import verify_connection, verify_ledger
from tests.storage.deciding import deciding_ledger
from tests.storage.tampering import Change, changes, copies, full_ledger, removals
from tests.tiers import sampled

# What verifying covers, column by column; docs/ledger.md tells the same to people.
COVERED: dict[str, list[str]] = {
    "entry": [column.name for column in tables.entry.columns],
    "checkpoint": ["channel_id", "size", "note"],
    "tile": ["channel_id", "number", "root"],
    "channel": ["id", "name", "log_key"],
    "drop": [column.name for column in tables.drop.columns],
    "edition": ["channel_id", "drop_key", "number", "label", "supply"],
    "occurrence": ["channel_id", "drop_key", "local_date", "zone", "announce_at", "opens_at", "closes_at"],
    "unit": [column.name for column in tables.unit.columns],
    "lost_unit": ["channel_id", "drop_key", "edition", "number", "lost_at", "entry_number"],
    "link": [column.name for column in tables.link.columns],
    "claim_code": ["channel_id", "code_set", "number", "reissue", "burned_at", "used_by", "used_at"],
    "action": [column.name for column in tables.action.columns],
    "outcome": ["channel_id", "request_id", "kind", "drop_key", "platform", "user_id", "name", "decision", "at"],
    "person": ["channel_id", "id", "secret"],
    "poll": [column.name for column in tables.poll.columns],
    "ballot": [column.name for column in tables.ballot.columns],
    "pass": [column.name for column in tables.pass_.columns],
    "night": [column.name for column in tables.night.columns],
    "night_guest": [column.name for column in tables.night_guest.columns],
}
# Of these the ledger is one of its own: fewer entries are read each time.
DECIDING = ("poll", "ballot", "pass", "night", "night_guest")
# What it does not, and why.
NOT_COVERED: dict[str, dict[str, str]] = {
    "channel": {
        "stream_watched": "what the platform said last",
        "stream_live": "what the platform said last",
        "stream_changed_at": "what the platform said last",
        "command_digest": "what Discord was told last",
    },
    # And of answers that grant nothing, nothing is proved: they are kept for sixty days, to be repeated.
    "outcome": {"told_at": "when somebody was told is known to nobody but the platform"},
    # And of a secret that no unit was ever granted under, nothing was sealed yet.
    "person": {"created_at": "nothing depends on it"},
    "identity": dict.fromkeys(
        ("channel_id", "platform", "user_id", "person_id", "name"), "accounts are renamed, linked and forgotten"
    ),
    "claim_code": {
        "digest": "an entry that told it would let anybody check a guess",
        "audience": "who it is for is nobody's business",
        "expires_at": "what is told of a code is which one it is",
    },
    "hold": {
        column.name: "a claim that waits is in no entry until it is answered" for column in tables.hold.columns
    },
    "held_vote": {
        column.name: "a vote that waits is in no entry until it is cast" for column in tables.held_vote.columns
    },
    "calendar_event": {column.name: "what Discord was told last" for column in tables.calendar_event.columns},
    "outbox": {column.name: "what is still to be said, or was" for column in tables.outbox.columns},
    "verified": {column.name: "a note of an earlier check" for column in tables.verified.columns},
}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("detecting") / "ledger.sqlite"
    asyncio.run(full_ledger(path))
    return path


@pytest.fixture(scope="module")
def in_memory(template):
    """A connection to a copy: the thousands of changes share it, and the queries that it has learned."""
    with copy_of(template) as connection:
        yield connection


@pytest.fixture(scope="module")
def deciding_in_memory(tmp_path_factory):
    """The same of the ledger with polls, passes and nights."""
    path = tmp_path_factory.mktemp("deciding") / "ledger.sqlite"
    asyncio.run(deciding_ledger(path))
    with copy_of(path) as connection:
        yield connection


@contextmanager
def copy_of(path: Path) -> Iterator[Connection]:
    raw = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path)) as file:
        file.backup(raw)
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def ledger(request, table):
    """The ledger that has rows of the table, for tampering: nothing is committed, and no constraint between tables
    is in the way of whoever edits the file."""
    connection = request.getfixturevalue("deciding_in_memory" if table in DECIDING else "in_memory")
    yield connection
    connection.rollback()


@pytest.mark.parametrize("table", [table for table in COVERED if table != "tile"])
def test_the_ledger_holds_as_it_is(ledger, table):
    assert verify_connection(ledger).faults == ()
    assert ledger.execute(tables.metadata.tables[table].select()).first() is not None, table


def test_every_column_is_covered_or_is_left_out_for_a_reason():
    for table in tables.metadata.sorted_tables:
        covered, left_out = set(COVERED.get(table.name, ())), set(NOT_COVERED.get(table.name, ()))
        assert covered.isdisjoint(left_out), table.name
        assert covered | left_out == set(table.columns.keys()), f"put it on one of the lists: {table.name}"


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table in COVERED if table != "tile" for column in COVERED[table]]
)
def test_every_value_that_is_changed_is_found_and_its_row_is_named(ledger, table, column):
    of = tables.metadata.tables[table]
    # Rows alike stand next to each other: each third of the changes has all that there are.
    assert check_each(ledger, of, islice(changes(ledger, of, column), 0, None, sampled(3, 1)))


@pytest.mark.parametrize("table", [table for table in COVERED if table != "tile"])
def test_every_row_that_is_taken_out_is_missed(ledger, table):
    of = tables.metadata.tables[table]
    assert check_each(ledger, of, removals(ledger, of))


@pytest.mark.parametrize(
    "table", [table for table in COVERED if table not in ("tile", "channel", "person", "claim_code")]
)
def test_every_row_that_is_there_twice_is_one_too_many(ledger, table):
    of = tables.metadata.tables[table]
    assert check_each(ledger, of, copies(ledger, of))


@pytest.mark.parametrize(("table", "column", "value"), [("poll", "seed", bytes(32)), ("ballot", "choice", "[3]")])
def test_a_fault_tells_nobody_what_was_chosen_and_by_which_seed_ties_fall(deciding_in_memory, table, column, value):
    of = tables.metadata.tables[table]
    kept = deciding_in_memory.scalars(of.select().with_only_columns(of.c[column])).all()
    deciding_in_memory.execute(of.update(), {column: value})
    words = " ".join(fault.words for fault in verify_connection(deciding_in_memory).faults)
    deciding_in_memory.rollback()
    assert f"{column} is not what the entries say" in words
    for secret in {repr(each) for each in (*kept, value)}:
        assert secret not in words


def check_each(connection, table: Table, made: Iterable[Change]) -> int:
    """Verify after each change; returns how many there were. Raises AssertionError for one that is not found, or of
    which something else is said first."""
    count = 0
    for change in made:
        count += 1
        verified = verify_connection(connection)
        assert not verified.holds, f"not found: {change.what}"
        first = verified.faults[0].words
        assert any(is_named(table, row, first) for row in change.rows), f"{change.what}: {first}"
    return count


def is_named(table: Table, row: Mapping[str, Any], words: str) -> bool:
    """Whether a sentence names this row, as people would look for it."""
    if f"channel {row['id' if table is tables.channel else 'channel_id']}, which there is not" in words:
        return True
    match table.name:
        case "entry":
            return names_entry(row["number"], words)
        case "channel":
            return re.match(r"channel\b|entry 1: channel|\w+: it has rows of channel 1, which", words) is not None
        case "checkpoint":
            return re.search(rf"\bcheckpoint {row['size']}\b", words) is not None
        case "drop":
            return words.startswith(f"drop {row['key']}:")
        case "edition":
            return words.startswith(f"edition {row['number']} of {row['drop_key']}:")
        case "occurrence":
            return re.match(rf"(occurrence of|drop) {re.escape(row['drop_key'])}:", words) is not None
        case "unit":
            return words.startswith(f"unit {row['number']} of {row['drop_key']}:")
        case "lost_unit":
            return words.startswith(f"lost unit {row['number']} of {row['drop_key']}:")
        case "link":
            return words.startswith(f"link {row['number']}:")
        case "claim_code":
            return words.startswith(f"code {row['number']} of {row['code_set']}, issue {row['reissue']}:")
        case "action":
            return words.startswith(f"action of entry {row['entry_number']}:")
        case "outcome":
            return words.startswith((f"outcome of {row['request_id']}:", "outcome of a request that was erased:"))
        case "poll":
            return words.startswith(f"poll {row['key']}:")
        case "ballot":
            where = f"in the poll {row['poll_key']}:"
            whose = f"ballot of person {row['person_id']} {where}", f"ballot of {row['voter']} {where}"
            # Of whoever was forgotten nothing but the poll's result tells what they have chosen, and by which pass.
            return words.startswith((*whose, f"poll {row['poll_key']}: "))
        case "pass":
            return words.startswith(f"pass {row['number']}:")
        case "night":
            return words.startswith(f"night {row['key']}:")
        case "night_guest":
            return words.startswith(f"guest {row['guest']} of the night {row['night_key']}:")
        case "person":
            return re.search(rf"\bperson {row['id']}\b", words) is not None
    return False


def names_entry(number: int, words: str) -> bool:
    if re.search(rf"\b(entry|checkpoint) {number}\b", words):
        return True
    between = re.search(r"among entries (\d+) to (\d+)", words)
    return between is not None and int(between[1]) <= number <= int(between[2])


def test_a_text_that_is_none_any_more_is_named_like_any_other(template, tmp_path):
    path = shutil.copy(template, tmp_path / "ledger.sqlite")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE entry SET kind = CAST(x'756eff' AS TEXT) WHERE number = 9")
    verified = verify_ledger(ledger_url(str(path)))
    assert verified.faults[0].words.startswith("entry 9: kind is 'un")
