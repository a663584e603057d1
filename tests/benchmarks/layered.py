"""The usual bots again, writing the very rows that the lane writes: unit, entry and outcome of each claim."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry

from bot.domain.claims import ClaimDrop
from bot.storage import tables
from tests.benchmarks import reference
from tests.benchmarks.ledgers import DROP
from tests.benchmarks.naive import BUSY_SECONDS_MAX
from tests.conftest import CHANNEL, NOON

_registry = registry()


def _mapped(name: str) -> Any:
    kind = type(name.capitalize(), (), {})
    _registry.map_imperatively(kind, tables.metadata.tables[name])
    return kind


Drop, Identity, Person, Unit, Entry, Outcome = (
    _mapped(name) for name in ("drop", "identity", "person", "unit", "entry", "outcome")
)


@asynccontextmanager
async def opened(path: Path, **options: Any) -> AsyncIterator[tuple[AsyncEngine, reference.Reference]]:
    """An asynchronous engine on a ledger file, as durable as the lane's, and what builds the rows."""
    with reference.opened(path) as connection:
        rows = reference.on_ledger(connection.cursor(), DROP)
    patient = {"timeout": BUSY_SECONDS_MAX}
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", connect_args=patient, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    try:
        yield engine, rows
    finally:
        await engine.dispose()


class OrmLedgerBot:
    """Reads drop, person, earlier unit and the two counts, then adds three objects; behind a lock."""

    def __init__(self, engine: AsyncEngine, rows: reference.Reference) -> None:
        self._session = async_sessionmaker(engine)
        self._rows = rows
        self._turn = asyncio.Lock()

    async def claim(self, claim: ClaimDrop) -> int | None:
        """The number that was granted; None where nothing was."""
        async with self._turn, self._session() as session:
            drop = (await session.scalars(select(Drop).filter_by(channel_id=CHANNEL, key=DROP))).one()
            if drop.state != "open" or not drop.opened_at <= NOON < drop.closes_at:
                return None
            actor = claim.actor
            known = select(Identity).filter_by(channel_id=CHANNEL, platform=actor.platform, user_id=actor.user_id)
            identity = (await session.scalars(known)).one()
            person = (
                await session.scalars(select(Person).filter_by(channel_id=CHANNEL, id=identity.person_id))
            ).one()
            mine = select(Unit).filter_by(channel_id=CHANNEL, drop_key=DROP, person_id=person.id)
            if (await session.scalars(mine)).first() is not None:
                return None
            counted = select(func.count()).select_from(Unit).filter_by(channel_id=CHANNEL, drop_key=DROP)
            taken = (await session.scalars(counted)).one()
            if taken >= drop.supply:
                return None
            number = taken + 1
            last = (await session.scalars(select(func.max(Entry.number)).filter_by(channel_id=CHANNEL))).one()
            unit = _object(Unit, "unit", (CHANNEL, DROP, 1, number, person.id, 1, "claim", NOON, last + 1))
            entry = self._rows.entry_row(claim, person.id, person.secret, number, last + 1, NOON)
            session.add(unit)
            session.add(_object(Entry, "entry", entry))
            session.add(_object(Outcome, "outcome", self._rows.outcome_row(claim, number, entry, NOON)))
            drop.claimed += 1
            await session.commit()
            await session.refresh(unit)
            granted: int = unit.number
            return granted


def _object(kind: Any, table: str, row: tuple[Any, ...]) -> Any:
    made = kind()
    for name, value in zip(reference.COLUMNS[table], row, strict=True):
        setattr(made, name, value)
    return made


class CoreLedgerBot:
    """The plain program's own statements, one after the other through SQLAlchemy's asyncio."""

    def __init__(self, engine: AsyncEngine, rows: reference.Reference) -> None:
        self._engine = engine
        self._rows = rows

    async def claim(self, claim: ClaimDrop) -> int | None:
        """The number that was granted; None where nothing was."""
        actor = claim.actor
        async with self._engine.begin() as connection:
            run = connection.exec_driver_sql
            person_id, secret = (await run(reference.PERSON, (CHANNEL, actor.platform, actor.user_id))).one()
            last: int = (await run(reference.LAST_ENTRY, (CHANNEL,))).scalar_one()
            values = (person_id, NOON, last + 1, CHANNEL, DROP, NOON, NOON, person_id)
            number: int | None = (await run(reference.CLAIM, values)).scalar()
            if number is None:
                return None
            entry = self._rows.entry_row(claim, person_id, secret, number, last + 1, NOON)
            await run(reference.insert("entry"), entry)
            await run(reference.insert("outcome"), self._rows.outcome_row(claim, number, entry, NOON))
            await run(reference.COUNT, (1, CHANNEL, DROP))
            return number
