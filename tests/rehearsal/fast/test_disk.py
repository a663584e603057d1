"""A ledger that somebody holds is waited for in virtual time, and a full disk is an error of the driver's kind."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from bot.domain.time import MILLISECOND, SECOND
from bot.rehearsal.fast.disk import Disk, VirtualThread
from bot.rehearsal.fast.virtual_time import VirtualLoop
from bot.rehearsal.options import RehearseOptions
from bot.rehearsal.script import Anchor, Moment, PlannedFault, Script
from bot.rehearsal.script_file import SKELETON
from bot.rehearsal.staging import ChildFailed
from bot.storage.database import BUSY_TIMEOUT_MS, ledger_url, write_engine
from tests.new_ledgers import new_ledger_at
from tests.rehearsal.fast.quick import SHORT, broken, played


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    made = VirtualLoop()
    yield made
    made.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    new_ledger_at(ledger_url(str(path)))
    return path


@pytest.fixture
def disk(ledger: Path) -> Iterator[Disk]:
    made = Disk(ledger)
    yield made
    made.close()


@pytest.fixture
def engine(ledger: Path, disk: Disk) -> Iterator[Engine]:
    made = write_engine(ledger_url(str(ledger)))
    disk.put_under(made)
    yield made
    made.dispose()


def write(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS note (text TEXT)"))


def thread(loop: VirtualLoop, disk: Disk, *, alive: bool = True) -> VirtualThread:
    return VirtualThread(loop, 4 * MILLISECOND, lambda: alive, lambda: disk.is_held)


@pytest.mark.parametrize(("held", "fails"), [(1 * SECOND, False), (7 * SECOND, True)])
def test_a_held_ledger_is_waited_for_as_long_as_the_driver_would(
    loop: VirtualLoop, disk: Disk, engine: Engine, ledger: Path, held: int, fails: bool
) -> None:
    write(engine)  # connecting itself would wait in real time

    async def play() -> None:
        with closing(sqlite3.connect(ledger, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            loop.call_in(held, holder.execute, "ROLLBACK")
            await loop.run_in_executor(thread(loop, disk), write, engine)

    if fails:
        with pytest.raises(OperationalError, match="locked"):
            loop.run_until_complete(play())
        assert loop.now == pytest.approx(BUSY_TIMEOUT_MS * MILLISECOND, abs=SECOND // 10)
    else:
        loop.run_until_complete(play())
        assert loop.now == pytest.approx(held, abs=SECOND // 10)


def test_a_full_disk_refuses_what_is_committed_and_only_that(disk: Disk, engine: Engine) -> None:
    disk.is_full = True
    with pytest.raises(OperationalError, match="disk is full"):
        write(engine)
    disk.is_full = False
    write(engine)


def test_the_dead_write_nothing_and_hear_nothing(loop: VirtualLoop, disk: Disk) -> None:
    done: list[Any] = []

    async def play() -> None:
        waiting = loop.run_in_executor(thread(loop, disk, alive=False), done.append, 1)
        await asyncio.sleep(10)
        assert not waiting.done()

    loop.run_until_complete(play())
    assert done == []


DROP = {"name": "mug", "title": "Teal Mug", "kind": "print", "supply": 12}


@pytest.mark.parametrize("name", ["disk-full", "database-busy"])
def test_a_disk_fault_before_the_bot_is_up_is_skipped_as_it_is_over_the_wire(name: str, tmp_path: Path) -> None:
    early = PlannedFault(name, Moment(Anchor.BEGINS, -60.0))
    script = Script("early", "Early", "", drops=(DROP,), faults=(early,), tempo=SHORT)
    options = RehearseOptions(SKELETON, script, viewers=10, discord_viewers=3, tempo=SHORT)
    performance, report = played(options, tmp_path)
    (fault,) = (seen["data"] for seen in performance.record if seen["kind"] == "fault")
    assert (fault["name"], fault["state"], fault["why"]) == (name, "skipped", "The bot was not up.")
    assert broken(report) == {}


def test_a_bot_that_cannot_open_its_ledger_ends_the_play_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("this was a ledger once, and is a poem now" * 99)
    script = Script("poem", "A poem", "", drops=(DROP,), tempo=SHORT)
    options = RehearseOptions(SKELETON, script, viewers=10, discord_viewers=3, tempo=SHORT)
    with pytest.raises(ChildFailed, match=r"ended with code 1 .*\nNot started: the ledger cannot be opened"):
        played(options, tmp_path)
