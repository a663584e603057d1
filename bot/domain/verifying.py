"""Verifying the ledger at night: when it is due, and the note of how far it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.time import Micros, in_zone, to_instant


@dataclass(frozen=True, slots=True)
class NoteVerified:
    """The first `size` entries were found in order, and the tree over them has this root. `whole` tells that all of
    them were looked at, and all tables beside them; else only those since the note before."""

    channel_id: int
    size: int
    root: bytes
    whole: bool


def last_night(now: Micros, at: time, zone: ZoneInfo) -> Micros:
    """The latest instant up to now at which the clocks of `zone` have shown the time `at`."""
    today = in_zone(now, zone).date()
    for days in (0, 1):
        instant, _ = to_instant(datetime.combine(today - timedelta(days=days), at), zone)
        if instant <= now:
            return instant
    return instant


def is_due(verified_at: Micros, now: Micros, at: time | None, zone: ZoneInfo) -> bool:
    """Whether the ledger has to be verified as a whole: not since the last night. `at` is None for never."""
    return at is not None and verified_at < last_night(now, at, zone)
