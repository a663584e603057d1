"""One process for each ledger: whoever comes second is turned away before it has read anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

# PostgreSQL knows these locks by numbers: ours, and one for the schema, since a database may hold several ledgers.
_PROGRAM = int.from_bytes(b"mdrp", "big")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:program, hashtext(coalesce(current_schema(), '')))")


class LedgerInUse(Exception):
    """Another process has this ledger: two writers would count the same units."""


@contextmanager
def only_process(url: URL) -> Iterator[None]:
    """Keep every other process from the ledger at `url` while the block runs. A killed process frees it.

    Raises LedgerInUse, or OperationalError where the database cannot be reached."""
    with _locked_file(Path(url.database or "")) if url.get_backend_name() == "sqlite" else _locked_database(url):
        yield


@contextmanager
def _locked_file(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{path}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise LedgerInUse(f"another Microdrops is using {path.name}; stop that one first") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _locked_database(url: URL) -> Iterator[None]:
    # Each statement is a transaction of its own: one that stayed open all evening would hold up the vacuum.
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        if not connection.scalar(_TRY_LOCK, {"program": _PROGRAM}):
            raise LedgerInUse(f"another Microdrops is using the database {url.database}; stop that one first")
        # The lock ends with this connection, and the connection with the process.
        yield
