"""Which lines in chat are the bot's own: known by message id, never by who seems to speak.

One account may be streamer and bot. What it types by hand is a command; what we sent is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from cachetools import TTLCache

_REMEMBERED_SECONDS = 600.0


class OwnLines:
    """Twitch may echo a line before it answers the request that sent it, so sends under way count too."""

    def __init__(self) -> None:
        self._ids: TTLCache[str, bool] = TTLCache(maxsize=4096, ttl=_REMEMBERED_SECONDS)
        self._unanswered: TTLCache[str, bool] = TTLCache(maxsize=256, ttl=_REMEMBERED_SECONDS)
        # What Twitch's own echo of our lines says of our rank; it decides how many lines we may send.
        self.as_moderator = False
        self._under_way = 0
        self._settled = asyncio.Event()
        self._settled.set()

    @contextmanager
    def sending(self, text: str) -> Iterator[None]:
        """Around one request. Until it ends nobody can tell whose an echoed line is."""
        self._under_way += 1
        self._settled.clear()
        self._unanswered[text] = True
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._settled.set()

    def sent(self, text: str, message_id: str) -> None:
        """Twitch has answered: from now on the id tells."""
        self._ids[message_id] = True
        self._unanswered.pop(text, None)

    def dropped(self, text: str) -> None:
        """Twitch has refused the line, so no echo of it can come."""
        self._unanswered.pop(text, None)

    @property
    def is_settled(self) -> bool:
        return self._settled.is_set()

    async def settle(self) -> None:
        """Wait until no request is under way."""
        await self._settled.wait()

    def is_own(self, message_id: str, text: str) -> bool:
        """Ask when settled. A line whose request got no answer is recognised by its text, once."""
        if message_id in self._ids:
            return True
        if text in self._unanswered:
            del self._unanswered[text]
            self._ids[message_id] = True
            return True
        return False
