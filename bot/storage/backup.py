"""Copies of a SQLite ledger beside its running bot: made in small steps, believed only after a check, kept in turn.

As a program, `python -m bot.storage.backup LEDGER FOLDER WHY RECENT DAILY`, it makes one copy and tells of it in a
line of JSON: the check reads every entry, and in the bot's own process that would hold up claims."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
from sqlalchemy import URL, select
from sqlalchemy.exc import SQLAlchemyError

import migrations
from bot.domain.backup import Backup, Keeping, backup_name, read_name, to_delete
from bot.domain.time import SECOND, Micros
from bot.storage import tables
from bot.storage.database import snapshot_engine
from bot.storage.syncing import sync_file, sync_folder

PAGES_PER_STEP = 256
STEP_PAUSE_SECONDS = 0.005
PARTIAL = ".partial"
SECONDS_TOO_LONG = 600
_DIFFERENCES_SHOWN = 3


class BrokenBackup(Exception):
    """A copy of the ledger could not be made or did not pass its check; the ledger was left as it is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a good copy holds. `channels` are the names of its channels; `entries` and `units` count all of them."""

    revision: str
    channels: tuple[str, ...]
    entries: int
    units: int
    bytes: int


@dataclass(frozen=True, slots=True)
class MadeBackup:
    path: Path
    checked: Checked
    deleted: tuple[str, ...] = ()


def make_backup(ledger: Path, folder: Path, why: str, *, now: Micros, keeping: Keeping) -> MadeBackup:
    """Copy the ledger, check the copy, and let go of those that it makes superfluous. Raises BrokenBackup: then
    nothing was deleted."""
    made = back_up(ledger, folder, why, now=now)
    deleted = []
    for backup in to_delete(list_backups(folder, ledger.stem), keeping, now):
        # Whatever cannot be deleted stays; the new copy is none the worse for it.
        with suppress(OSError):
            (folder / backup.name).unlink()
            deleted.append(backup.name)
    return MadeBackup(made.path, made.checked, tuple(deleted))


def back_up(ledger: Path, folder: Path, why: str, *, now: Micros) -> MadeBackup:
    """Copy the ledger into `folder` and check the copy; it gets its name only when it is known to be good, and on
    the disk. Raises BrokenBackup."""
    partial = folder / f"{ledger.stem}-{os.getpid()}{PARTIAL}"
    with _said_in_words(f"{ledger.name} cannot be copied to {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder, ledger.stem)
        try:
            copy_database(ledger, partial, pause=STEP_PAUSE_SECONDS)
            checked = check(partial)
            target = _free_name(folder, ledger.stem, now, why)
            sync_file(partial)
            partial.replace(target)
            sync_folder(folder)
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
    return MadeBackup(target, checked)


def check(path: Path) -> Checked:
    """Open a copy and look at everything in it: pages, constraints, entries and the tables that project them.

    One of an older layout can only be checked page by page. Raises BrokenBackup with what is wrong."""
    with _said_in_words(f"{path.name} is no good"):
        if not path.is_file():
            raise BrokenBackup(f"{path.name}: there is no such file")
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise BrokenBackup(f"{path.name} is damaged: {verdict}")
            if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise BrokenBackup(f"{path.name} is damaged: a row refers to one that is missing")
            if not _has_table(copy, "alembic_version"):
                raise BrokenBackup(f"{path.name} is no ledger of Microdrops")
            (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
            names: tuple[str, ...] = ()
            entries = units = 0
            if _has_table(copy, "entry"):
                names = tuple(name for (name,) in copy.execute("SELECT name FROM channel ORDER BY id"))
                (entries,) = copy.execute("SELECT count(*) FROM entry").fetchone()
                (units,) = copy.execute("SELECT count(*) FROM unit").fetchone()
        faults = _differences(path) if revision == migrations.HEAD else []
    if faults:
        more = f" and {len(faults) - _DIFFERENCES_SHOWN} more" if len(faults) > _DIFFERENCES_SHOWN else ""
        raise BrokenBackup(f"{path.name} contradicts itself: {'; '.join(faults[:_DIFFERENCES_SHOWN])}{more}")
    return Checked(revision, names, entries, units, path.stat().st_size)


def list_backups(folder: Path, stem: str) -> list[Backup]:
    """The copies of the ledger called `stem`, newest first; none where there is no such folder. Raises OSError."""
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    found = (read_name(name, stem) for name in names)
    return sorted((b for b in found if b is not None), key=lambda backup: backup.order, reverse=True)


def copy_database(source: Path, target: Path, *, pause: float = 0.0) -> None:
    """Copy a database, as of this moment, while others may write to it. The copy is one file, without a log beside
    it. Raises OSError and sqlite3.Error."""
    began = time.monotonic()

    def stepped(_status: int, _left: int, _pages: int) -> None:
        if time.monotonic() - began > SECONDS_TOO_LONG:
            raise BrokenBackup(f"{source.name} could not be copied within {SECONDS_TOO_LONG // 60} minutes")
        time.sleep(pause)

    remove_database(target)
    origin = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    with closing(origin), closing(sqlite3.connect(target, isolation_level=None)) as copy:
        # Whatever this half-made copy is worth is decided by a check and a sync at the end.
        copy.execute("PRAGMA synchronous=OFF")
        # In a transaction of its own the copy is of one moment: otherwise each commit would start it anew.
        origin.execute("BEGIN")
        origin.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        origin.backup(copy, pages=PAGES_PER_STEP, progress=stepped)
        copy.execute("PRAGMA journal_mode=DELETE")


def remove_database(path: Path) -> None:
    """Delete a database with all that SQLite keeps beside it. Raises OSError."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _differences(path: Path) -> list[str]:
    from bot.storage.rebuild import differences  # a bot that starts has nothing to rebuild

    engine = snapshot_engine(URL.create("sqlite", database=str(path)))
    try:
        with engine.connect() as connection:
            ids = connection.scalars(select(tables.channel.c.id)).all()
            return [fault for channel_id in ids for fault in differences(connection, channel_id)]
    finally:
        engine.dispose()


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (name,))
    return found.fetchone() is not None


def _free_name(folder: Path, stem: str, now: Micros, why: str) -> Path:
    """The next turn of this second, whatever the others were made for: their order must be known by their names."""
    second = now // SECOND * SECOND
    turns = (backup.turn for backup in list_backups(folder, stem) if backup.taken_at == second)
    return folder / backup_name(stem, now, why, max(turns, default=0) + 1)


def _sweep(folder: Path, stem: str) -> None:
    """Remove what copies that were killed have left behind."""
    for left in folder.glob(f"{stem}-*{PARTIAL}*"):
        if left.stat().st_mtime < time.time() - SECONDS_TOO_LONG:
            left.unlink(missing_ok=True)


@contextmanager
def _said_in_words(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        reason = getattr(error, "strerror", None) or str(getattr(error, "orig", None) or error).splitlines()[0]
        raise BrokenBackup(f"{what}: {reason}") from None


def main(arguments: list[str], say: Callable[[bytes], object]) -> int:
    """One copy, told in JSON: {"path", "checked", "deleted"}, or {"failed": why} with exit code 1."""
    ledger, folder, why, now, recent, daily = arguments
    if hasattr(os, "nice"):
        os.nice(10)  # the bot goes first
    try:
        keeping = Keeping(int(recent), int(daily))
        made = make_backup(Path(ledger), Path(folder), why, now=int(now), keeping=keeping)
    except BrokenBackup as broken:
        say(orjson.dumps({"failed": str(broken)}))
        return 1
    told = {"path": str(made.path), "checked": asdict(made.checked), "deleted": made.deleted}
    say(orjson.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout.buffer.write))
