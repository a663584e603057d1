"""Claim codes that were shown in chat: void at once, told to whoever did it, and made anew for whom they were."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

from bot.domain.answers import TryAgain
from bot.domain.codes import Issue
from bot.services.codes import Codes
from bot.storage.signing import KeyFileBroken
from bot.wording.catalogue import Wording
from bot.wording.codes import burned_line

log = structlog.get_logger(__name__)

AGAIN_SECONDS = 0.5


class SaysNow(Protocol):
    """Who speaks in chat. See bot.services.telling.Telling."""

    def say_now(self, text: str) -> None:
        """Say something ahead of the answers."""


class SpilledCodes:
    """Works off what `codes` has noted, in the order in which chat was heard."""

    def __init__(self, codes: Codes, telling: SaysNow, words: Wording) -> None:
        self._codes = codes
        self._telling = telling
        self._words = words

    async def run(self) -> None:
        """Void what is shown, for ever; cancel to stop."""
        while True:
            actor, digests = await self._codes.spilled.get()
            burned = await self._burned(digests)
            if burned:
                own = any(issue.audience for issue in burned)
                self._telling.say_now(burned_line(self._words, actor.name, own=own))

    async def _burned(self, digests: tuple[bytes, ...]) -> tuple[Issue, ...]:
        while True:
            try:
                return await self._codes.burn(digests)
            except TryAgain:
                # Everybody has read it: it must not stay good because the disk was busy.
                await asyncio.sleep(AGAIN_SECONDS)
            except KeyFileBroken as broken:
                log.critical("a claim code that was shown in chat cannot be replaced", reason=str(broken))
                return ()
