"""What a proof of one unit needs from the ledger: a few rows and hashes, however long the log is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from bot.domain.merkle import Tree, inclusion_proof
from bot.domain.time import Micros
from bot.domain.transparency import LOG_KEY, TILE_LEAVES
from bot.storage import tables
from bot.storage.database import Reads

_TILE_LEVEL = TILE_LEAVES.bit_length() - 1


@dataclass(frozen=True, slots=True)
class Grant:
    """The newest entry that granted a unit: its number and moment, its bytes, and their hash."""

    entry: int
    at: Micros
    canonical: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint over the first `size` entries, with the last of them: its kind, drop and moment. `key` is the
    canonical entry that put the key in force which signed it."""

    size: int
    note: str
    kind: str
    drop: str
    at: Micros
    key: bytes


async def find_grant(reads: Reads, channel_id: int, drop: str, number: int) -> Grant | None:
    """The grant that holds for this number now; None when nobody has it."""
    unit, entry = tables.unit.c, tables.entry.c
    query = (
        select(entry.number, entry.at, entry.canonical, entry.leaf_hash)
        .join_from(
            tables.unit,
            tables.entry,
            (entry.channel_id == unit.channel_id) & (entry.number == unit.entry_number),
        )
        .where(unit.channel_id == channel_id, unit.drop_key == drop, unit.number == number)
    )
    rows = await reads.rows(query)
    if not rows:
        return None
    (found,) = rows
    return Grant(found.number, found.at, found.canonical, found.leaf_hash)


async def is_lost(reads: Reads, channel_id: int, drop: str, number: int) -> bool:
    """Whether a repair has written this number off."""
    lost = tables.lost_unit.c
    query = select(lost.number).where(lost.channel_id == channel_id, lost.drop_key == drop, lost.number == number)
    return await reads.scalar(query) is not None


async def first_checkpoint(reads: Reads, channel_id: int, entry_number: int) -> Signed | None:
    """The smallest checkpoint that covers this entry; None while there is none."""
    checkpoint, entry = tables.checkpoint.c, tables.entry.c
    with_its_entry = (entry.channel_id == checkpoint.channel_id) & (entry.number == checkpoint.size)
    signed = select(checkpoint.size, checkpoint.note, entry.kind, entry.drop_key, entry.at)
    rows = await reads.rows(
        signed.join_from(tables.checkpoint, tables.entry, with_its_entry)
        .where(checkpoint.channel_id == channel_id, checkpoint.size >= entry_number)
        .order_by(checkpoint.size)
        .limit(1)
    )
    if not rows:
        return None
    (first,) = rows
    # Each change of the key is signed at once, so it is looked for among the checkpoints: those are few.
    changed = select(entry.canonical).join_from(tables.checkpoint, tables.entry, with_its_entry)
    key = await reads.scalar(
        changed.where(checkpoint.channel_id == channel_id, checkpoint.size <= first.size, entry.kind == LOG_KEY)
        .order_by(checkpoint.size.desc())
        .limit(1)
    )
    return None if key is None else Signed(first.size, first.note, first.kind, first.drop_key, first.at, key)


async def read_inclusion(reads: Reads, channel_id: int, entry_number: int, size: int) -> list[bytes]:
    """The proof that the entry is among the first `size`, lowest hash first, from the roots of the finished tiles
    and the leaves of two tiles at most. Raises LookupError for a ledger that lacks one of them."""
    index, finished = entry_number - 1, size // TILE_LEAVES
    tile = tables.tile.c
    roots = await reads.rows(
        select(tile.root).where(tile.channel_id == channel_id, tile.number < finished).order_by(tile.number)
    )
    above = Tree(root for (root,) in roots)
    # The one that the entry stands in, and the one that is not finished.
    tiles = {index // TILE_LEAVES, finished}
    within = {number: await _tile_tree(reads, channel_id, number, size) for number in tiles}

    def subtree(level: int, place: int) -> bytes:
        if level >= _TILE_LEVEL:
            return above.subtree(level - _TILE_LEVEL, place)
        number, inside = divmod(place << level, TILE_LEAVES)
        return within[number].subtree(level, inside >> level)

    return inclusion_proof(subtree, index, size)


async def _tile_tree(reads: Reads, channel_id: int, number: int, size: int) -> Tree:
    entry, first = tables.entry.c, number * TILE_LEAVES
    query = (
        select(entry.leaf_hash)
        .where(
            entry.channel_id == channel_id,
            entry.number > first,
            entry.number <= min(first + TILE_LEAVES, size),
        )
        .order_by(entry.number)
    )
    return Tree(leaf for (leaf,) in await reads.rows(query))
