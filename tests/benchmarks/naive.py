"""Three bots as they are usually written: one table, one transaction a claim, through SQLAlchemy's asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    event,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tests.conftest import NOON

BUSY_SECONDS_MAX = 60


class Naive(DeclarativeBase):
    pass


class Drop(Naive):
    __tablename__ = "drop"
    id: Mapped[int] = mapped_column(primary_key=True)
    supply: Mapped[int]
    opens_at: Mapped[int]
    closes_at: Mapped[int]


class Viewer(Naive):
    __tablename__ = "viewer"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Claim(Naive):
    """Nothing but a key of its own, as it stands in many a tutorial."""

    __tablename__ = "claim"
    id: Mapped[int] = mapped_column(primary_key=True)
    drop_id: Mapped[int] = mapped_column(ForeignKey("drop.id"), index=True)
    viewer: Mapped[str] = mapped_column(ForeignKey("viewer.id"), index=True)
    number: Mapped[int]
    at: Mapped[int]


CAREFUL = MetaData()
# The same, with the constraints that make the one statement right.
drops = Table(
    "drop",
    CAREFUL,
    Column("id", Integer, primary_key=True),
    *(Column(name, Integer, nullable=False) for name in ("supply", "opens_at", "closes_at")),
)
claims = Table(
    "claim",
    CAREFUL,
    Column("id", Integer, primary_key=True),
    Column("drop_id", ForeignKey("drop.id"), nullable=False),
    Column("viewer", String, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("number", "at")),
    UniqueConstraint("drop_id", "viewer"),
    UniqueConstraint("drop_id", "number"),
)


@asynccontextmanager
async def store(
    path: Path, tables: MetaData, viewers: Sequence[str], supply: int, **options: Any
) -> AsyncIterator[AsyncEngine]:
    """An open drop in a file, as durable as the ledger's, and the viewers whom the bot has met before."""
    # On a slow disk a crowd waits long for its turn: that is slow, and no error.
    patient = {"timeout": BUSY_SECONDS_MAX}
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", connect_args=patient, **options)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    try:
        async with engine.begin() as connection:
            await connection.run_sync(tables.create_all)
            drop = {"id": 1, "supply": supply, "opens_at": NOON, "closes_at": NOON + 1}
            await connection.execute(insert(tables.tables["drop"]), drop)
            if "viewer" in tables.tables:
                people = [{"id": viewer, "name": viewer} for viewer in viewers]
                await connection.execute(insert(tables.tables["viewer"]), people)
        yield engine
    finally:
        await engine.dispose()


class OrmBot:
    """Reads the drop, the viewer, the earlier claim and the count, then adds. Right only behind a lock."""

    def __init__(self, engine: AsyncEngine, *, locked: bool) -> None:
        self._session = async_sessionmaker(engine)
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if locked else nullcontext()

    async def claim(self, viewer: str) -> int | None:
        """The viewer's number; None when nothing is left."""
        async with self._turn, self._session() as session:
            drop = (await session.scalars(select(Drop).where(Drop.id == 1))).one()
            if not drop.opens_at <= NOON < drop.closes_at:
                return None
            person = (await session.scalars(select(Viewer).where(Viewer.id == viewer))).one()
            mine = select(Claim).where(Claim.drop_id == drop.id, Claim.viewer == person.id)
            earlier = (await session.scalars(mine)).first()
            if earlier is not None:
                return earlier.number
            counted = select(func.count()).select_from(Claim).where(Claim.drop_id == drop.id)
            taken = (await session.scalars(counted)).one()
            if taken >= drop.supply:
                return None
            claim = Claim(drop_id=drop.id, viewer=person.id, number=taken + 1, at=NOON)
            session.add(claim)
            await session.commit()
            await session.refresh(claim)
            return claim.number


class OneStatementBot:
    """One guarded INSERT ... SELECT ... RETURNING a claim: as good as it gets one claim at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        counted = select(func.coalesce(func.max(claims.c.number), 0) + 1).where(claims.c.drop_id == 1)
        following = counted.scalar_subquery()
        viewer: ColumnElement[str] = bindparam("viewer", type_=String)
        mine = select(claims.c.id).where(claims.c.drop_id == 1, claims.c.viewer == viewer)
        allowed = select(drops.c.id, viewer, following, literal(NOON)).where(
            drops.c.id == 1,
            drops.c.opens_at <= NOON,
            drops.c.closes_at > NOON,
            following <= drops.c.supply,
            ~mine.exists(),
        )
        columns = ["drop_id", "viewer", "number", "at"]
        self._statement = insert(claims).from_select(columns, allowed).returning(claims.c.number)

    async def claim(self, viewer: str) -> int | None:
        """The viewer's number; None when they have one or nothing is left."""
        async with self._engine.begin() as connection:
            number: int | None = (await connection.execute(self._statement, {"viewer": viewer})).scalar()
            return number
