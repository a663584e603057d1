"""Copies of a ledger: of one moment though it is written to, believed only when they are good, and kept in turn."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import orjson
import pytest

import migrations
from bot.domain.backup import Keeping, Occasion
from bot.storage import backup as backing_up
from bot.storage.backup import BrokenBackup, back_up, check, list_backups, make_backup
from bot.storage.database import ledger_url
from tests.conftest import NOON, FixedClock, running_lane
from tests.storage.evenings import change, claim, evening_ledger, faults, open_mug, rows

HOUR = 3_600_000_000


@pytest.fixture
def ledger(tmp_path):
    asyncio.run(evening_ledger(tmp_path / "ledger.sqlite"))
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_copy_is_one_file_that_holds_the_whole_ledger_and_says_when_and_why(ledger, folder):
    made = make_backup(ledger, folder, Occasion.CLOSED, now=NOON, keeping=Keeping())
    assert names(folder) == ["ledger-20261101T120000-closed.sqlite"]
    assert made.path == folder / "ledger-20261101T120000-closed.sqlite"
    assert (made.checked.channels, made.checked.units) == (("teapot",), 10)
    assert rows(ledger_url(str(made.path)), "SELECT * FROM entry") == rows(
        ledger_url(str(ledger)), "SELECT * FROM entry"
    )


async def test_a_copy_made_in_a_rush_is_of_one_moment_and_holds_nobody_up(new_ledger, folder):
    """Claims go on while the copy is made in tiny steps: what was committed before its begin is in it."""
    clock = FixedClock(NOON - HOUR)
    async with running_lane(new_ledger, clock) as lane:
        await open_mug(lane, clock, claims=5, supply=10_000)
        copying = asyncio.create_task(
            asyncio.to_thread(back_up, Path(new_ledger.database), folder, "hourly", now=NOON)
        )
        answered = 5
        while not copying.done():
            answered += 1
            await claim(lane, f"v{answered}")
        made = await copying
    assert 5 <= made.checked.units <= answered
    assert answered > 5
    assert faults(ledger_url(str(made.path))) == []


def test_folders_may_be_called_as_people_call_them(tmp_path):
    folder = tmp_path / "my #1 stream, 100% ?"
    folder.mkdir()
    asyncio.run(evening_ledger(folder / "ledger.sqlite"))
    made = make_backup(folder / "ledger.sqlite", folder / "backups", "hourly", now=NOON, keeping=Keeping())
    assert check(made.path) == made.checked
    assert names(tmp_path) == [folder.name]


def test_two_copies_of_one_second_are_told_apart(ledger, folder):
    for later, why in enumerate(("hourly", "hourly", "closed", "stopped")):
        make_backup(ledger, folder, why, now=NOON + later, keeping=Keeping())
    stamp = "ledger-20261101T120000"
    assert names(folder) == [
        f"{stamp}-2-hourly.sqlite",
        f"{stamp}-3-closed.sqlite",
        f"{stamp}-4-stopped.sqlite",
        f"{stamp}-hourly.sqlite",
    ]
    assert [backup.why for backup in list_backups(folder, "ledger")] == ["stopped", "closed", "hourly", "hourly"]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ('UPDATE "drop" SET claimed = 9', "claimed is 9, the entries say 10"),
        ("DELETE FROM unit WHERE number = 3", "unit 3 of mug: the entries know its owner, the table does not"),
        ("DELETE FROM entry WHERE number = 5", "entry 5: missing, 6 comes after 4"),
        ("UPDATE entry SET leaf_hash = x'00' WHERE number = 5", "entry 5: the leaf hash is not that of its bytes"),
    ],
)
def test_a_ledger_that_contradicts_itself_makes_no_copy_and_deletes_none(ledger, folder, harm, said):
    """The copy would be as corrupt as the ledger: the good ones of before must outlive it."""
    for hour in range(3):
        make_backup(ledger, folder, "hourly", now=NOON + hour * HOUR, keeping=Keeping())
    before = names(folder)
    change(ledger_url(str(ledger)), harm)
    with pytest.raises(BrokenBackup, match=said):
        make_backup(ledger, folder, "hourly", now=NOON + 9 * HOUR, keeping=Keeping(recent=1, daily=0))
    assert names(folder) == before


def test_damaged_pages_make_no_copy(ledger, folder):
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with ledger.open("r+b") as file:
        file.seek(4096 * 8)
        file.write(b"\xff" * 4096 * 4)
    with pytest.raises(BrokenBackup, match=r"damaged|malformed"):
        back_up(ledger, folder, "hourly", now=NOON)
    assert names(folder) == []


def test_a_ledger_that_is_not_there_makes_no_copy_and_no_file(tmp_path, folder):
    with pytest.raises(BrokenBackup, match="unable to open"):
        back_up(tmp_path / "nothing.sqlite", folder, "hourly", now=NOON)
    assert not (tmp_path / "nothing.sqlite").exists()
    assert names(folder) == []


def test_a_folder_that_cannot_be_written_is_named(ledger, tmp_path):
    (tmp_path / "backups").write_text("a file, where the folder should be")
    with pytest.raises(BrokenBackup, match=r"ledger.sqlite cannot be copied to .*backups: File exists"):
        back_up(ledger, tmp_path / "backups", "hourly", now=NOON)


def test_a_full_disk_leaves_no_half_copy(ledger, folder, monkeypatch):
    def full(_path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backing_up, "sync_file", full)
    with pytest.raises(BrokenBackup, match="No space left on device"):
        back_up(ledger, folder, "hourly", now=NOON)
    assert names(folder) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:20_000]), "is damaged|malformed"),
        (lambda path: path.write_bytes(b""), "is no ledger of Microdrops"),
        (lambda path: path.write_text("my shopping list " * 999), "file is not a database"),
        (lambda path: path.unlink(), "there is no such file"),
    ],
)
def test_a_copy_that_is_no_good_is_found_out_in_words(ledger, folder, harm, said):
    made = make_backup(ledger, folder, "hourly", now=NOON, keeping=Keeping())
    harm(made.path)
    with pytest.raises(BrokenBackup, match=said):
        check(made.path)


def test_a_good_copy_can_be_checked_where_nothing_can_be_written(ledger, folder):
    made = make_backup(ledger, folder, "hourly", now=NOON, keeping=Keeping())
    before = names(folder)
    assert check(made.path) == made.checked
    assert names(folder) == before


def test_superfluous_copies_go_only_after_a_good_one_is_there(ledger, folder):
    for hour in range(5):
        made = make_backup(ledger, folder, "hourly", now=NOON + hour * HOUR, keeping=Keeping(recent=2, daily=0))
    assert [Path(name).name[7:22] for name in made.deleted] == ["20261101T140000"]
    assert names(folder) == ["ledger-20261101T150000-hourly.sqlite", "ledger-20261101T160000-hourly.sqlite"]


def test_other_files_in_the_folder_are_nobodys_business(ledger, folder):
    folder.mkdir()
    others = ["notes.txt", "other-20200101T000000-hourly.sqlite", "ledger-20209901T000000-hourly.sqlite"]
    for name in others:
        (folder / name).write_text("mine")
    make_backup(ledger, folder, "hourly", now=NOON, keeping=Keeping(recent=1, daily=0))
    assert [name for name in others if not (folder / name).exists()] == []
    assert len(list_backups(folder, "ledger")) == 1


def test_as_a_program_it_tells_in_a_line_of_json_what_it_made_or_why_not(ledger, folder):
    def run(source: Path):
        return subprocess.run(
            [sys.executable, "-m", "bot.storage.backup", source, folder, "hourly", str(NOON), "24", "14"],
            capture_output=True,
            check=False,
            timeout=60,
        )

    good = run(ledger)
    told = orjson.loads(good.stdout)
    assert (good.returncode, good.stderr) == (0, b"")
    assert told["path"] == str(folder / "ledger-20261101T120000-hourly.sqlite")
    assert told["checked"]["revision"] == migrations.HEAD
    bad = run(folder / "nothing.sqlite")
    assert (bad.returncode, bad.stderr) == (1, b"")
    assert "unable to open" in orjson.loads(bad.stdout)["failed"]
