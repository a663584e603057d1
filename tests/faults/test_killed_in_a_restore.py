"""A restore that is killed leaves today's ledger, or the restored one with its drops frozen: nothing else, ever."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from filelock import FileLock

from bot.config import load_config
from bot.domain.backup import Keeping
from bot.opening import SystemClock, open_ledger
from bot.restoring import NotRestored, find_backup, restore
from bot.storage.backup import make_backup
from bot.storage.database import ledger_url
from bot.storage.lane import nothing
from bot.storage.process_lock import LedgerInUse
from bot.storage.replace import POINTS
from tests.conftest import NOON, FixedClock, running_lane
from tests.faults.killed_bot import POINTS as LANE_POINTS
from tests.storage.evenings import change, claim, evening_ledger, faults, rows

CONFIG = """[channel]
name = "teapot"
[discord]
token = "env:TOKEN"
server = 1
announcements = 2
moderators = 3
[ledger]
url = "ledger.sqlite"
"""


@pytest.fixture
def evening(tmp_path):
    """A copy with #1 to #10, and a ledger that went on to #20 and whose process was killed: #11 to #20 are only in
    its log."""
    url = asyncio.run(evening_ledger(tmp_path / "ledger.sqlite"))
    ledger = tmp_path / "ledger.sqlite"
    made = make_backup(ledger, tmp_path / "backups", "hourly", now=NOON, keeping=Keeping())
    asyncio.run(go_on(url, tmp_path))
    # As the killed process would have left it.
    ledger.write_bytes((tmp_path / "kept").read_bytes())
    (tmp_path / "ledger.sqlite-wal").write_bytes((tmp_path / "log").read_bytes())
    (tmp_path / "config.toml").write_text(CONFIG)
    return load_config(tmp_path / "config.toml", {}, secrets="optional"), made.path


async def go_on(url, folder):
    """Ten more claims; the files are kept as a killed process leaves them."""
    async with running_lane(url, FixedClock(NOON + 60_000_000)) as lane:
        await claim(lane, *(f"v{n}" for n in range(11, 21)))
        (folder / "log").write_bytes((folder / "ledger.sqlite-wal").read_bytes())
        (folder / "kept").write_bytes((folder / "ledger.sqlite").read_bytes())


async def start(config):
    """What the bot does first when it is started."""
    async with open_ledger(config, SystemClock(), nothing):
        pass


def found_in(ledger):
    """How many owners the ledger knows, whether its drop is frozen, and what contradicts itself."""
    url = ledger_url(str(ledger))
    ((owners,),) = rows(url, "SELECT count(*) FROM unit")
    ((frozen_at,),) = rows(url, 'SELECT frozen_at FROM "drop"')
    return owners, frozen_at is not None, faults(url)


OLD, RESTORED = (20, False, []), (10, True, [])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no kill -9")
@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ("lane.before-commit", OLD),
        ("restore.copied", OLD),
        ("restore.prepared", OLD),
        ("restore.decided", RESTORED),
        ("restore.log-aside", RESTORED),
        ("restore.ledger-aside", RESTORED),
        ("restore.done", RESTORED),
    ],
)
def test_a_kill_leaves_the_old_ledger_or_the_restored_and_frozen_one(evening, tmp_path, point, expected):
    config, copy = evening
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed_restore", tmp_path / "config.toml", copy, point],
        check=False,
        timeout=60,
    )
    assert ended.returncode == -9
    asyncio.run(start(config))
    assert found_in(tmp_path / "ledger.sqlite") == expected
    kept = list(tmp_path.glob("*-replaced.sqlite"))
    assert len(kept) == (expected is RESTORED)
    for aside in kept:
        # With its log: what was committed and never taken into the file is not lost either.
        assert found_in(aside) == OLD
    assert list(tmp_path.glob("ledger.sqlite.restor*")) == [] or expected is OLD


def test_every_named_point_is_passed_in_this_order(evening, tmp_path):
    config, _ = evening
    passed = []
    aside = restore(config, find_backup(config, "latest"), clock=SystemClock(), probe=passed.append)
    own = list(dict.fromkeys(point for point in passed if point not in LANE_POINTS))
    assert own == list(POINTS)
    assert found_in(tmp_path / "ledger.sqlite") == RESTORED
    assert found_in(aside) == OLD


def test_a_restore_after_a_killed_one_begins_afresh(evening, tmp_path):
    config, copy = evening
    (tmp_path / "ledger.sqlite.restoring").write_text("left by a killed one")
    (tmp_path / "ledger.sqlite.restoring-wal").write_text("left by a killed one")
    for turn in (1, 2):
        restore(config, find_backup(config, str(copy)), clock=SystemClock())
        assert found_in(tmp_path / "ledger.sqlite") == RESTORED
        assert len(list(tmp_path.glob("*-replaced*.sqlite"))) == turn
    assert list(tmp_path.glob("*restoring*")) == []


def test_while_a_bot_runs_nothing_is_restored(evening, tmp_path):
    config, copy = evening
    with FileLock(tmp_path / "ledger.sqlite.lock"), pytest.raises(LedgerInUse, match="stop that one first"):
        restore(config, find_backup(config, str(copy)), clock=SystemClock())
    assert found_in(tmp_path / "ledger.sqlite") == OLD


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(5, "Input/output error")])
def test_a_disk_that_refuses_leaves_todays_ledger(evening, tmp_path, monkeypatch, error):
    def refuse(_path):
        raise error

    config, copy = evening
    monkeypatch.setattr("bot.storage.replace.sync_file", refuse)
    with pytest.raises(NotRestored, match=f"{error.strerror}.*; today's ledger is as it was"):
        restore(config, find_backup(config, str(copy)), clock=SystemClock())
    assert list(tmp_path.glob("*.restor*")) == []
    assert found_in(tmp_path / "ledger.sqlite") == OLD


def test_a_ledger_that_nobody_can_open_any_more_is_replaced_all_the_same(evening, tmp_path):
    config, copy = evening
    (tmp_path / "ledger.sqlite").write_bytes(b"the disk has died here" * 999)
    aside = restore(config, find_backup(config, str(copy)), clock=SystemClock())
    assert found_in(tmp_path / "ledger.sqlite") == RESTORED
    assert aside.read_bytes().startswith(b"the disk has died here")


def test_a_ledger_that_is_gone_altogether_is_restored_and_nothing_is_kept_aside(evening, tmp_path):
    config, copy = evening
    for left in tmp_path.glob("ledger.sqlite*"):
        left.unlink()
    assert restore(config, find_backup(config, str(copy)), clock=SystemClock()) is None
    assert found_in(tmp_path / "ledger.sqlite") == RESTORED


def test_of_the_copies_the_newest_good_one_is_the_latest(evening, tmp_path):
    config, copy = evening
    bad = copy.with_name("ledger-20301101T120000-hourly.sqlite")
    bad.write_bytes(copy.read_bytes()[:30_000])
    found = find_backup(config, "latest")
    assert found.path == copy
    assert len(found.skipped) == 1
    assert found.skipped[0].startswith(f"{bad.name} is")
    with pytest.raises(NotRestored, match="choose another"):
        find_backup(config, bad.name)


def test_without_a_good_copy_it_says_so(evening):
    config, copy = evening
    copy.write_bytes(b"")
    with pytest.raises(NotRestored, match=r"there is no good copy of ledger.sqlite in .*is no ledger"):
        find_backup(config, "latest")


def test_a_copy_of_a_newer_program_is_refused(evening, tmp_path):
    config, copy = evening
    change(ledger_url(str(copy)), "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NotRestored, match="was written by a newer Microdrops"):
        find_backup(config, copy.name)
    assert found_in(tmp_path / "ledger.sqlite") == OLD


def test_a_copy_of_another_channel_is_refused_unless_its_name_is_said(evening, tmp_path):
    config, _ = evening
    (tmp_path / "elsewhere").mkdir()
    other = asyncio.run(evening_ledger(tmp_path / "elsewhere" / "ledger.sqlite", claims=3, channel="Red Panda"))
    found = find_backup(config, other.database)
    with pytest.raises(
        NotRestored, match=r'of the channel "Red Panda", and this is "teapot".*--channel "Red Panda"'
    ):
        restore(config, found, clock=SystemClock())
    assert found_in(tmp_path / "ledger.sqlite") == OLD
    restore(config, found, clock=SystemClock(), channel="Red Panda")
    assert found_in(tmp_path / "ledger.sqlite") == (3, True, [])
