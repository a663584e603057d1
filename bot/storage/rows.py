"""Rows on their way into a table, and rows looked up by many keys: compiled once, handed over as tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, insert
from sqlalchemy.engine import Dialect

Values = tuple[Any, ...]

_ROWS_TOGETHER = (256, 32, 4)

# How many keys one look-up takes: few lengths, so that every statement is compiled and prepared only once.
_LENGTHS = (1, 16, 256)


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
                connection.exec_driver_sql(statement, values)
                start += length
        if start < len(rows):
            connection.exec_driver_sql(_insertion(self._table, connection.dialect, 1), rows[start:])


@cache
def _insertion(table: Table, dialect: Dialect, rows: int) -> str:
    """An INSERT of so many rows by one statement."""
    head, one_row = str(insert(table).compile(dialect=dialect)).split(" VALUES ")
    return f"{head} VALUES {', '.join([one_row] * rows)}"


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
        return connection.exec_driver_sql(statement, parameters).all()
