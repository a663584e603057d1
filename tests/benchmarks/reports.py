"""Latency at a steady rate while a report, in a program of its own, reads the whole ledger over and over."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Select, func, select

from bot.storage import tables
from bot.storage.database import ledger_url, snapshot_engine
from tests.benchmarks import audit, disk, open_loop
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledgers import DROP, Ledgers, claims, started_lane
from tests.benchmarks.steady import P99_SYNCS_MAX

# Each has a unit, an entry and an outcome from the day before: 300,000 rows that a report goes through.
PEOPLE = 100_000
PER_SECOND, SECONDS = 1_000, 3
CLAIMS = PER_SECOND * SECONDS
MILLIS = 1_000
READY = b"ready\n"
CHILD_SECONDS_MAX = 30.0


def report() -> Select[Any]:
    """Every unit with its entry, and every outcome: nothing an index could shorten."""
    unit, entry, outcome = tables.unit.c, tables.entry.c, tables.outcome.c
    answers = select(func.sum(func.length(outcome.decision))).where(outcome.name != "").scalar_subquery()
    return (
        select(
            unit.drop_key,
            func.count(unit.person_id.distinct()),
            func.max(entry.at),
            func.sum(func.length(entry.canonical)),
            answers,
        )
        .join_from(
            tables.unit,
            tables.entry,
            (entry.channel_id == unit.channel_id) & (entry.number == unit.entry_number),
        )
        .group_by(unit.drop_key)
    )


class Reports:
    """The same rate twice in a round, once with a report running without pause, in alternating order."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        name = f"p99 at {PER_SECOND:,} claims/s beside a SQL report"
        self.p99 = Figure(name, "ms", "p99 without the report", at_most=3)
        self.figures = [self.p99]
        self.remarks: list[str] = []
        self._claimed = 0

    async def measure(self, turn: int, folder: Path) -> None:
        # One file for all rounds: copying it would keep the disk busy while latencies are taken.
        url = ledger_url(str(await self._ledgers.template(PEOPLE, PEOPLE)))
        sync = disk.percentile(disk.sync_times(folder), 0.5)
        waits: dict[bool, open_loop.Waits] = {}
        for beside in (False, True) if turn % 2 == 0 else (True, False):
            waits[beside], reports = await self._stream(url, beside=beside)
            if beside:
                self.remarks = [
                    f"The report reads {PEOPLE * 3:,} rows of unit, entry and outcome, in a program of its "
                    f"own, and begins anew when done: {reports} times in {SECONDS} s of the last round."
                ]
        quiet = waits[False].p99 <= P99_SYNCS_MAX * sync
        self.p99.add(waits[True].p99 * MILLIS, waits[False].p99 * MILLIS, quiet=quiet)

    async def _stream(self, url: URL, *, beside: bool) -> tuple[open_loop.Waits, int]:
        people = range(self._claimed, self._claimed + CLAIMS)
        if people.stop > PEOPLE:
            raise ValueError(f"there are people for {PEOPLE // (2 * CLAIMS)} rounds")
        self._claimed = people.stop
        async with started_lane(url) as lane, reporting(url, on=beside) as done:
            waits = await open_loop.offered(lane.submit, claims(DROP, people), PER_SECOND)
            reports = done()
        if beside and not reports:
            raise RuntimeError("no report was done meanwhile")
        kept = {unit[0]: unit for unit in audit.ledger_store(url, DROP).units}
        if any(unit is None or kept.get(unit[0]) != unit for unit in waits.answered.values()):
            raise audit.AuditFailed("an answer is not in the ledger")
        return waits, reports


@asynccontextmanager
async def reporting(url: URL, *, on: bool) -> AsyncIterator[Callable[[], int]]:
    """Have a program beside this one run the report without pause; yields a function that tells how often it is
    done."""
    if not on:
        yield lambda: 0
        return
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.reports", f"{url.database}", stdin=DEVNULL, stdout=PIPE
    )
    assert child.stdout is not None
    done = 0

    async def count(told: asyncio.StreamReader) -> None:
        nonlocal done
        async for _ in told:
            done += 1

    if await asyncio.wait_for(child.stdout.readline(), CHILD_SECONDS_MAX) != READY:
        raise RuntimeError("the report cannot be run")
    counting = asyncio.create_task(count(child.stdout))
    try:
        yield lambda: done
    finally:
        child.terminate()
        await child.wait()
        await counting


def report_without_pause(ledger: str) -> None:
    """What the child does: a line when it is ready, and one for each report."""
    with snapshot_engine(ledger_url(ledger)).connect() as connection:
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()
        while True:
            connection.execute(report()).all()
            connection.rollback()
            print(flush=True)


if __name__ == "__main__":
    report_without_pause(sys.argv[1])
