"""A whole ledger checked as of one moment, also beside its running bot; a large one by two processes.

As a program, `python -m bot.storage.verify`, it is told on its standard input what to check, in JSON (an address
may have a password in it, which no list of processes is to show), and answers in a line of JSON."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import URL, Connection, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

import migrations
from bot.domain.checkpoint import Checkpoint, NoteRefused, read_checkpoint
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.checking import Fault, Faults, check_bytes, size_of
from bot.storage.checking_story import check_story
from bot.storage.database import snapshot
from bot.storage.sealed import name_of
from bot.storage.verified import NotVerified, ShortCheck
from bot.storage.verify_helper import Helper

# Below it, a second process is only just awake when the first one is done.
SHARED_FROM = 30_000
FAULTS_TOLD = 10

_OF_CHANNELS = tuple(table for table in tables.metadata.sorted_tables if table is not tables.channel)
# The lowest channel and the highest that each of these has rows of.
_ENDS = select(
    *(select(end(table.c.channel_id)).scalar_subquery() for table in _OF_CHANNELS for end in (func.min, func.max))
)

Progress = Callable[[int, int], object]
"""Told now and then how much is done, of how much."""


@dataclass(frozen=True, slots=True)
class VerifiedChannel:
    """What was looked at of one channel. `root` is that of the tree over all entries, None where there is none;
    `key` signs the log, "" where nothing was ever signed. `checkpoints` are those that can be read, by size."""

    id: int
    name: str
    entries: int
    units: int
    tiles: int
    key: str
    root: bytes | None
    checkpoints: tuple[Checkpoint, ...]
    last_at: Micros


@dataclass(frozen=True, slots=True)
class Verified:
    """What a whole check came to. Of very many faults only the first are in `faults`; `fault_count` counts all."""

    channels: tuple[VerifiedChannel, ...]
    faults: tuple[Fault, ...]
    fault_count: int

    @property
    def holds(self) -> bool:
        return not self.fault_count


def told(faults: Faults, entries: int, root: bytes | None) -> ShortCheck:
    """The check in short."""
    first = tuple(fault.words for fault in faults.in_order()[:FAULTS_TOLD])
    return ShortCheck(entries, root, first, faults.count)


def _unseen(_done: int, _total: int) -> None:
    """The progress that nobody looks at."""


def verify_ledger(url: URL, *, share: bool = True, progress: Progress = _unseen) -> Verified:
    """Check everything in a ledger that entries and log can prove. With `share` a second process may help. Raises
    NotVerified."""
    try:
        return _verify(url, share=share, progress=progress)
    except UnicodeDecodeError:
        # A text that is none any more: slower, and every row can be read.
        return _verify(url, share=False, progress=progress, any_text=True)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        if "decode" in reason.casefold():
            return _verify(url, share=False, progress=progress, any_text=True)
        raise NotVerified(f"the ledger cannot be read ({reason})") from None


def check_layout(connection: Connection) -> None:
    """Raises NotVerified for anything but a ledger as this version lays it out."""
    try:
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise NotVerified(f"this is no ledger of Microdrops ({reason})") from None
    if revision != migrations.HEAD:
        older = revision is not None and revision < migrations.HEAD
        cure = "`microdrops run` brings it up to date" if older else "install the version that has written it"
        raise NotVerified(f"the ledger is of {'an older' if older else 'another'} version: {cure}")


def _verify(url: URL, *, share: bool, progress: Progress, any_text: bool = False) -> Verified:
    with snapshot(url, any_text=any_text) as connection:
        check_layout(connection)
        return verify_connection(connection, progress=progress, helper_at=url if share else None)


def verify_connection(
    connection: Connection, *, progress: Progress = _unseen, helper_at: URL | None = None
) -> Verified:
    """Check everything that the connection sees. For a large ledger a second process opens `helper_at`."""
    faults = Faults()
    ids = list(connection.scalars(select(tables.channel.c.id).order_by(tables.channel.c.id)))
    for words in _strangers(connection, ids):
        faults.say(0, words)
    sizes = {channel_id: size_of(connection, channel_id) for channel_id in ids}
    total, done = 2 * sum(sizes.values()), 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(min(done, total), total)

    channels = []
    for channel_id, size in sizes.items():
        checked, root, large = False, None, size >= SHARED_FROM
        helping = Helper(helper_at, channel_id, size, count) if large and helper_at is not None else nullcontext()
        with helping as helper:
            rebuilt = check_story(connection, channel_id, faults, done=count)
            if helper is not None:
                checked, root = helper.result(faults)
        if not checked:
            root = check_bytes(connection, channel_id, faults, upto=size, done=count)
        channels.append(_looked_at(connection, channel_id, size, sum(map(len, rebuilt.owners.values())), root))
    return Verified(tuple(channels), tuple(faults.in_order()), faults.count)


def _looked_at(
    connection: Connection, channel_id: int, entries: int, units: int, root: bytes | None
) -> VerifiedChannel:
    tile, channel = tables.tile.c, tables.channel.c
    tiles = connection.scalar(select(func.count()).where(tile.channel_id == channel_id)) or 0
    key = connection.scalar(select(channel.log_key).where(channel.id == channel_id)) or ""
    entry = tables.entry.c
    last_at = connection.scalar(select(entry.at).where(entry.channel_id == channel_id, entry.number == entries))
    name = name_of(connection, channel_id)
    checkpoints = tuple(_checkpoints(connection, channel_id))
    return VerifiedChannel(channel_id, name, entries, units, tiles, key, root, checkpoints, last_at or 0)


def _checkpoints(connection: Connection, channel_id: int) -> Iterator[Checkpoint]:
    """Those that were signed, as far as they can be read: whether they hold is found out elsewhere."""
    checkpoint = tables.checkpoint.c
    notes = select(checkpoint.note).where(checkpoint.channel_id == channel_id).order_by(checkpoint.size)
    for note in connection.scalars(notes):
        try:
            yield read_checkpoint(note.rpartition("\n\n")[0] + "\n")
        except NoteRefused:
            continue


def _strangers(connection: Connection, ids: list[int]) -> Iterator[str]:
    """Rows of channels that there are not: nothing that looks at a channel would ever find them."""
    ends = iter(connection.execute(_ENDS).one())
    for table in _OF_CHANNELS:
        # The ends of an index are found at once; only where they are strange every row is looked at.
        if {next(ends), next(ends)} <= {*ids, None} and len(ids) == 1:
            continue
        for channel_id in connection.scalars(select(table.c.channel_id).distinct()):
            if channel_id not in ids:
                yield f"{table.name}: it has rows of channel {channel_id}, which there is not"


def main(order: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    """Check, and say what came of it."""
    # Nothing here goes round in circles, and millions of rows would be looked through for it in vain.
    gc.disable()
    url = make_url(order["url"])
    if hasattr(os, "nice"):
        os.nice(10)  # the bot goes first
    say(_whole(url, order["whole"]))


def _whole(url: URL, channel_id: int) -> dict[str, Any]:
    try:
        verified = verify_ledger(url, share=False)
    except NotVerified as why:
        return {"failed": str(why)}
    channel = next((each for each in verified.channels if each.id == channel_id), None)
    root = None if channel is None or channel.root is None else channel.root.hex()
    faults = [fault.words for fault in verified.faults[:FAULTS_TOLD]]
    entries = 0 if channel is None else channel.entries
    return {"entries": entries, "root": root, "faults": faults, "fault_count": verified.fault_count}


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(orjson.loads(sys.stdin.buffer.read()), _say)
