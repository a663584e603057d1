"""Draws that anybody can repeat: chance from a secret seed that was committed to before it mattered."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import TypeVar

from bot.domain.ledger import Part, canonical_bytes

SEED_BYTES = 32

_COMMITTED = b"drop-commit-v1|"
_WORD_BYTES = 8
_WORDS = 1 << 8 * _WORD_BYTES
# A counter of so many bytes never comes round.
_COUNTER_BYTES = 8

T = TypeVar("T")


class Stream:
    """Numbers drawn from a seed: HMAC-SHA256(seed, label | counter), counted from 0, read as 64-bit words.

    Streams of different labels tell nothing of each other, so one seed serves for several draws. Unlike the
    standard library's generator it is the same in every version and every language."""

    def __init__(self, seed: bytes, label: str) -> None:
        if len(seed) != SEED_BYTES:
            raise ValueError(f"a seed has {SEED_BYTES} bytes")
        self._seed = seed
        self._label = label.encode() + b"|"
        self._counter = 0
        self._words: list[int] = []

    def below(self, end: int) -> int:
        """A number from 0 to `end` - 1, each as likely as any other. Raises ValueError where there is none."""
        if not 1 <= end <= _WORDS:
            raise ValueError(f"a number below {end} cannot be drawn")
        # The words past the last full round would make the first numbers likelier: these are drawn again.
        unfair = _WORDS - _WORDS % end
        while (word := self._word()) >= unfair:
            pass
        return word % end

    def _word(self) -> int:
        if not self._words:
            message = self._label + self._counter.to_bytes(_COUNTER_BYTES, "big")
            block = hmac.digest(self._seed, message, hashlib.sha256)
            starts = range(0, len(block), _WORD_BYTES)
            self._words = [int.from_bytes(block[at : at + _WORD_BYTES], "big") for at in reversed(starts)]
            self._counter += 1
        return self._words.pop()


def shuffled(items: Iterable[T], stream: Stream) -> tuple[T, ...]:
    """The items in an order of which every one is as likely as any other (Fisher and Yates, from the end)."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = stream.below(last + 1)
        order[last], order[other] = order[other], order[last]
    return tuple(order)


def commitment(seed: bytes, table: Part) -> str:
    """What is published before a draw: SHA-256("drop-commit-v1|" seed "|" canonical JSON), as hex.

    `table` says what is drawn for, so that the seed cannot be used for something else afterwards."""
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes")
    return hashlib.sha256(_COMMITTED + seed + b"|" + canonical_bytes(table)).hexdigest()


def is_revealed(published: str, seed: bytes, table: Part) -> bool:
    """Whether a seed that is shown afterwards is the one that was committed to before, for this very table."""
    return len(seed) == SEED_BYTES and hmac.compare_digest(published.encode(), commitment(seed, table).encode())


def tie_table(poll: str, options: int) -> Part:
    """What the commitment to a poll's tie order is about: its key and how many options it has."""
    return {"poll": poll, "options": options, "draw": "ties"}


def tie_order(seed: bytes, poll: str, options: int) -> tuple[int, ...]:
    """The options' numbers, from 1, in the order that decides ties in this poll: of those that are level, the
    first in it wins, and the last in it goes."""
    return shuffled(range(1, options + 1), Stream(seed, f"ties|{poll}"))
