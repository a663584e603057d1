"""The engines: one connection that writes, a few that read, each in threads. All that is SQLite's own."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Engine, Row, Select, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import OperationalError

from bot.storage.rows import run
from bot.storage.syncing import sync_folder

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
# A checkpoint makes a commit wait for several syncs, so the lane makes them between batches. This is for a rush
# that does not end: 64 MiB of log.
CHECKPOINT_PAGES = 16_000
# What the log's file is cut back to after such an evening.
LOG_BYTES_KEPT = 16 * 2**20
READERS = 3
# Errors end in the program's log, which nobody erases: the values of a statement, names and ids, stay out of them.
_DISCREET: Mapping[str, Any] = MappingProxyType({"hide_parameters": True})


def ledger_url(text: str) -> URL:
    """A database URL from what a streamer wrote: a URL, or simply the path of a file."""
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    url = make_url(text)
    return url.set(drivername=url.get_backend_name())


def write_engine(url: URL) -> Engine:
    """The engine of the write lane: one connection, which alone checkpoints; every commit reaches the disk.

    It opens a ledger that is there, and never makes one: an empty file in place of one that was deleted would be
    taken for a new channel's by the next start."""
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url.set(drivername="postgresql+psycopg"), pool_size=1, max_overflow=0, pool_pre_ping=True, **_DISCREET
        )
    engine = create_engine(url, pool_size=1, max_overflow=0, connect_args={"check_same_thread": False}, **_DISCREET)
    _prepare_sqlite(engine, write=True)

    @event.listens_for(engine, "do_connect")
    def on_do_connect(*_: object) -> None:
        if not Path(f"{url.database}").exists():
            raise sqlite3.OperationalError("the ledger is not there")

    return engine


def checkpoint(connection: Connection) -> None:
    """Move what stands in a SQLite ledger's log into the ledger, as far as no reader is in the way. To be called
    between transactions. Raises OperationalError; nothing is lost then."""
    if connection.dialect.name == "sqlite":
        run(connection, "PRAGMA wal_checkpoint(PASSIVE)", ())


def empty_log(connection: Connection) -> bool:
    """Move all of a SQLite ledger's log into the ledger and cut it to nothing: until then it still holds what was
    erased. False when a reader is in the way. To be called between transactions. Raises OperationalError."""
    if connection.dialect.name != "sqlite":
        return True
    # Claims do not wait for a reader: the caller tries again later.
    run(connection, "PRAGMA busy_timeout=0", ())
    try:
        ((busy, *_),) = run(connection, "PRAGMA wal_checkpoint(TRUNCATE)", ())
    finally:
        run(connection, f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}", ())
    return not busy


class Reads:
    """Everything that only reads, in threads of its own, beside the lane and never in its way."""

    def __init__(self, url: URL, *, threads: Executor | None = None) -> None:
        if url.get_backend_name() == "sqlite":
            # A connection serves whichever thread comes next, one at a time.
            sqlite = {"check_same_thread": False}
            self._engine = create_engine(url, pool_size=READERS, max_overflow=0, connect_args=sqlite, **_DISCREET)
            _prepare_sqlite(self._engine, write=False)
        else:
            self._engine = create_engine(
                url.set(drivername="postgresql+psycopg"),
                pool_size=READERS,
                max_overflow=0,
                pool_pre_ping=True,
                **_DISCREET,
            )
        # A simulation hands in its own, as it does for the lane.
        self._threads = threads or ThreadPoolExecutor(READERS, thread_name_prefix="reads")

    async def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """All rows of a query. Raises OperationalError."""
        # One hop for connecting, asking and giving the connection back. A reader that is cancelled meanwhile
        # leaves the thread to finish, so no connection is ever left half read.
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._fetch, query)

    async def scalar(self, query: Select[Any]) -> Any:
        """The first column of the first row; None without one."""
        rows = await self.rows(query)
        return rows[0][0] if rows else None

    async def consult(self, reading: Callable[[Connection], T]) -> T:
        """What `reading` finds in one snapshot, however many queries it makes. Raises OperationalError."""

        def read() -> T:
            with self._engine.connect() as connection, connection.begin():
                return reading(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, read)

    async def close(self) -> None:
        """Let what is being read finish, then close every connection."""
        await asyncio.to_thread(self._threads.shutdown)
        self.let_go()

    def let_go(self) -> None:
        """Close the connections that nobody reads on."""
        self._engine.dispose()

    def _fetch(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self._engine.connect() as connection:
            return connection.execute(query).all()


def snapshot_engine(url: URL) -> Engine:
    """A synchronous engine that can only read, for commands that work beside a running bot."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url.set(drivername="postgresql+psycopg"))
    # As a file address, so that no # or ? in a folder's name cuts the path, and with it the mode, off.
    path = Path(url.database or "").resolve().as_uri()
    return create_engine(URL.create("sqlite", database=path, query={"mode": "ro", "uri": "true"}))


@contextmanager
def snapshot(url: URL, *, any_text: bool = False) -> Iterator[Connection]:
    """A connection that reads the ledger as of one moment, and can only read."""
    engine = snapshot_engine(url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                if any_text:
                    raw: Any = connection.connection.dbapi_connection
                    raw.text_factory = lambda text: text.decode(errors="replace")
                # The driver would begin no transaction for mere reading, and each query would see another moment.
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    finally:
        engine.dispose()


def _prepare_sqlite(engine: Engine, *, write: bool) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # We say BEGIN ourselves: the driver's default takes the write lock too late.
        connection.isolation_level = None
        cursor = connection.cursor()
        pragmas = [
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "temp_store=MEMORY",
        ]
        # One connection writes and checkpoints: SQLite before 3.51.3 can lose a commit when two race for it.
        # What is deleted is overwritten: else the names of whoever was erased stay in the file's free places.
        pragmas += (
            [f"wal_autocheckpoint={CHECKPOINT_PAGES}", f"journal_size_limit={LOG_BYTES_KEPT}", "secure_delete=ON"]
            if write
            else ["wal_autocheckpoint=0", "query_only=ON"]
        )
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        if write:
            # Under the write lock nobody else can begin the log anew meanwhile.
            cursor.execute("BEGIN IMMEDIATE")
            sync_log_anew(engine.url)
            cursor.execute("COMMIT")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if not write:
            connection.exec_driver_sql("BEGIN")
            return
        opened = connection.info.get("files")
        if opened is not None and opened != _files(engine.url):
            gone = sqlite3.OperationalError("the ledger is not where it was opened")
            raise OperationalError("BEGIN IMMEDIATE", None, gone)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if opened is None:
            connection.info["files"] = _files(engine.url)


def sync_log_anew(url: URL) -> None:
    """Make sure that the disk has all that stands in the log of a SQLite ledger. Raises OperationalError.

    Only for whoever alone may write: what somebody else writes meanwhile would be overwritten."""
    try:
        _sync_anew(Path(f"{url.database}-wal"))
    except OSError as error:
        failed = sqlite3.OperationalError(f"the log cannot be synced: {error.strerror}")
        raise OperationalError("sync", None, failed) from error


def _sync_anew(log: Path) -> None:
    """Write the log's own bytes over it and sync them, and its name too. Raises OSError.

    After a sync that failed, the system takes for written what has never reached the disk, and a later sync says
    nothing about it. But SQLite finds those commits in the log when it opens it, and builds upon them: they and all
    that is answered after them would go with the power."""
    try:
        descriptor = os.open(log, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        return  # a file system without shared memory, where SQLite keeps no such log
    try:
        position = 0
        while piece := os.read(descriptor, 1 << 20):
            os.lseek(descriptor, position, os.SEEK_SET)
            position += os.write(descriptor, piece)
            os.lseek(descriptor, position, os.SEEK_SET)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(log.parent)


def _files(url: URL) -> list[tuple[int, int] | None]:
    """Which files the ledger and its log are. An open file that was deleted or replaced is written without
    complaint, and nobody would ever find what was promised in it."""
    found: list[tuple[int, int] | None] = []
    for path in (f"{url.database}", f"{url.database}-wal"):
        try:
            stat = os.stat(path)  # noqa: PTH116 a Path would cost each batch three times as much
        except OSError:
            found.append(None)
        else:
            found.append((stat.st_dev, stat.st_ino))
    return found
