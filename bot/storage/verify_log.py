"""The log beside its entries: the tree over them, tile by tile, and every checkpoint that was signed over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import Connection, select

from bot.domain.checkpoint import Checkpoint, NoteKey
from bot.domain.merkle import Frontier
from bot.domain.transparency import LOG_KEY, TILE_LEAVES, key_in_force, note_fault, origin_of, tile_root
from bot.storage import tables
from bot.storage.entries import UNREADABLE, EntryRow
from bot.storage.signing import verify_signature

if TYPE_CHECKING:
    from bot.storage.rebuilt import Rebuilt

Say = Callable[[int, str], None]
"""Told of each fault: the entry at which it shows, and a sentence that names what is wrong."""

# What bot.domain.transparency.note_fault says of a note that is in order, but for what it was signed over.
OTHER_ENTRIES = "it was signed over other entries"


class LogCheck:
    """The tree of one channel as its entries come, held against the tiles and checkpoints that were kept."""

    def __init__(
        self,
        channel: str,
        tiles: Mapping[int, bytes],
        notes: Mapping[int, str],
        say: Say,
        *,
        verified: tuple[int, bytes] | None = None,
    ) -> None:
        """`tiles` are roots by number, `notes` by the size they were signed at; `verified` are the size and root of
        the tree when it was looked at last."""
        self._origin = origin_of(channel)
        self._tiles, self._notes, self._say, self._verified = tiles, notes, say, verified
        self._above = Frontier()
        self._within: list[bytes] = []
        self.size = 0
        self._key: NoteKey | None = None
        self._signers: tuple[NoteKey, ...] = ()
        self._key_changed_at = self._last_good = 0
        # Without one of the entries there is no tree, and after entries that were changed every root is another.
        self._whole, self._parted = True, False
        self._without_tile: list[int] = []

    def go_on(self, size: int, key: NoteKey | None) -> None:
        """Begin after so many entries, a multiple of TILE_LEAVES, with the tiles over them as they were kept."""
        for number in range(size // TILE_LEAVES):
            if number not in self._tiles:
                self._say(size, f"tile {number}: it is missing")
                self._whole = False
                return
            self._above.append(self._tiles[number])
        self.size = self._last_good = size
        self._check_verified()
        self._key = key

    def add(self, rows: Sequence[EntryRow]) -> None:
        """Take in the next entries. That one is missing is for `bot.storage.fold` to say."""
        if not self._whole:
            return
        within, add, notes = self._within, self._within.append, self._notes
        verified = self._verified[0] if self._verified is not None else -1
        for number, _, kind, _, _, leaf, _, _, _ in rows:
            if number != self.size + 1:
                self._whole = False
                return
            self.size = number
            add(leaf)
            if kind == LOG_KEY:
                self._change_key(rows[number - rows[0][0]])
            if number in notes:
                self._check_note()
            if len(within) == TILE_LEAVES:
                self._finish_tile()
            if number == verified:
                self._check_verified()

    def end(self) -> bytes | None:
        """The root over all entries; None where there is no tree."""
        # A ledger from before there were tiles gets them, with its key, at the first start.
        if self._tiles or self._key is not None:
            for number in self._without_tile:
                first, last = number * TILE_LEAVES + 1, (number + 1) * TILE_LEAVES
                self._say(last, f"tile {number}: the root of entries {first} to {last} is missing")
        return self.root() if self._whole else None

    def root(self) -> bytes:
        """The root over all entries so far."""
        return root_over(self._above, self._within)

    def _change_key(self, row: EntryRow) -> None:
        try:
            change = key_in_force(self._key, orjson.loads(row[4])["public"], self._origin)
        except UNREADABLE as error:
            self._say(row[0], f"entry {row[0]}: the log cannot have this key ({error})")
            return
        self._key, self._signers, self._key_changed_at = change.key, change.signers, row[0]

    def _check_note(self) -> None:
        if self._parted:
            return
        size = self.size
        # The hand-over of a key is signed by both, once.
        only = () if self._key is None else (self._key,)
        signers = self._signers if size == self._key_changed_at else only
        fault = note_fault(
            self._notes[size], Checkpoint(self._origin, size, self.root()), signers, verify_signature
        )
        if fault is None:
            self._last_good = size
        elif fault == OTHER_ENTRIES:
            self._parted = True
            self._say(
                size,
                f"something among entries {self._last_good + 1} to {size} was changed: checkpoint {size} "
                "was signed over other entries",
            )
        else:
            self._say(size, f"checkpoint {size}: {fault}")

    def _finish_tile(self) -> None:
        number, root = self._above.size, tile_root(self._within)
        self._above.append(root)
        self._within.clear()
        kept = self._tiles.get(number)
        if kept is None:
            self._without_tile.append(number)
        elif kept != root:
            first = self.size - TILE_LEAVES + 1
            self._say(self.size, f"tile {number}: it is not the root of entries {first} to {self.size}")

    def _check_verified(self) -> None:
        if self._verified is None or self._verified[0] != self.size or self._verified[1] == self.root():
            return
        words = (
            f"the first {self.size} entries are not those that were verified before: their tree has another root"
        )
        self._say(self.size, words)


def root_over(tiles: Frontier, leaves: Iterable[bytes]) -> bytes:
    """The root over finished tiles and the leaves after them, which may have just filled another."""
    whole = Frontier(tiles.size * TILE_LEAVES, tiles.peaks)
    for leaf in leaves:
        whole.append(leaf)
    return whole.root()


def read_log(connection: Connection, channel_id: int, upto: int) -> tuple[dict[int, bytes], dict[int, str]]:
    """The roots of tiles by number, and the notes of checkpoints by size, as far as entry `upto`: so one process
    may read them later than another has read the entries."""
    tile, checkpoint = tables.tile.c, tables.checkpoint.c
    tiles = select(tile.number, tile.root).where(tile.channel_id == channel_id, tile.number < upto // TILE_LEAVES)
    notes = select(checkpoint.size, checkpoint.note).where(
        checkpoint.channel_id == channel_id, checkpoint.size <= upto
    )
    return dict(map(tuple, connection.execute(tiles))), dict(map(tuple, connection.execute(notes)))


def log_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[tuple[int, str]]:
    """Which checkpoints and tiles the entries ask for and are not there, and which are there unasked; each with the
    entry at which it shows."""
    tile, checkpoint = tables.tile.c, tables.checkpoint.c
    sizes = set(connection.scalars(select(checkpoint.size).where(checkpoint.channel_id == channel_id)))
    # Before there was a key nothing was signed.
    begins = rebuilt.log_keys[0].entry if rebuilt.log_keys else rebuilt.entries + 1
    due = {size for size in rebuilt.checkpoints if size >= begins}
    for size in due - sizes:
        yield size, f"checkpoint {size}: it is missing, and entry {size} asks for it"
    for size in sizes - due:
        yield size, f"checkpoint {size}: no entry asks for it"
    there = rebuilt.entries // TILE_LEAVES
    for number in connection.scalars(select(tile.number).where(tile.channel_id == channel_id)):
        if not 0 <= number < there:
            yield rebuilt.entries, f"tile {number}: there are entries for {there} tiles"
