"""The other half of checking a channel: what its entries amount to."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.storage.checking import Done, Faults
from bot.storage.entries import read_entry_bytes
from bot.storage.fold import Folding
from bot.storage.in_step import InStep
from bot.storage.projections import row_differences
from bot.storage.rebuilt import Rebuilt
from bot.storage.verified import cut_off, read_verified
from bot.storage.verify_log import log_differences


def check_story(connection: Connection, channel_id: int, faults: Faults, *, done: Done = lambda _: None) -> Rebuilt:
    """Check what the entries amount to, against every table that projects them. Returns what they amount to."""
    folding = Folding(faults.note)
    beside = InStep(connection, channel_id, folding)
    for rows in read_entry_bytes(connection, channel_id):
        folding.add(rows, beside.settle)
        done(len(rows))
    units, answers = beside.left_over()
    rebuilt = folding.end()
    for entry, words in log_differences(connection, channel_id, rebuilt):
        faults.say(entry, words)
    if fault := cut_off(rebuilt.entries, read_verified(connection, channel_id)):
        faults.say(rebuilt.entries, fault)
    for words in row_differences(connection, channel_id, rebuilt, units, answers):
        faults.say(0, words)
    return rebuilt
