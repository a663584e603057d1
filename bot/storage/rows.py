"""Rows on their way into a table: kept as tuples, written by one compiled executemany."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.engine import Dialect

Values = tuple[Any, ...]


class Insertion:
    """Waiting rows of one table. A tuple holds the values in the order of the table's columns.

    On a driver with positional parameters the statement is compiled once and handed over with the tuples:
    building a dictionary a row, and checking it against the statement, costs several times the insert itself."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows: list[Values] = []

    def add(self, *values: Any) -> None:
        self._rows.append(values)

    def write(self, connection: Connection) -> None:
        """Insert what waits. Raises IntegrityError and OperationalError."""
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        if connection.dialect.positional:
            connection.exec_driver_sql(_compiled(self._table, connection.dialect), rows)
        else:
            names = self._table.columns.keys()
            connection.execute(insert(self._table), [dict(zip(names, row, strict=True)) for row in rows])


@cache
def _compiled(table: Table, dialect: Dialect) -> str:
    return str(insert(table).compile(dialect=dialect))
