"""A claim as one prepared statement on PostgreSQL: ready-made slots, FOR UPDATE SKIP LOCKED, fifty connections."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement
from clients import CLIENTS, CLOSED_DROP, OPEN_DROP, all_at_once, check_rules
from rounds import Played, serve

CLAIM = Path(__file__).with_name("claim.sql").read_text("utf-8")
HOUR = timedelta(hours=1)
SCHEMA = """
CREATE TABLE drops (id int PRIMARY KEY, opens_at timestamptz NOT NULL, closes_at timestamptz NOT NULL);
CREATE TABLE slot (
    drop_id int NOT NULL REFERENCES drops, number int NOT NULL, person text, at timestamptz,
    PRIMARY KEY (drop_id, number), UNIQUE (drop_id, person)
);
CREATE INDEX free ON slot (drop_id, number) WHERE person IS NULL;
"""


async def main(address: str) -> None:
    async with AsyncExitStack() as stack:
        connections = []
        for _ in range(CLIENTS):
            connection = await asyncpg.connect(address)
            stack.push_async_callback(connection.close)
            connections.append(connection)
        first = connections[0]
        for setting in ("fsync", "synchronous_commit"):
            if await first.fetchval(f"SHOW {setting}") != "on":
                raise RuntimeError(f"this PostgreSQL has {setting} off: it would answer before the disk has it")
        await first.execute(SCHEMA)
        prepared = [await connection.prepare(CLAIM) for connection in connections]
        # Asked once for no drop at all: asyncpg ends the preparing, and with it a lock on the tables, only then.
        await asyncio.gather(*(statement.fetchval(0, "nobody") for statement in prepared))

        async def plan(drop: int, supply: int, closes_in: timedelta = HOUR) -> None:
            now = datetime.now(UTC)
            await first.execute("INSERT INTO drops VALUES ($1, $2, $3)", drop, now - HOUR, now + closes_in)
            await first.execute("INSERT INTO slot SELECT $1, n FROM generate_series(1, $2) AS n", drop, supply)

        async def ask(statement: PreparedStatement, drop: int, person: str) -> int:
            # No number: closed, or sold out, or others hold the last slots right now.
            return await statement.fetchval(drop, person) or 0

        async def ask_carefully(drop: int, person: str) -> int:
            try:
                return await ask(prepared[0], drop, person)
            except asyncpg.UniqueViolationError:
                return 0  # holds one already

        async def play(turn: int, people: list[str]) -> Played:
            await first.execute("TRUNCATE drops, slot")
            await plan(turn, len(people))
            await first.execute("VACUUM ANALYZE slot")
            seconds, answered = await all_at_once(prepared, people, lambda each, person: ask(each, turn, person))
            held = await first.fetch("SELECT person, number FROM slot WHERE person IS NOT NULL")
            return Played(seconds, answered, [(each["person"], each["number"]) for each in held])

        await plan(OPEN_DROP, 2)
        await plan(CLOSED_DROP, 2, closes_in=timedelta())
        await check_rules(ask_carefully)
        version = await first.fetchval("SHOW server_version")
        await serve(f"PostgreSQL {version}, asyncpg {asyncpg.__version__}", play)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
