"""Statements for SQLite are compiled once in a process, and not once more for each of its thousand ledgers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_COMPILED: dict[Any, Any] = {}


class SharedDialect(SQLiteDialect_pysqlite):
    """As good as any other of its kind: what is kept for one, by SQLAlchemy or by the bot, serves them all."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is SharedDialect

    def __hash__(self) -> int:
        return hash(SharedDialect)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)


def compile_once() -> None:
    """For every engine that is made from here on. A bot has two or three for its whole life; tests make them anew
    all the time, and compiling took a quarter of what they did."""
    registry.register("sqlite", __name__, SharedDialect.__name__)
