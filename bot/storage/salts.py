"""Salts for the ledger's entries, drawn from the system's chance many at a time."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.ledger import SALT_BYTES

_AT_ONCE = 64


class Salts:
    """Each salt is given out once. Asking the kernel for every single one costs more than hashing with it."""

    def __init__(self, random_bytes: Callable[[int], bytes]) -> None:
        self._random_bytes = random_bytes
        self._waiting: list[bytes] = []

    def draw(self) -> bytes:
        """The next salt, of SALT_BYTES."""
        if not self._waiting:
            drawn = self._random_bytes(SALT_BYTES * _AT_ONCE)
            self._waiting = [drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)]
        return self._waiting.pop()
