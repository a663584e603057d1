"""Rows on their way into a table, and rows looked up by many keys: compiled once, handed over as tuples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, insert
from sqlalchemy.engine import Dialect

Values = tuple[Any, ...]

# How many keys one look-up takes: few lengths, so that every statement is compiled and prepared only once.
_LENGTHS = (1, 16, 256)


class Insertion:
    """Waiting rows of one table. A tuple holds the values in the order of the table's columns.

    On a driver with positional parameters the statement is compiled once and handed over with the tuples:
    building a dictionary a row, and checking it against the statement, costs several times the insert itself."""

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
        if connection.dialect.positional:
            connection.exec_driver_sql(_insertion(self._table, connection.dialect), rows)
        else:
            names = self._table.columns.keys()
            connection.execute(insert(self._table), [dict(zip(names, row, strict=True)) for row in rows])


@cache
def _insertion(table: Table, dialect: Dialect) -> str:
    return str(insert(table).compile(dialect=dialect))


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
