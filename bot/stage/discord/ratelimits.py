"""Rate limits as Discord counts them: buckets with a fixed window, told in the headers of every answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from bot.stage.record import SECOND


class Limit(NamedTuple):
    requests: int
    seconds: float


@dataclass(slots=True)
class _Window:
    ends_at: int
    left: int


class Taken(NamedTuple):
    """`retry_after` is None when the request may pass, else seconds until the window ends."""

    headers: dict[str, str]
    retry_after: float | None


GLOBAL = Limit(50, 1.0)
# The platform does not tell its number; this is a cautious guess.
OLD_EDITS = Limit(30, 3600.0)


class RateLimits:
    """Counts requests per bucket and major parameter; `enforced` False keeps the headers and refuses nothing."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}
        self.enforced = True

    def take_global(self) -> float | None:
        """Count a request of the bot, whatever its bucket; seconds to wait when it is one too many."""
        return self.take("global", "", GLOBAL).retry_after

    def take(self, bucket: str, major: str, limit: Limit) -> Taken:
        now = self._clock()
        window = self._windows.get((bucket, major))
        if window is None or window.ends_at <= now:
            window = self._windows[bucket, major] = _Window(now + int(limit.seconds * SECOND), limit.requests)
        refused = self.enforced and window.left <= 0
        # Without enforcement one request is always left, or a client would wait by itself.
        window.left = max(window.left - 1, 0 if self.enforced else 1)
        left_seconds = (window.ends_at - now) / SECOND
        headers = {
            "X-RateLimit-Limit": str(limit.requests),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{window.ends_at / SECOND:.3f}",
            "X-RateLimit-Reset-After": f"{left_seconds:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(bucket.encode(), usedforsecurity=False).hexdigest(),
        }
        return Taken(headers, left_seconds if refused else None)
