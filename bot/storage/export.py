"""What strangers may have of the ledger: a drop's bundle. It reads only, also beside a running bot."""

from __future__ import annotations

import difflib

import orjson
from sqlalchemy import Connection, func, select

from bot.domain.bundle import Hidden, bundle_end, write_bundle
from bot.domain.ledger import names_drop
from bot.domain.transparency import LOG_KEY, TILE_LEAVES, KeyChange, TileFrontier
from bot.storage import tables
from bot.storage.entries import read_pieces

_SIMILAR_MAX = 3


class NotExported(Exception):
    """Why there is no bundle, as a sentence without its full stop."""


def read_bundle(connection: Connection, channel_id: int, drop: str) -> str:
    """The bundle of a drop as docs/verifying.md has it, without anything private. Raises NotExported.

    What it reads is never changed once written, and where it ends is decided first: a bot that goes on meanwhile
    makes no difference."""
    entry = tables.entry.c
    its = connection.execute(
        select(func.min(entry.number), func.max(entry.number)).where(
            entry.channel_id == channel_id, entry.drop_key == drop
        )
    ).one()
    if not drop or its[0] is None:
        raise NotExported(_unknown(connection, channel_id, drop))
    first, last = its
    notes = _notes(connection, channel_id, after=first - 1)
    told = _told(connection, channel_id)
    if drop not in told:
        raise NotExported(f"{drop} was not announced yet, and a bundle would tell of it")
    end = bundle_end(last, sorted(notes))
    if end is None or told[drop] > end:
        raise NotExported(f"nothing of {drop} is under a checkpoint yet: the first start of this version signs one")
    # Polls and nights are announced with their first entry: only of drops there are secrets.
    shown = {key for key, announced in told.items() if announced <= end}
    rows = select(entry.drop_key, entry.canonical, entry.leaf_hash).where(
        entry.channel_id == channel_id, entry.number >= first, entry.number <= end
    )
    return write_bundle(
        drop,
        key=_first_key(connection, channel_id, min(notes)),
        before=first - 1,
        peaks=_peaks(connection, channel_id, first - 1),
        entries=(
            canonical if key in shown or not names_drop(key) else Hidden(leaf)
            for piece in read_pieces(connection, rows.order_by(entry.number))
            for key, canonical, leaf in piece
        ),
        notes=notes,
    )


def _notes(connection: Connection, channel_id: int, *, after: int) -> dict[int, str]:
    checkpoint = tables.checkpoint.c
    query = select(checkpoint.size, checkpoint.note)
    rows = connection.execute(query.where(checkpoint.channel_id == channel_id, checkpoint.size > after))
    return {row.size: row.note for row in rows}


def _told(connection: Connection, channel_id: int) -> dict[str, int]:
    """The drops that were announced, each with the entry that did it."""
    entry = tables.entry.c
    announced = select(entry.drop_key, func.min(entry.number)).where(
        entry.channel_id == channel_id, entry.kind == "drop.announced"
    )
    return {row[0]: row[1] for row in connection.execute(announced.group_by(entry.drop_key))}


def _first_key(connection: Connection, channel_id: int, size: int) -> str:
    """Whose signature the checkpoint of that size carries first: where a key hands over, that of the old one."""
    entry = tables.entry.c
    changes = connection.execute(
        select(entry.number, entry.canonical)
        .where(entry.channel_id == channel_id, entry.kind == LOG_KEY, entry.number <= size)
        .order_by(entry.number.desc())
        .limit(2)
    ).all()
    if not changes:
        raise NotExported("the log has checkpoints, but no key of its own")
    newest = orjson.loads(changes[0].canonical)["public"]
    hands_over = changes[0].number == size and newest["why"] == KeyChange.ROTATED
    if hands_over and len(changes) > 1:
        return str(orjson.loads(changes[1].canonical)["public"]["key"])
    return str(newest["key"])


def _peaks(connection: Connection, channel_id: int, before: int) -> tuple[bytes, ...]:
    """The roots of the perfect subtrees over the first `before` entries: from the tiles, and some leaves."""
    entry, tile, finished = tables.entry.c, tables.tile.c, before // TILE_LEAVES
    roots = connection.scalars(
        select(tile.root).where(tile.channel_id == channel_id, tile.number < finished).order_by(tile.number)
    ).all()
    leaves = connection.scalars(
        select(entry.leaf_hash)
        .where(entry.channel_id == channel_id, entry.number > finished * TILE_LEAVES, entry.number <= before)
        .order_by(entry.number)
    ).all()
    if len(roots) != finished or finished * TILE_LEAVES + len(leaves) != before:
        raise NotExported("the log's tree is not whole: `microdrops verify` says what is wrong")
    return TileFrontier(roots, leaves).peaks


def _unknown(connection: Connection, channel_id: int, drop: str) -> str:
    known = sorted(_told(connection, channel_id))
    near = difflib.get_close_matches(drop, known, n=_SIMILAR_MAX, cutoff=0.5)
    if near:
        return f"there is no drop {drop!r}; did you mean {' or '.join(near)}?"
    return f"there is no drop {drop!r}; announced so far: {', '.join(known) or 'none'}"
