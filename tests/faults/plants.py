"""Bugs to be planted in a life's ledger: a test that does not find the one it is there for proves nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, event

from bot.storage import database
from bot.storage.lane import Lane


class Spoiled(sqlite3.Connection):
    """A driver's connection whose transactions end in `end` instead of a commit."""

    def commit(self) -> None:
        self.end()

    def end(self) -> None:
        super().commit()

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(SpoiledCursor)

    def execute(self, sql: str, *parameters: Any) -> Any:
        return self.cursor().execute(sql, *parameters)

    def executemany(self, sql: str, rows: Iterable[Any]) -> Any:
        return self.cursor().executemany(sql, rows)

    def begins(self) -> None:
        """A transaction is about to begin."""

    def takes(self, _sql: str, _rows: Any) -> bool:
        """Whether the connection keeps these rows to itself instead of writing them now."""
        return False


class SpoiledCursor(sqlite3.Cursor):
    connection: Spoiled

    def execute(self, sql: str, *parameters: Any) -> Any:
        words = sql.split(None, 1)
        if words and words[0].upper() == "BEGIN":
            self.connection.begins()
        if words and words[0].upper() in ("COMMIT", "END"):
            self.connection.end()
            return self
        if self.connection.takes(sql, list(parameters)):
            return self
        return super().execute(sql, *parameters)

    def executemany(self, sql: str, rows: Iterable[Any]) -> Any:
        rows = list(rows)
        return self if self.connection.takes(sql, rows) else super().executemany(sql, rows)


class CommitsLater(Spoiled):
    """Answers before the commit: what is decided is written with the next batch."""

    def begins(self) -> None:
        if self.in_transaction:
            sqlite3.Connection.commit(self)

    def end(self) -> None:
        pass


class SwallowsErrors(Spoiled):
    """A commit that failed is taken for one that did not."""

    def end(self) -> None:
        try:
            sqlite3.Connection.commit(self)
        except sqlite3.OperationalError:
            # The driver would not roll back by itself, and the next transaction could not begin.
            self.rollback()


class OutcomesApart(Spoiled):
    """The answers are stored, but in a transaction of their own, after that of the effects."""

    kept: list[tuple[str, Any]]

    def takes(self, sql: str, rows: Any) -> bool:
        if not sql.lstrip().upper().startswith("INSERT INTO OUTCOME"):
            return False
        self.kept = [*getattr(self, "kept", []), (sql, rows)]
        return True

    def end(self) -> None:
        sqlite3.Connection.commit(self)
        kept, self.kept = getattr(self, "kept", []), []
        for sql, rows in kept:
            sqlite3.Connection.cursor(self).executemany(sql, rows)


FACTORIES: dict[str, type[Spoiled]] = {
    "answers-before-commit": CommitsLater,
    "swallows-errors": SwallowsErrors,
    "outcomes-apart": OutcomesApart,
}
SYNCHRONOUS = {"synchronous-off": "OFF", "synchronous-normal": "NORMAL"}
KEEPS_BOOKS = "keeps-books-of-a-failed-batch"
TRUSTS_LOG = "trusts-a-log-that-was-not-synced"
PLANTS = (*FACTORIES, *SYNCHRONOUS, KEEPS_BOOKS, TRUSTS_LOG)


def _remember(self: Lane) -> None:
    """Instead of forgetting what was decided in vain."""


def plant(name: str, engine: Engine) -> None:
    """Spoil the engine, or the lane of this process, with the bug of that name; "" plants nothing."""
    if name in FACTORIES:

        @event.listens_for(engine, "do_connect")
        def on_do_connect(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
            options["factory"] = FACTORIES[name]

    elif name in SYNCHRONOUS:

        @event.listens_for(engine, "connect")
        def on_connect(connection: Any, _record: Any) -> None:
            connection.execute(f"PRAGMA synchronous={SYNCHRONOUS[name]}")

    elif name == KEEPS_BOOKS:
        assert hasattr(Lane, "_forget"), "the lane forgets its books elsewhere now: plant this bug there"
        Lane._forget = _remember  # type: ignore[method-assign]  # this process is there to be spoiled
    elif name == TRUSTS_LOG:
        assert hasattr(database, "_sync_anew"), "the log is synced anew elsewhere now: plant this bug there"
        database._sync_anew = lambda log: None
    elif name:
        raise ValueError(f"no bug is called {name}; there are {', '.join(PLANTS)}")
