"""How far the running program has verified the ledger: noted by the lane, read by whoever verifies next."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, insert, select, update

from bot.domain.time import Micros
from bot.domain.verifying import NoteVerified
from bot.storage import tables

if TYPE_CHECKING:
    from bot.storage.batch import Batch
    from bot.storage.database import Reads


PROGRAM = (sys.executable, "-m", "bot.storage.verify")


class NotVerified(Exception):
    """The ledger could not be looked at: one clause that says why."""


@dataclass(frozen=True, slots=True)
class ShortCheck:
    """What the running program needs of a check: how many entries there were and the root over them, as far as
    there is one; the first faults in words, and how many there are."""

    entries: int
    root: bytes | None
    faults: tuple[str, ...]
    fault_count: int


class VerifiedNote(NamedTuple):
    """The tree over the first `size` entries had this root; `at` is when all was last looked at, 0 for never."""

    size: int
    root: bytes
    at: Micros


def handle(batch: Batch, command: NoteVerified, moment: Micros) -> None:
    verified = tables.verified
    before = read_verified(batch.connection, batch.channel_id)
    at = moment if command.whole else 0 if before is None else before.at
    values = {"size": command.size, "root": command.root, "at": at}
    if before is None:
        batch.connection.execute(insert(verified), {"channel_id": batch.channel_id, **values})
        return
    if before.size > command.size:
        # A whole check takes its time; whoever looked at the newest entries meanwhile has got further.
        values = {"at": at}
    batch.connection.execute(update(verified).where(verified.c.channel_id == batch.channel_id), values)


def read_verified(connection: Connection, channel_id: int) -> VerifiedNote | None:
    """The note, None before the first one."""
    verified = tables.verified.c
    query = select(verified.size, verified.root, verified.at).where(verified.channel_id == channel_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else VerifiedNote(*row)


def cut_off(size: int, verified: VerifiedNote | None) -> str | None:
    """What to say where the ledger ends before an entry that was verified once; None where it does not."""
    if verified is None or size >= verified.size:
        return None
    return f"entry {size + 1}: missing, the ledger had {verified.size} entries when it was verified before"


async def last_whole_check(reads: Reads, channel_id: int) -> Micros:
    """When all of the ledger was last verified; 0 for never."""
    return await reads.scalar(select(tables.verified.c.at).where(tables.verified.c.channel_id == channel_id)) or 0
