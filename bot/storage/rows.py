"""Rows on their way into a table, and rows looked up by many keys: compiled once, handed over as tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, insert, update
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Values = tuple[Any, ...]

_ROWS_TOGETHER = (256, 32, 4)
_KEY = "key_"

# How many keys one look-up takes: few lengths, so that every statement is compiled and prepared only once.
_LENGTHS = (1, 16, 256)


def run(connection: Connection, statement: str, parameters: Values | dict[str, Any]) -> list[Values]:
    """Run a compiled statement on the driver's own cursor, within the connection's transaction.

    Of a batch of one claim, SQLAlchemy's way of executing what is compiled already would be a fifth. Raises what
    SQLAlchemy raises: IntegrityError, OperationalError, another DBAPIError."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall()) if cursor.description else []
    except Exception as error:
        base = connection.dialect.loaded_dbapi.Error
        if not isinstance(error, base):
            raise
        dialect = connection.dialect
        raise DBAPIError.instance(statement, None, error, base, hide_parameters=True, dialect=dialect) from error
    finally:
        cursor.close()


class Insertion:
    """Waiting rows of one table. A tuple holds the values in the order of the table's columns.

    On a driver with positional parameters the statement is compiled once and handed over with the tuples:
    building a dictionary a row, and checking it against the statement, costs several times the insert itself.
    Many rows go in by one statement, as the driver gives the interpreter away and waits for it with each."""

    __slots__ = ("_rows", "_table", "add")

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows: list[Values] = []
        # The list's own method: this is called three times a claim.
        self.add: Callable[[Values], None] = self._rows.append

    def write(self, connection: Connection) -> None:
        """Insert what waits. Raises IntegrityError and OperationalError."""
        if not self._rows:
            return
        rows = self._rows[:]
        self._rows.clear()
        if not connection.dialect.positional:
            names = self._table.columns.keys()
            connection.execute(insert(self._table), [dict(zip(names, row, strict=True)) for row in rows])
            return
        start = 0
        for length in _ROWS_TOGETHER:
            statement = _insertion(self._table, connection.dialect, length)
            while len(rows) - start >= length:
                values = tuple(chain.from_iterable(rows[start : start + length]))
                run(connection, statement, values)
                start += length
        for row in rows[start:]:
            run(connection, _insertion(self._table, connection.dialect, 1), row)


@cache
def _insertion(table: Table, dialect: Dialect, rows: int) -> str:
    """An INSERT of so many rows by one statement."""
    head, one_row = str(insert(table).compile(dialect=dialect)).split(" VALUES ")
    return f"{head} VALUES {', '.join([one_row] * rows)}"


def rewrite(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Write the whole row that has the primary key in `values`. Raises IntegrityError and OperationalError."""
    statement, order = _rewriting(table, connection.dialect)
    given = {**values, **{_KEY + column.name: values[column.name] for column in table.primary_key}}
    run(connection, statement, tuple(given[name] for name in order) if order else given)


@cache
def _rewriting(table: Table, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    keys = list(table.primary_key)
    others = [column.name for column in table.columns if column not in set(keys)]
    rewriting = update(table).where(*(column == bindparam(_KEY + column.name) for column in keys))
    compiled = rewriting.compile(dialect=dialect, column_keys=others)
    return str(compiled), tuple(compiled.positiontup or ())


def upsert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Write the row that has the primary key in `values`, whether it is there or not."""
    keys = [column.name for column in table.primary_key]
    statement = _dialect_insert(connection.dialect.name)(table).values(values)
    others = {name: value for name, value in values.items() if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others))


def _dialect_insert(dialect: str) -> Any:
    """The INSERT that knows ON CONFLICT. PostgreSQL's package loads all of its drivers' dialects, which no other
    ledger should pay for at its start."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert
    from sqlalchemy.dialects import sqlite

    return sqlite.insert


class Lookup:
    """Rows by one column's values, however many. `select_in` makes the query for so many parameters.

    An ordinary IN is written out anew for every call; these statements come in three lengths and are kept."""

    def __init__(self, select_in: Callable[[Sequence[BindParameter[Any]]], Select[Any]]) -> None:
        self._select_in = select_in
        self._compiled: dict[tuple[Dialect, int], tuple[str, tuple[str, ...]]] = {}

    def rows(self, connection: Connection, keys: Sequence[Any], **fixed: Any) -> Iterator[Any]:
        """Every row that has one of the keys. `fixed` are the query's other parameters."""
        start = 0
        while start < len(keys):
            left = len(keys) - start
            length = next((n for n in _LENGTHS if n >= left), _LENGTHS[-1])
            some = keys[start : start + length]
            start += length
            # A short piece is filled up with a key that is asked for anyway.
            yield from self._execute(connection, [*some, *[some[0]] * (length - len(some))], fixed)

    def _execute(self, connection: Connection, keys: list[Any], fixed: dict[str, Any]) -> Sequence[Any]:
        known = self._compiled.get((connection.dialect, len(keys)))
        if known is None:
            query = self._select_in([bindparam(f"key_{n}") for n in range(len(keys))])
            compiled = query.compile(dialect=connection.dialect)
            known = (str(compiled), tuple(compiled.positiontup or ()))
            self._compiled[connection.dialect, len(keys)] = known
        statement, order = known
        values = {**fixed, **{f"key_{n}": key for n, key in enumerate(keys)}}
        parameters = tuple(values[name] for name in order) if order else values
        return run(connection, statement, parameters)
