"""A channel's transparency log in the lane: its tree's right edge between batches, and who signs it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, takewhile

import structlog
from sqlalchemy import Connection, select

from bot.domain.checkpoint import Checkpoint, NoteKey, NoteRefused, read_key
from bot.domain.ledger import Entry, Fact
from bot.domain.transparency import KeyChange, TileFrontier, key_in_force, log_key_fact, origin_of
from bot.storage import tables
from bot.storage.signing import KeyRing

log = structlog.get_logger(__name__)


class Log:
    """Part of a channel's book, and thrown away with it: what a failed batch has appended was never there."""

    def __init__(
        self, connection: Connection, channel_id: int, name: str, log_key: str, keys: KeyRing, entries: int
    ) -> None:
        """Read the tree's edge within the transaction. Tiles that are missing, as in a ledger from before there
        were any, are written in it."""
        self._origin = origin_of(name)
        self._signer = keys.signer(self._origin)
        self._key: NoteKey | None = None
        self._handing_over: tuple[NoteKey, ...] = ()
        self._frontier = _read_frontier(connection, channel_id)
        # Where an entry is missing nothing can be signed; that drops go on matters more.
        self._whole = self._frontier.size == entries
        if not self._whole:
            log.critical("the log is not signed: an entry is missing", entries=entries, first=self.size + 1)
        try:
            self._key = read_key(log_key) if log_key else None
        except NoteRefused:
            self._whole = False
            log.critical("the log is not signed: the channel's log_key was changed, see microdrops verify")

    @property
    def size(self) -> int:
        """How many entries are in the tree."""
        return self._frontier.size

    def key_fact(self) -> Fact | None:
        """What is to be recorded before anything else: that another key is in force from now on; None when it is
        the one that was."""
        newest = self._signer.newest
        # What cannot be signed gets no key either: the start after the repair records it.
        if newest == self._key or not self._whole:
            return None
        if self._key is None:
            why = KeyChange.FIRST
        else:
            why = KeyChange.ROTATED if self._key in self._signer.keys else KeyChange.LOST
        return log_key_fact(str(newest), why)

    def change_key(self, fact: Fact) -> str:
        """Follow the fact just recorded; returns the key that is in force, as text."""
        change = key_in_force(self._key, fact.public, self._origin)
        self._key, self._handing_over = change.key, change.signers
        return str(change.key)

    def append(self, entry: Entry) -> tuple[int, bytes] | None:
        """Put the newest entry into the tree; returns number and root of the tile that it has finished, if any."""
        if not self._whole:
            return None
        root = self._frontier.append(entry.leaf_hash)
        return None if root is None else (self._frontier.tiles - 1, root)

    def sign(self) -> str | None:
        """The signed note over all entries so far; None where nothing can be signed."""
        if not self._whole or self._key is None:
            return None
        # A hand-over is signed by both keys, once.
        signers: Sequence[NoteKey] = self._handing_over or (self._key,)
        self._handing_over = ()
        return self._signer.sign(Checkpoint(self._origin, self.size, self._frontier.root()).text, signers)


def _read_frontier(connection: Connection, channel_id: int) -> TileFrontier:
    """The tree over all entries, or over those before the first that is missing."""
    entry, tile = tables.entry.c, tables.tile.c
    query = select(tile.number, tile.root).where(tile.channel_id == channel_id).order_by(tile.number)
    stored = {row.number: row.root for row in connection.execute(query)}
    in_a_row = takewhile(stored.__contains__, count())
    frontier = TileFrontier(stored[number] for number in in_a_row)
    after = (
        select(entry.number, entry.leaf_hash)
        .where(entry.channel_id == channel_id, entry.number > frontier.size)
        .order_by(entry.number)
    )
    missing = []
    for number, leaf in connection.execute(after):
        if number != frontier.size + 1:
            break
        root = frontier.append(leaf)
        if root is not None and frontier.tiles - 1 not in stored:
            missing.append({"channel_id": channel_id, "number": frontier.tiles - 1, "root": root})
    if missing:
        connection.execute(tables.tile.insert(), missing)
    return frontier
