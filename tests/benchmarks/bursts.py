"""The burst beside everything it is measured against, one after the other on copies of the same ledger."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.benchmarks import burst, reference
from tests.benchmarks.burst import Run
from tests.benchmarks.dispatch import through_twitchio
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledgers import DROP, Ledgers, claims

CLAIMS = 10_000
GROUP = 1_000
ORM_CLAIMS = 300
ONE_STATEMENT_CLAIMS = 600
COMMANDS = 5_000
RACING_SUPPLY = 100


class Bursts:
    """CLAIMS claims at once; each writes unit, entry and outcome, and is answered when they are on the disk."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        name = f"burst of {CLAIMS:,} durable claims"
        self.grouped = Figure(name, "claims/s", f"sqlite3, a commit for {GROUP:,} claims, same rows", at_least=0.5)
        self.single = Figure(name, "claims/s", "sqlite3, a commit for each claim, same rows", at_least=8)
        self.orm = Figure(name, "claims/s", "SQLAlchemy ORM bot behind a lock, one row")
        self.statement = Figure(name, "claims/s", "SQLAlchemy Core, one statement, one row")
        # Their bars are for the same work: what a bot saves that keeps no entry and no answer is shown below.
        orm, core = "SQLAlchemy ORM bot behind a lock, same rows", "SQLAlchemy Core, a commit a claim, same rows"
        self.orm_ledger = Figure(name, "claims/s", orm, at_least=150)
        self.core_ledger = Figure(name, "claims/s", core, at_least=30)
        self.ready = Figure(name, "claims/s", "sqlite3 writing ready-made rows, nothing decided")
        self.cpu = Figure("CPU per claim in the burst", "µs", "twitchio parsing and dispatching !claim", at_most=1)
        self.raw_cpu = Figure("CPU per claim in the burst", "µs", f"sqlite3, a commit for {GROUP:,} claims")
        self.figures = [
            self.grouped, self.single, self.orm_ledger, self.core_ledger, self.cpu,
            self.orm, self.statement, self.ready, self.raw_cpu,
        ]  # fmt: skip
        self.remarks: list[str] = []

    async def measure(self, turn: int, folder: Path) -> None:
        contestants = {
            "lane": self._lane,
            "grouped": self._grouped,
            "single": self._single,
            "orm": lambda place: burst.through_the_orm(place / "orm.sqlite", ORM_CLAIMS),
            "statement": lambda place: burst.through_one_statement(place / "core.sqlite", ONE_STATEMENT_CLAIMS),
            "orm ledger": lambda place: self._layers(place, ORM_CLAIMS, orm=True),
            "core ledger": lambda place: self._layers(place, ONE_STATEMENT_CLAIMS, orm=False),
            "ready": self._ready,
            "dispatch": lambda _: through_twitchio(COMMANDS),
        }
        runs: dict[str, Run] = {}
        # The lane stands in the middle of those that are nearest to it, whichever way round.
        order = ["orm ledger", "core ledger", "orm", "statement", "dispatch", "grouped", "lane", "single", "ready"]
        for name in order if turn % 2 == 0 else reversed(order):
            place = folder / name
            place.mkdir()
            runs[name] = await contestants[name](place)
        lane = runs["lane"]
        for figure, name in (
            (self.grouped, "grouped"),
            (self.single, "single"),
            (self.orm, "orm"),
            (self.statement, "statement"),
            (self.orm_ledger, "orm ledger"),
            (self.core_ledger, "core ledger"),
            (self.ready, "ready"),
        ):
            figure.add(lane.per_second, runs[name].per_second)
        self.cpu.add(lane.cpu_micros, runs["dispatch"].cpu_micros)
        self.raw_cpu.add(lane.cpu_micros, runs["grouped"].cpu_micros)
        faults = await burst.racing_faults(folder / "racing.sqlite", RACING_SUPPLY)
        self.remarks = [
            f"The audit that every run of a burst passes is failed by the ORM bot without its lock "
            f"({RACING_SUPPLY} units, {RACING_SUPPLY * 2} viewers, each asking twice, {burst.AT_ONCE} at a time), "
            f"in every round; in the last: {'; '.join(faults)}."
        ]

    async def _lane(self, place: Path) -> Run:
        url = await self._ledgers.copy(place / "ledger.sqlite", CLAIMS, CLAIMS)
        return await burst.through_the_lane(url, claims(DROP, range(CLAIMS)), CLAIMS)

    async def _grouped(self, place: Path, group: int = GROUP) -> Run:
        path = place / "ledger.sqlite"
        await self._ledgers.copy(path, CLAIMS, CLAIMS)
        return await asyncio.to_thread(burst.through_sqlite3, path, claims(DROP, range(CLAIMS)), CLAIMS, group)

    async def _single(self, place: Path) -> Run:
        return await self._grouped(place, 1)

    async def _layers(self, place: Path, count: int, *, orm: bool) -> Run:
        path = place / "ledger.sqlite"
        await self._ledgers.copy(path, CLAIMS, CLAIMS)
        return await burst.through_layers(path, claims(DROP, range(count)), CLAIMS, orm=orm)

    async def _ready(self, place: Path) -> Run:
        decided, path = place / "decided.sqlite", place / "ledger.sqlite"
        await self._ledgers.copy(decided, CLAIMS, CLAIMS)
        await asyncio.to_thread(burst.through_sqlite3, decided, claims(DROP, range(CLAIMS)), CLAIMS, GROUP)
        await self._ledgers.copy(path, CLAIMS, CLAIMS)
        return await asyncio.to_thread(burst.ready_made, path, reference.rows_of(decided, DROP), GROUP)
