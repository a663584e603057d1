"""How often and how long one may speak and ask: send budgets, repeated lines, lengths, and Helix's points."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Callable

from bot.stage.record import SECOND

CHARACTERS_MAX = 500
WINDOW_SECONDS = 30
SENDS_MAX = 20
SENDS_MAX_AS_MODERATOR = 100
SENDS_A_SECOND_MAX = 1
ANNOUNCEMENT_SECONDS = 2
HELIX_POINTS_MAX = 800
HELIX_POINTS_SECONDS = 60


def length(text: str) -> int:
    """The length Twitch counts: code points, with runs of white space as one."""
    return len(" ".join(text.split()))


class Recent:
    """Values seen within the last `seconds`, oldest first."""

    def __init__(self, clock: Callable[[], int], seconds: int) -> None:
        self._clock = clock
        self._span = seconds * SECOND
        self._seen: deque[tuple[int, str]] = deque()

    def _forget(self) -> None:
        oldest = self._clock() - self._span
        while self._seen and self._seen[0][0] <= oldest:
            self._seen.popleft()

    def add(self, value: str = "") -> None:
        self._seen.append((self._clock(), value))

    def __len__(self) -> int:
        self._forget()
        return len(self._seen)

    def count_within(self, seconds: float) -> int:
        """How many of the newest are no older than `seconds`."""
        oldest = self._clock() - round(seconds * SECOND)
        return sum(1 for _ in itertools.takewhile(lambda each: each[0] > oldest, reversed(self._seen)))

    def __contains__(self, value: str) -> bool:
        self._forget()
        return any(text == value for _, text in self._seen)


class Points:
    """One bucket of Helix points: each request takes one, and they come back evenly over a minute."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._left = float(HELIX_POINTS_MAX)
        self._asked_at = clock()

    def take(self) -> bool:
        """Whether there was a point left for one more request."""
        self._refill()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    @property
    def left(self) -> int:
        return int(self._left)

    @property
    def full_at(self) -> int:
        """When the bucket is full again, in seconds since the epoch."""
        missing = HELIX_POINTS_MAX - self._left
        return self._clock() // SECOND + math.ceil(missing * HELIX_POINTS_SECONDS / HELIX_POINTS_MAX)

    def _refill(self) -> None:
        now = self._clock()
        back = (now - self._asked_at) / SECOND * HELIX_POINTS_MAX / HELIX_POINTS_SECONDS
        # A clock that was put back gives nothing and takes nothing.
        self._left = min(float(HELIX_POINTS_MAX), self._left + max(0.0, back))
        self._asked_at = now
