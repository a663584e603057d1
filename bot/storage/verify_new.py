"""The quick check at a start: what has come since the last one, and that the tree before it is still the same."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import URL, Connection, select
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.checkpoint import NoteKey, NoteRefused, read_key
from bot.domain.transparency import LOG_KEY, TILE_LEAVES
from bot.storage import tables
from bot.storage.checking import Faults, size_of
from bot.storage.database import snapshot
from bot.storage.entries import UNREADABLE, EntryRow, read_entries
from bot.storage.sealed import Seals, name_of
from bot.storage.verified import NotVerified, ShortCheck, cut_off, read_verified
from bot.storage.verify import told
from bot.storage.verify_log import LogCheck, read_log

# What a start has time for, some tenths of a second. A first one over a large ledger leaves the rest to the night.
NEW_MAX = 20_000


def verify_new(url: URL, channel_id: int) -> ShortCheck:
    """Check the entries since the last note in themselves, and the tree and signatures up to the last of them.

    The tree begins with the tiles as they were kept; that they are those of before is known by the root of the
    note. Raises NotVerified."""
    try:
        with snapshot(url) as connection:
            return _verify_new(connection, channel_id)
    except (SQLAlchemyError, UnicodeDecodeError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise NotVerified(f"the ledger cannot be read ({reason})") from None


def _verify_new(connection: Connection, channel_id: int) -> ShortCheck:
    faults = Faults()
    size = size_of(connection, channel_id)
    verified = read_verified(connection, channel_id)
    begin = max(size - NEW_MAX, 0 if verified is None else verified.size)
    begin -= begin % TILE_LEAVES
    tiles, notes = read_log(connection, channel_id, size)
    rows = [row for piece in read_entries(connection, channel_id, after=begin, upto=size) for row in piece]
    before = None if verified is None else verified[:2]
    log = LogCheck(name_of(connection, channel_id), tiles, notes, faults.say, verified=before)
    log.go_on(begin, _key_before(connection, channel_id, begin, rows))
    Seals(connection, channel_id, holders=False).check(rows, faults.note)
    _check_order(rows, begin, faults)
    if fault := cut_off(size, verified):
        faults.say(size, fault)
    log.add(rows)
    return told(faults, size, log.end())


def _check_order(rows: Sequence[EntryRow], begin: int, faults: Faults) -> None:
    last_at = 0
    for expected, row in enumerate(rows, begin + 1):
        if row[0] != expected:
            faults.note(expected, f"missing, {row[0]} comes after {expected - 1}")
            return
        if row[1] < last_at:
            faults.note(row[0], "earlier than the entry before it")
        last_at = row[1]


def _key_before(connection: Connection, channel_id: int, begin: int, rows: Sequence[EntryRow]) -> NoteKey | None:
    """The key that was in force after entry `begin`."""
    entry, channel = tables.entry.c, tables.channel.c
    try:
        if not any(row[2] == LOG_KEY for row in rows):
            in_force = connection.scalar(select(channel.log_key).where(channel.id == channel_id))
            return read_key(in_force) if in_force else None
        # Looking for it takes a while, as nothing but its kind tells it; that is rare.
        query = select(entry.canonical).where(
            entry.channel_id == channel_id, entry.kind == LOG_KEY, entry.number <= begin
        )
        canonical = connection.scalar(query.order_by(entry.number.desc()).limit(1))
        return None if canonical is None else read_key(orjson.loads(canonical)["public"]["key"])
    except (NoteRefused, *UNREADABLE):
        return None  # then the next signature does not fit, and that is said
