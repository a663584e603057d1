"""How often and how long one may speak: the send budget, repeated lines and the length of a line."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from bot.stage.twitch.model import SECOND

CHARACTERS_MAX = 500
WINDOW_SECONDS = 30
SENDS_MAX = 20
SENDS_MAX_AS_MODERATOR = 100


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

    def __contains__(self, value: str) -> bool:
        self._forget()
        return any(text == value for _, text in self._seen)
