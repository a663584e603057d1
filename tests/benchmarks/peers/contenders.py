"""Who is measured: for each peer its bar, what it really does for a claim, and how its program is started."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.peers import servers
from tests.benchmarks.peers.environments import node_with, python_with
from tests.benchmarks.peers.program import Program, running

PROGRAMS = Path(__file__).with_name("programs")
Opened = Callable[[Path], AbstractAsyncContextManager[Program]]


@dataclass(frozen=True, slots=True)
class Contender:
    """A peer: ours has to be at least `bar` times as fast. `opened` takes an empty folder and raises Missing."""

    key: str
    name: str
    bar: float
    claims: int
    note: str
    opened: Opened


@asynccontextmanager
async def red_config(folder: Path) -> AsyncIterator[Program]:
    python = await python_with("red-config", "Red-DiscordBot==3.5.24", newest=(3, 11))
    command = [str(python), str(PROGRAMS / "red_config_claims.py"), str(folder)]
    # Red looks for its settings below the home folder; this one shall find nothing of the person's who measures.
    async with running(command, folder, env={"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}) as program:
        yield program


@asynccontextmanager
async def nedb(folder: Path) -> AsyncIterator[Program]:
    home = await node_with("nedb", "@seald-io/nedb@4.1.2")
    async with running(["node", str(PROGRAMS / "nedb_claims.js"), str(folder)], folder, cwd=home) as program:
        yield program


@asynccontextmanager
async def redis(folder: Path) -> AsyncIterator[Program]:
    # hiredis parses the answers in C: the faster of the client's two ways.
    python = await python_with("redis", "redis[hiredis]==8.1.0")
    async with servers.redis(folder) as port:
        command = [str(python), str(PROGRAMS / "redis_claims.py"), str(port)]
        async with running(command, folder) as program:
            yield program


@asynccontextmanager
async def postgresql(folder: Path) -> AsyncIterator[Program]:
    python = await python_with("postgresql", "asyncpg==0.32.0")
    async with servers.postgresql(folder) as address:
        command = [str(python), str(PROGRAMS / "postgresql_claims.py"), address]
        async with running(command, folder) as program:
            yield program


PEERS = (
    Contender(
        "red-config",
        "Red-DiscordBot Config, JSON driver, 1,000 users in the file",
        100,
        100,
        "Writes the whole file anew for every entry, synced; numbers are counted in memory.",
        red_config,
    ),
    Contender(
        "nedb",
        "NeDB, one insert per claim",
        5,
        10_000,
        "Not durable: appended to its file without a sync. Numbers are counted in memory.",
        nedb,
    ),
    Contender(
        "redis",
        "Redis, Lua script, appendfsync always, 50 clients",
        2,
        10_000,
        "Checks window, supply and once per person; durable; one number and one holder written. "
        "Driven by redis-py over loopback.",
        redis,
    ),
    Contender(
        "postgresql",
        "PostgreSQL, best single statement, 50 clients",
        8,
        10_000,
        "Ready-made slots, FOR UPDATE SKIP LOCKED, prepared, durable; one slot written; numbers not in the order "
        "of asking. Driven by asyncpg over a socket file.",
        postgresql,
    ),
)
