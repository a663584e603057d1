"""Bringing a ledger to the newest schema at start: backed up first, all or nothing, and rarely any work at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, create_engine, inspect, text

import migrations
from bot.domain.backup import BEFORE
from bot.domain.time import Micros
from bot.storage.backup import BrokenBackup, back_up
from bot.storage.database import sync_log_anew

if TYPE_CHECKING:
    from alembic.config import Config

Now = Callable[[], Micros]


class LedgerTooNew(Exception):
    """The ledger was written by a newer version of the program, which knows things that this one does not."""


def upgrade(url: URL, *, now: Now, backups: Path | None = None, copy_first: bool = True) -> Path | None:
    """Bring the ledger at `url` to the newest revision; returns the backup that was made before, if any. A ledger
    that is a copy itself needs none.

    Raises LedgerTooNew, BrokenBackup, or OperationalError where the database cannot be opened."""
    if url.get_backend_name() == "sqlite":
        # Whoever opens a ledger after a crash moves its log into it. See `only_process`: nobody else is writing.
        sync_log_anew(url)
    stored = stored_revision(url)
    if stored == migrations.HEAD:
        return None
    check_known(stored)
    backup = None
    source = Path(url.database or "")
    if copy_first and url.get_backend_name() == "sqlite" and source.exists() and source.stat().st_size > 0:
        folder = backups or source.parent / "backups"
        backup = back_up(source, folder, f"{BEFORE}{migrations.HEAD}", now=now()).path
    _migrate(url)
    return backup


def stored_revision(url: URL) -> str | None:
    """The revision a ledger is at; None for a new one."""
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            return None
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision
    finally:
        engine.dispose()


def check_known(stored: str | None) -> None:
    """Raises LedgerTooNew for a revision that this program has never heard of."""
    # Alembic is imported where it is used: it is a third of the start-up time, and nearly no start needs it.
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_alembic_config()).walk_revisions()}
    if stored is not None and stored not in known:
        raise LedgerTooNew(f"the ledger is at revision {stored}, this program knows {migrations.HEAD}")


def _alembic_config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    return config


def _migrate(url: URL) -> None:
    from alembic import command

    config = _alembic_config()
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                # Altering a parent table with foreign keys on would silently delete its children's rows.
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                # A table that is built anew must leave no second copy of what may have to be erased one day.
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if sqlite:
                _check_foreign_keys(connection)
                connection.exec_driver_sql("COMMIT")
            connection.commit()
    finally:
        engine.dispose()


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise BrokenBackup(f"the migration would leave {len(broken)} rows without their parents")


def _engine(url: URL) -> Any:
    if url.get_backend_name() != "sqlite":
        return create_engine(url.set(drivername="postgresql+psycopg"))
    # The driver must not begin or commit by itself: the whole upgrade is one transaction.
    return create_engine(url, connect_args={"isolation_level": None})
