"""The ledger read from its entries alone, and where the tables beside them say something else."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.storage.checking import Faults, check_bytes
from bot.storage.checking_story import check_story
from bot.storage.entries import read_entries
from bot.storage.fold import fold_entries
from bot.storage.rebuilt import Rebuilt
from bot.storage.sealed import Seals

__all__ = ["BrokenEntry", "Rebuilt", "differences", "rebuild"]


class BrokenEntry(Exception):
    """An entry that does not hold, in words."""


def rebuild(connection: Connection, channel_id: int) -> Rebuilt:
    """Fold every entry of the channel, in order. Raises BrokenEntry at the first one that does not hold."""

    def stop(number: int, fault: str) -> None:
        raise BrokenEntry(f"entry {number}: {fault}")

    seals = Seals(connection, channel_id)
    for rows in read_entries(connection, channel_id):
        seals.check(rows, stop)
    return fold_entries(connection, channel_id, stop)


def differences(connection: Connection, channel_id: int) -> list[str]:
    """Everything that is wrong with the channel's ledger, in words; empty when entries, log and tables agree."""
    faults = Faults()
    check_bytes(connection, channel_id, faults)
    check_story(connection, channel_id, faults)
    return [fault.words for fault in faults.in_order()]
