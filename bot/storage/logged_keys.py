"""Who has signed the log, from its own entries; read beside a running bot."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from bot.domain.time import Micros
from bot.domain.transparency import LOG_KEY
from bot.storage import tables


@dataclass(frozen=True, slots=True)
class LoggedKey:
    """From entry `entry`, made at `at`, the log is signed by `key`; `why` as KeyChange has it."""

    entry: int
    at: Micros
    key: str
    why: str


def logged_keys(connection: Connection, channel_id: int) -> list[LoggedKey]:
    """Every key that was ever in force, oldest first. Raises SQLAlchemyError where there is no ledger."""
    entry = tables.entry.c
    query = (
        select(entry.number, entry.at, entry.canonical)
        .where(entry.channel_id == channel_id, entry.kind == LOG_KEY)
        .order_by(entry.number)
    )
    keys = []
    for row in connection.execute(query):
        said = orjson.loads(row.canonical)["public"]
        keys.append(LoggedKey(row.number, row.at, said["key"], said["why"]))
    return keys


def name_in_ledger(connection: Connection, channel_id: int) -> str | None:
    """The ledger's own name for the channel, which its log is named after; None for a channel it does not know."""
    name: str | None = connection.scalar(select(tables.channel.c.name).where(tables.channel.c.id == channel_id))
    return name
