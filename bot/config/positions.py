"""Where each key of a TOML file stands: the line numbers of error messages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping

from bot.config.mistakes import KeyPath


def find_lines(text: str) -> dict[KeyPath, int]:
    """The first line of every table and key, counted from 1.

    `text` has to be valid TOML. The standard parser itself decides where a value that runs over
    several lines ends: a statement is complete as soon as it can be parsed alone."""
    lines: dict[KeyPath, int] = {}
    tables: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, statement in _statements(text):
        parsed = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _table_path(parsed, tables)
            lines.setdefault(table, number)
        else:
            for path in _paths(parsed):
                lines.setdefault((*table, *path), number)
    return lines


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int | None:
    """The line of the key, or of the table around it when the key itself is missing."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    pending: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        pending.append(line.removesuffix("\r"))
        statement = "\n".join(pending)
        if _complete(statement):
            yield number - len(pending) + 1, statement
            pending = []


def _complete(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _table_path(parsed: Mapping[str, object], tables: dict[KeyPath, int]) -> KeyPath:
    """The path of a "[table]" or "[[table]]" header; the latter counts up."""
    path: KeyPath = ()
    inner: object = parsed
    while isinstance(inner, dict) and inner:
        (name,) = inner
        path, inner = (*path, name), inner[name]
        if isinstance(inner, list):
            tables[path] = tables.get(path, -1) + 1
            path, inner = (*path, tables[path]), inner[0]
        elif path in tables:  # "[drops.more]" belongs to the last "[[drops]]"
            path = (*path, tables[path])
    return path


def _paths(value: object) -> Iterator[KeyPath]:
    children: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    for key, child in children:
        yield (key,)
        for path in _paths(child):
            yield (key, *path)
