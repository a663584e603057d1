"""Putting a restored ledger in the place of today's: at every instant there is the old one or the whole new one.

A copy is prepared beside the ledger. Once it is complete it gets a name that decides the matter: whoever opens the
ledger next finishes what a crash has interrupted, and nothing but the new ledger is ever opened again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.storage.backup import copy_database, remove_database
from bot.storage.syncing import sync_file, sync_folder

# The points at which a test ends the process.
POINTS = (
    "restore.copied",
    "restore.prepared",
    "restore.decided",
    "restore.log-aside",
    "restore.ledger-aside",
    "restore.done",
)
# In this order: as long as the ledger itself is there, its name aside is still the one that was chosen first.
_BESIDE = ("-wal", "-shm", "-journal", "")

Probe = Callable[[str], None]


class Unfinished(Exception):
    """The replacement is decided and will be finished by whoever opens the ledger next; now it could not be."""


def replace_ledger(ledger: Path, backup: Path, prepare: Callable[[Path], None], probe: Probe) -> Path | None:
    """Put a copy of `backup`, as `prepare` has changed it, in the place of `ledger`; returns where today's ledger
    is kept, None if there was none. To be called by the ledger's only process.

    Raises OSError, sqlite3.Error and what `prepare` raises: then today's ledger is as it was; else Unfinished."""
    copy = _being_made(ledger)
    try:
        copy_database(backup, copy)
        probe("restore.copied")
        prepare(copy)
        _make_one_file(copy)
        sync_file(copy)
        probe("restore.prepared")
    except BaseException:
        with suppress(OSError):
            remove_database(copy)
        raise
    copy.replace(_decided(ledger))
    try:
        sync_folder(ledger.parent)
        probe("restore.decided")
        return finish_replacing(ledger, probe)
    except OSError as error:
        raise Unfinished(error.strerror) from None


def finish_replacing(ledger: Path, probe: Probe) -> Path | None:
    """Finish a replacement that was decided, if there is one: today's ledger goes aside with all that belongs to
    it, and the new one takes its name. Raises OSError."""
    decided = _decided(ledger)
    if not decided.exists():
        return None
    aside = _aside(ledger, decided.stat().st_mtime)
    for suffix in _BESIDE:
        # A log that stayed would be replayed into the new ledger.
        part = Path(f"{ledger}{suffix}")
        if part.exists():
            part.rename(f"{aside}{suffix}")
        probe("restore.ledger-aside" if not suffix else "restore.log-aside")
    decided.rename(ledger)
    sync_folder(ledger.parent)
    probe("restore.done")
    return aside if aside.exists() else None


def _being_made(ledger: Path) -> Path:
    return Path(f"{ledger}.restoring")


def _decided(ledger: Path) -> Path:
    return Path(f"{ledger}.restored")


def _aside(ledger: Path, decided_at: float) -> Path:
    """Where today's ledger goes. The same for everyone who finishes the same replacement."""
    stamp = datetime.fromtimestamp(int(decided_at), UTC).strftime("%Y%m%dT%H%M%S")
    turn = 1
    while (path := ledger.with_name(f"{ledger.stem}-{stamp}-replaced{f'-{turn}' * (turn > 1)}.sqlite")).exists():
        turn += 1
    return path


def _make_one_file(path: Path) -> None:
    """Take the log into the database, so that one name holds all of it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    if mode != "delete":
        raise sqlite3.OperationalError("somebody else has opened the copy")
