"""The lane on a full, small, locked, read-only or vanished disk: it says "try again", and goes on by itself."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.interview import OPENING, TRY_AGAIN, claims, interview
from tests.faults.lean_parent import SUFFIXES, new_ledger

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither these limits nor these locks"),
]

FRAME = 4_096 + 24
NOBODY = 65_534
CROWD = [f"v{number}" for number in range(10)]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return new_ledger(tmp_path / "home")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@pytest.mark.parametrize("room", [0, 100, FRAME, 3 * FRAME + 7])
def test_where_a_file_may_grow_no_further_a_batch_is_refused_whole_and_taken_later(ledger, tmp_path, room):
    """The room ends ahead of the batch, in a frame's head, behind its first frame, and in the middle of one."""
    with interview(ledger, tmp_path / "log") as asked:
        asked.ask(*OPENING)
        assert asked.ask(*claims("ann")) == [1]
        asked.limit_files(_size(ledger.with_name("ledger.sqlite-wal")) + room)
        assert asked.ask(*claims(*CROWD)) == [TRY_AGAIN] * len(CROWD)
        asked.nothing_is_wrong()
        assert asked.witness.counts["unanswered but written"] == 0
        asked.limit_files(-1)
        assert asked.ask(*claims(*CROWD)) == list(range(2, 12))
        asked.end()
        asked.nothing_is_wrong()


@contextmanager
def _small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no disk of its own can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4_096))


@pytest.mark.skipif(shutil.which("mount") is None, reason="there is no mount command")
@pytest.mark.parametrize("killed", [False, True])
def test_a_full_disk_takes_nothing_and_forgets_nothing(tmp_path, killed):
    with _small_disk(tmp_path / "disk", "2m") as disk:
        ledger = new_ledger(disk / "home")
        with interview(ledger, tmp_path / "log") as asked:
            asked.ask(*OPENING)
            assert asked.ask(*claims("ann", "bob")) == [1, 2]
            filler = disk / "filler"
            _fill(filler)
            assert asked.ask(*claims(*CROWD)) == [TRY_AGAIN] * len(CROWD)
            asked.nothing_is_wrong()
            if killed:
                asked.kill()
                told = dict(asked.witness.told)
            else:
                filler.unlink()
                assert asked.ask(*claims(*CROWD)) == list(range(3, 13))
                asked.end()
                asked.nothing_is_wrong()
        if killed:
            with interview(ledger, tmp_path / "log", born=False, life=1) as asked:
                # It may find no room even for what it needs to open the ledger.
                asked.witness.told = told
                filler.unlink()
                asked.go_on()
                asked.wait_for("born")
                assert asked.ask(*claims("ann", "bob", *CROWD)) == list(range(1, 13))
                asked.end()
                asked.nothing_is_wrong()


@contextmanager
def _stranger(ledger: Path, *statements: str) -> Iterator[None]:
    connection = sqlite3.connect(ledger, isolation_level=None, timeout=60)
    try:
        for statement in statements:
            connection.execute(statement).fetchall()
        yield
    finally:
        connection.close()


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_while_a_stranger_keeps_the_lock_claims_are_told_to_try_again(ledger, tmp_path, lock):
    with interview(ledger, tmp_path / "log", busy_timeout_ms=100) as asked:
        asked.ask(*OPENING)
        with _stranger(ledger, lock):
            assert asked.ask(*claims(*CROWD)) == [TRY_AGAIN] * len(CROWD)
        assert asked.ask(*claims(*CROWD)) == list(range(1, 11))
        asked.end()
        asked.nothing_is_wrong()


def test_claims_wait_for_a_stranger_who_soon_gives_the_lock_back(ledger, tmp_path):
    # Longer than anybody may take to give it back.
    with interview(ledger, tmp_path / "log", busy_timeout_ms=60_000) as asked:
        asked.ask(*OPENING)
        with _stranger(ledger, "BEGIN IMMEDIATE"):
            asked.begin(*claims(*CROWD))
            # They are with the lane by now, since the life tells of each before it asks.
            for _ in CROWD:
                asked.wait_for("asked")
        assert asked.answers(*claims(*CROWD)) == list(range(1, 11))
        asked.end()
        asked.nothing_is_wrong()


def test_a_stranger_who_reads_for_hours_stops_neither_claims_nor_the_close(ledger, tmp_path):
    with interview(ledger, tmp_path / "log", checkpoint_pages=4, busy_timeout_ms=100) as asked:
        asked.ask(*OPENING)
        with _stranger(ledger, "BEGIN", "SELECT count(*) FROM unit"):
            for number, name in enumerate(CROWD, 1):
                assert asked.ask(*claims(name)) == [number]
            asked.end()
        asked.nothing_is_wrong()


@pytest.fixture
def plain_user() -> Iterator[tuple[Path, int | None]]:
    """A folder, and the user for whom read-only means something: whoever may do everything steps back."""
    folder = Path(tempfile.mkdtemp(prefix="read-only-"))
    folder.chmod(0o777)
    yield folder, NOBODY if os.geteuid() == 0 else None
    shutil.rmtree(folder)


def _protect(ledger: Path, mode: int) -> None:
    for suffix in SUFFIXES:
        part = ledger.with_name(ledger.name + suffix)
        if part.exists():
            part.chmod(mode)


def _hand_over(ledger: Path, user: int | None) -> None:
    if user is not None:
        os.chown(ledger.parent, user, user)
        os.chown(ledger, user, user)


def test_a_read_only_ledger_stops_the_start_for_as_long_as_it_is_so(plain_user, tmp_path):
    folder, user = plain_user
    ledger = new_ledger(folder / "home")
    _hand_over(ledger, user)
    _protect(ledger, 0o444)
    with interview(ledger, tmp_path / "log", born=False, user=user) as asked:
        assert "Permission denied" in asked.wait_for("start-failed")["error"]
    _protect(ledger, 0o644)
    with interview(ledger, tmp_path / "log", user=user) as asked:
        asked.ask(*OPENING)
        assert asked.ask(*claims("ann")) == [1]
        asked.end()
        asked.nothing_is_wrong()


def test_a_ledger_that_becomes_read_only_when_it_is_opened_anew_is_written_again_when_it_may_be(
    plain_user, tmp_path
):
    folder, user = plain_user
    ledger = new_ledger(folder / "home")
    _hand_over(ledger, user)
    with interview(ledger, tmp_path / "log", user=user, busy_timeout_ms=100) as asked:
        asked.ask(*OPENING)
        with _stranger(ledger, "BEGIN IMMEDIATE"):
            assert asked.ask(*claims("ann")) == [TRY_AGAIN]
            # From here on the lane has to open it anew.
            _protect(ledger, 0o444)
        assert asked.ask(*claims("ann", "bob")) == [TRY_AGAIN] * 2
        _protect(ledger, 0o644)
        assert asked.ask(*claims("ann", "bob")) == [1, 2]
        asked.end()
        asked.nothing_is_wrong()


def test_while_the_ledgers_folder_is_gone_nobody_is_promised_anything(ledger, tmp_path):
    away = tmp_path / "away"
    with interview(ledger, tmp_path / "log") as asked:
        asked.ask(*OPENING)
        assert asked.ask(*claims("ann")) == [1]
        ledger.parent.rename(away)
        assert asked.ask(*claims("bob", "cleo")) == [TRY_AGAIN] * 2
        assert not ledger.exists()
        away.rename(ledger.parent)
        assert asked.ask(*claims("ann", "bob", "cleo")) == [1, 2, 3]
        asked.end()
        asked.nothing_is_wrong()


@pytest.mark.parametrize("part", SUFFIXES[:2])
def test_a_deleted_ledger_or_log_takes_no_more_promises(ledger, tmp_path, part):
    with interview(ledger, tmp_path / "log") as asked:
        asked.ask(*OPENING)
        assert asked.ask(*claims("ann")) == [1]
        ledger.with_name(ledger.name + part).unlink()
        assert asked.ask(*claims("bob", "cleo")) == [TRY_AGAIN] * 2


def test_another_ledger_in_the_place_of_the_open_one_is_noticed(ledger, tmp_path):
    other = new_ledger(tmp_path / "other")
    with interview(ledger, tmp_path / "log") as asked:
        asked.ask(*OPENING)
        assert asked.ask(*claims("ann")) == [1]
        other.replace(ledger)
        assert asked.ask(*claims("bob")) == [TRY_AGAIN]
