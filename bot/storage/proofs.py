"""What a proof of one unit needs from the ledger: a few rows and hashes, however long the log is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from bot.domain.merkle import Tree, inclusion_proof
from bot.domain.time import Micros
from bot.domain.transparency import LOG_KEY, TILE_LEAVES
from bot.storage import tables

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
    canonical entry that put the key in force which signed it, `hashes` is the grant's inclusion proof."""

    size: int
    note: str
    kind: str
    drop: str
    at: Micros
    key: bytes
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What the ledger has of one number of a drop: no grant while nobody has it, `lost` once a repair has written
    it off, and `signed` as soon as a checkpoint covers the grant."""

    grant: Grant | None
    lost: bool = False
    signed: Signed | None = None


def read_record(connection: Connection, channel_id: int, drop: str, number: int) -> UnitRecord:
    """Everything about a number, in one snapshot. Raises LookupError for a log that lacks a hash."""
    unit, entry, lost = tables.unit.c, tables.entry.c, tables.lost_unit.c
    row = connection.execute(
        select(entry.number, entry.at, entry.canonical, entry.leaf_hash)
        .join_from(
            tables.unit,
            tables.entry,
            (entry.channel_id == unit.channel_id) & (entry.number == unit.entry_number),
        )
        .where(unit.channel_id == channel_id, unit.drop_key == drop, unit.number == number)
    ).one_or_none()
    if row is None:
        written_off = (
            select(entry.kind)
            .join_from(
                tables.lost_unit,
                tables.entry,
                (entry.channel_id == lost.channel_id) & (entry.number == lost.entry_number),
            )
            .where(lost.channel_id == channel_id, lost.drop_key == drop, lost.number == number)
        )
        # One that was taken back for good was no repair's doing.
        return UnitRecord(None, lost=connection.scalar(written_off) not in (None, "unit.retired"))
    grant = Grant(row.number, row.at, row.canonical, row.leaf_hash)
    return UnitRecord(grant, signed=_first_signed(connection, channel_id, grant.entry))


def _first_signed(connection: Connection, channel_id: int, entry_number: int) -> Signed | None:
    """The smallest checkpoint that covers this entry; None while there is none."""
    checkpoint, entry = tables.checkpoint.c, tables.entry.c
    with_its_entry = (entry.channel_id == checkpoint.channel_id) & (entry.number == checkpoint.size)
    smallest = (
        select(checkpoint.size, checkpoint.note, entry.kind, entry.drop_key, entry.at)
        .join_from(tables.checkpoint, tables.entry, with_its_entry)
        .where(checkpoint.channel_id == channel_id, checkpoint.size >= entry_number)
        .order_by(checkpoint.size)
        .limit(1)
    )
    found = connection.execute(smallest).one_or_none()
    if found is None:
        return None
    # Each change of the key is signed at once, so it is looked for among the checkpoints: those are few.
    changed = (
        select(entry.canonical)
        .join_from(tables.checkpoint, tables.entry, with_its_entry)
        .where(checkpoint.channel_id == channel_id, checkpoint.size <= found.size, entry.kind == LOG_KEY)
        .order_by(checkpoint.size.desc())
        .limit(1)
    )
    key = connection.scalar(changed)
    if key is None:
        raise LookupError(f"checkpoint {found.size} was signed, and no entry says by which key")
    hashes = _inclusion(connection, channel_id, entry_number, found.size)
    return Signed(found.size, found.note, found.kind, found.drop_key, found.at, key, tuple(hashes))


def _inclusion(connection: Connection, channel_id: int, entry_number: int, size: int) -> list[bytes]:
    """The proof that the entry is among the first `size`, lowest hash first, from the roots of the finished tiles
    and the leaves of two tiles at most. Raises LookupError."""
    index, finished = entry_number - 1, size // TILE_LEAVES
    tile = tables.tile.c
    roots = connection.scalars(
        select(tile.root).where(tile.channel_id == channel_id, tile.number < finished).order_by(tile.number)
    )
    above = Tree(roots)
    # The one that the entry stands in, and the one that is not finished.
    within = {number: _tile_tree(connection, channel_id, number) for number in (index // TILE_LEAVES, finished)}

    def subtree(level: int, place: int) -> bytes:
        if level >= _TILE_LEVEL:
            return above.subtree(level - _TILE_LEVEL, place)
        number, first = divmod(place << level, TILE_LEAVES)
        return within[number].subtree(level, first >> level)

    return inclusion_proof(subtree, index, size)


def _tile_tree(connection: Connection, channel_id: int, number: int) -> Tree:
    entry, first = tables.entry.c, number * TILE_LEAVES
    its_own = (entry.number > first) & (entry.number <= first + TILE_LEAVES)
    leaves = select(entry.leaf_hash).where(entry.channel_id == channel_id, its_own).order_by(entry.number)
    return Tree(connection.scalars(leaves))
