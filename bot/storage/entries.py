"""A channel's rows read in pieces, as the driver's own tuples: an object a row would cost more than its hash."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Select, select
from sqlalchemy.exc import DBAPIError

from bot.storage import tables

# number, at, kind, drop, canonical bytes, leaf hash, private part, salt, person
EntryRow = tuple[int, int, str, str, bytes, bytes, bytes | None, bytes | None, int | None]
# number, at, canonical bytes, leaf hash, private part: enough for whoever takes the bytes for what they say
EntryBytes = tuple[int, int, bytes, bytes, bytes | None]

Report = Callable[[int, str], None]
"""Told of each fault: the entry's number, and what is wrong with it in words."""

# What reading an entry's bytes may raise, whatever they are.
UNREADABLE = (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError)

# As many as stay in a processor's nearer cache, also of three tables that are walked in step.
ROWS_TOGETHER = 256

_EVERYTHING = [column for column in tables.entry.columns if column is not tables.entry.c.channel_id]
_BYTES = [tables.entry.c[name] for name in ("number", "at", "canonical", "leaf_hash", "private")]


def read_entries(
    connection: Connection, channel_id: int, *, after: int = 0, upto: int | None = None
) -> Iterator[Sequence[EntryRow]]:
    """The channel's entries in the order of their numbers: those above `after`, up to and with `upto`."""
    return read_pieces(connection, _entries(channel_id, _EVERYTHING, after, upto))


def read_entry_bytes(connection: Connection, channel_id: int) -> Iterator[Sequence[EntryBytes]]:
    """The same of all entries, without what the bytes say as well."""
    return read_pieces(connection, _entries(channel_id, _BYTES, 0, None))


def _entries(channel_id: int, columns: Sequence[Column[Any]], after: int, upto: int | None) -> Select[Any]:
    entry = tables.entry.c
    query = select(*columns).where(entry.channel_id == channel_id, entry.number > after).order_by(entry.number)
    return query if upto is None else query.where(entry.number <= upto)


def rows_of(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """The rows of a query, read in pieces and given one by one. Raises DBAPIError."""
    return chain.from_iterable(read_pieces(connection, query))


def read_pieces(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """The rows of a query, so many together. Raises DBAPIError."""
    dialect, base = connection.dialect, connection.dialect.loaded_dbapi.Error
    compiled = query.compile(dialect=dialect)
    values = compiled.construct_params()
    parameters: Any = tuple(values[name] for name in compiled.positiontup or ()) if dialect.positional else values
    cursor = connection.connection.cursor()
    try:
        cursor.execute(str(compiled), parameters)
        while rows := cursor.fetchmany(ROWS_TOGETHER):
            yield rows
    except base as error:
        statement = str(compiled)
        raise DBAPIError.instance(statement, None, error, base, hide_parameters=True, dialect=dialect) from error
    finally:
        cursor.close()
