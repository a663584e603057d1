"""One half of checking a channel: what its entries are in themselves. The other one is in
`bot.storage.checking_story`, which a process for this half alone need not load."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from bot.storage import tables
from bot.storage.entries import read_entries
from bot.storage.sealed import Seals, name_of
from bot.storage.verified import read_verified
from bot.storage.verify_log import LogCheck, read_log

Done = Callable[[int], object]
"""Told now and then how many more entries are done."""

FAULTS_KEPT = 1_000


class Fault(NamedTuple):
    """Something that does not hold: the entry at which it shows, 0 for a row of another table; and a sentence that
    names it."""

    entry: int
    words: str


class Faults:
    """What was found wrong. Of a ledger that is full of faults only so many are kept, and the others counted."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self.count = 0

    def say(self, entry: int, words: str) -> None:
        """Note a whole sentence."""
        self.count += 1
        if len(self._kept) < FAULTS_KEPT:
            self._kept.append(Fault(entry, words))

    def note(self, entry: int, fault: str) -> None:
        """Note what is wrong with an entry."""
        self.say(entry, f"entry {entry}: {fault}")

    def in_order(self) -> list[Fault]:
        """Those that were kept: by entry, then what shows at none."""
        return sorted(self._kept, key=lambda fault: (fault.entry == 0, fault.entry))


def size_of(connection: Connection, channel_id: int) -> int:
    """The number of the channel's last entry."""
    entry = tables.entry.c
    return connection.scalar(select(func.max(entry.number)).where(entry.channel_id == channel_id)) or 0


def check_bytes(
    connection: Connection, channel_id: int, faults: Faults, *, upto: int | None = None, done: Done = lambda _: None
) -> bytes | None:
    """Check each entry in itself, and the log's tree and signatures over them, as far as entry `upto`. Returns the
    root over them, None where one is missing.

    None of this ever changes but for an erasure, so it may be read from a later state than the other half."""
    size = size_of(connection, channel_id) if upto is None else upto
    seals = Seals(connection, channel_id)
    tiles, notes = read_log(connection, channel_id, size)
    verified = read_verified(connection, channel_id)
    before = None if verified is None else verified[:2]
    log = LogCheck(name_of(connection, channel_id), tiles, notes, faults.say, verified=before)
    for rows in read_entries(connection, channel_id, upto=size):
        seals.check(rows, faults.note)
        log.add(rows)
        done(len(rows))
    return log.end()
