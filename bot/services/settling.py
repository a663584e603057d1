"""Whoever asked for what had to be looked into waits here for what came of it."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from cachetools import TTLCache

from bot.domain.answers import Answer
from bot.domain.people import Account
from bot.domain.time import MINUTE
from bot.services.ports import Clock

_SETTLED_LATELY = MINUTE
_PEOPLE_MAX = 10_000

Decision = TypeVar("Decision")


class Settling(Generic[Decision]):
    """By person and by what it was about. `clock` never jumps."""

    def __init__(self, clock: Clock) -> None:
        self._waiting: dict[tuple[Account, str], list[asyncio.Future[Answer[Decision]]]] = {}
        # In case that somebody begins to wait only now.
        self._lately: TTLCache[tuple[Account, str], Answer[Decision]] = TTLCache(
            _PEOPLE_MAX, _SETTLED_LATELY, timer=clock.now
        )

    async def wait(self, account: Account, about: str, answer: Answer[Decision], *, seconds: float) -> Decision:
        """What has come of it within so many seconds: the answer that there was, if nothing."""
        key = (account, about)
        settled = self._lately.get(key)
        if settled is not None and settled.at >= answer.at:
            return settled.decision
        coming: asyncio.Future[Answer[Decision]] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(coming)
        try:
            async with asyncio.timeout(seconds):
                return (await coming).decision
        except TimeoutError:
            return answer.decision
        finally:
            others = [each for each in self._waiting.pop(key, []) if each is not coming]
            if others:
                self._waiting[key] = others

    def settled(self, account: Account, about: str, answer: Answer[Decision]) -> None:
        """This is what came of it."""
        key = (account, about)
        self._lately[key] = answer
        for coming in self._waiting.pop(key, ()):
            if not coming.done():
                coming.set_result(answer)
