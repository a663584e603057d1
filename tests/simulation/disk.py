"""The ledger's file in the simulation: a real SQLite database whose driver fails, or process dies, on demand."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bot.domain.time import Micros
from bot.storage.database import Reads, ledger_url, write_engine
from bot.storage.upgrade import upgrade

ERRORS = {
    "locked": "database is locked",
    "full": "database or disk is full",
    "failing": "disk I/O error",
}
# Where in a transaction something can go wrong, in order.
MOMENTS = ("connect", "begin", "statement", "before commit", "after commit")
INJECTED = " (injected)"


def injected(error: BaseException | None) -> bool:
    """Whether the simulation itself has caused this error."""
    if isinstance(error, BaseExceptionGroup):
        return all(injected(each) for each in error.exceptions)
    return INJECTED in str(error)


class Dies(BaseException):
    """The bot's process ends here. Nothing but the simulated thread catches it."""


@dataclass(slots=True)
class Trap:
    """Something that goes wrong once, at the next such moment: an error of ERRORS, or "dies".

    `skip` lets so many statements through before."""

    what: str
    moment: str
    skip: int = 0


class Workbench:
    """What one process of the simulation keeps between seeds: a folder, an empty ledger, and engines.

    The engines stay, the file under them is exchanged: SQLAlchemy compiles its statements once, not once a seed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "ledger.sqlite"
        self._template = folder / "template.sqlite"
        self._frozen = folder / "frozen.sqlite"
        self._template.unlink(missing_ok=True)
        upgrade(ledger_url(str(self._template)), now=lambda: 0)
        self.disk: Disk | None = None
        # Where the reads of the life of now are run.
        self.readers: Executor | None = None
        url = ledger_url(str(self.path))
        self.writes = write_engine(url)
        self.reads = Reads(url, threads=_Readers(self))
        self._opened: list[SimConnection] = []
        event.listen(self.writes, "do_connect", partial(self._connect, "writer"))
        event.listen(self.reading, "do_connect", partial(self._connect, "reader"))

    @property
    def reading(self) -> Engine:
        # Nobody else asks for it: every other reader of a running bot goes through `rows`.
        return self.reads._engine

    def new_ledger(self) -> None:
        self.let_go()
        self._put(self._template)

    def freeze(self) -> None:
        """Keep the files as they are on the disk at this very moment."""
        shutil.copyfile(self.path, self._frozen)
        wal = Path(f"{self.path}-wal")
        if wal.exists():
            shutil.copyfile(wal, f"{self._frozen}-wal")

    def thaw(self) -> None:
        """Put the frozen files back: what the dead process did afterwards never happened."""
        self.let_go()
        self._put(self._frozen)
        for path in self._frozen.parent.glob("frozen.sqlite*"):
            path.unlink()

    def let_go(self) -> None:
        """Close every connection, as the end of a process does."""
        opened, self._opened = self._opened, []
        for connection in opened:
            connection.dead = True
            # The pool remembers what the dead never gave back, and through it everything that hangs on it.
            connection.disk = None
            sqlite3.Connection.close(connection)
        self.writes.dispose()
        self.reading.dispose()

    def _put(self, source: Path) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(source, self.path)
        wal = Path(f"{source}-wal")
        if wal.exists():
            shutil.copyfile(wal, f"{self.path}-wal")

    def _connect(self, role: str, _dialect: Any, _record: Any, args: Any, options: dict[str, Any]) -> SimConnection:
        disk = self.disk if role == "writer" else None
        if disk is not None:
            disk.reach("connect")
        connection: SimConnection = sqlite3.connect(*args, **options, factory=SimConnection)
        connection.disk = disk
        self._opened.append(connection)
        return connection


class _Readers(Executor):
    """The threads of the reads: those of whichever life there is."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def submit(self, function: Any, /, *args: Any, **options: Any) -> Any:
        assert self._bench.readers is not None
        return self._bench.readers.submit(function, *args, **options)


class SimConnection(sqlite3.Connection):
    """The driver's connection, with the moments at which the disk is asked whether it still works."""

    disk: Disk | None = None
    dead = False

    def cursor(self, factory: Any = None) -> sqlite3.Cursor:
        return super().cursor(SimCursor)

    def commit(self) -> None:
        if self.dead:
            return
        if self.disk is None or not self.in_transaction:
            super().commit()
            return
        self.disk.reach("before commit")
        super().commit()
        self.disk.reach("after commit")

    def rollback(self) -> None:
        if not self.dead:
            super().rollback()

    def close(self) -> None:
        if not self.dead:
            super().close()


class SimCursor(sqlite3.Cursor):
    """The driver's cursor; every statement passes here, a whole executemany as one."""

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        self._pass(statement)
        return super().execute(statement, *parameters)

    def executemany(self, statement: str, *rows: Any) -> sqlite3.Cursor:
        self._pass(statement)
        return super().executemany(statement, *rows)

    def _pass(self, statement: str) -> None:
        disk = getattr(self.connection, "disk", None)
        if disk is None or statement.startswith("PRAGMA"):
            return
        if statement.startswith("BEGIN"):
            disk.reach("begin")
        elif statement.startswith("COMMIT"):
            disk.reach("before commit")
        else:
            disk.reach("statement")


class Disk:
    """The disk of one seed. `now` is the loop's clock; `on_fault` hears of every trap that snapped."""

    def __init__(self, now: Callable[[], Micros], on_fault: Callable[[str, bool], None]) -> None:
        self._now = now
        self._on_fault = on_fault
        self._traps: list[Trap] = []
        self._broken_until: Micros = 0
        self._broken_how = ""
        self._snapped_in_outage = False

    def hold_ready(self, trap: Trap) -> None:
        self._traps.append(trap)

    def break_until(self, instant: Micros, how: str) -> None:
        """Refuse every transaction until then, as a full disk does."""
        self._broken_until, self._broken_how = instant, how

    def heal(self) -> None:
        self._traps.clear()
        self._broken_until = 0

    def reach(self, moment: str) -> None:
        """A moment of a transaction. Raises sqlite3.OperationalError or Dies when it is a bad one."""
        if moment == "before commit" and self._now() < self._broken_until:
            self._on_fault(f"{self._broken_how} for a while", False)
            raise sqlite3.OperationalError(ERRORS[self._broken_how] + INJECTED)
        for trap in self._traps:
            if trap.moment == moment:
                break
        else:
            return
        if trap.skip > 0:
            trap.skip -= 1
            return
        self._traps.remove(trap)
        if trap.what == "dies":
            self._on_fault(f"the process dies: {_MOMENT_NAMES[moment]}", True)
            raise Dies
        self._on_fault(f"{trap.what}: {_MOMENT_NAMES[moment]}", False)
        raise sqlite3.OperationalError(ERRORS[trap.what] + INJECTED)


_MOMENT_NAMES = {
    "connect": "while connecting",
    "begin": "before BEGIN",
    "statement": "at a statement",
    "before commit": "before COMMIT",
    "after commit": "after COMMIT",
}
# Every trap there is, as it is counted. A lock cannot fail a COMMIT that has happened.
DISK_FAULTS = tuple(
    f"{error}: {_MOMENT_NAMES[moment]}"
    for error in ERRORS
    for moment in MOMENTS
    if (error, moment) != ("locked", "after commit")
)
DISK_DEATHS = tuple(f"the process dies: {_MOMENT_NAMES[moment]}" for moment in MOMENTS)
