"""Ids in Discord's form: the upper bits are the moment, so a client can read when a thing was made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from bot.stage.record import SECOND

EPOCH_MS = 1_420_070_400_000  # 2015-01-01T00:00:00Z, Discord's own epoch
_LOW_BITS = 22


class Snowflakes:
    """Gives ids that grow strictly, however many are asked for in one millisecond."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        moment = (self._clock() // 1000 - EPOCH_MS) << _LOW_BITS
        self._last = max(moment, self._last + 1)
        return str(self._last)


def created_at(snowflake: str) -> int:
    """The moment inside an id, in microseconds since the epoch (UTC)."""
    return ((int(snowflake) >> _LOW_BITS) + EPOCH_MS) * 1000


def iso(at: int) -> str:
    """Microseconds since the epoch as Discord writes instants."""
    seconds, micros = divmod(at, SECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros).isoformat(timespec="microseconds")
