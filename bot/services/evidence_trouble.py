"""Tells the moderators that a platform does not let us ask what a gate wants to know."""

from __future__ import annotations

import hashlib

from bot.domain.announcing import DISCORD_MODERATORS
from bot.domain.entitlements import Source
from bot.domain.time import Micros
from bot.services.ports import BoardSender, Clock
from bot.wording.catalogue import Wording
from bot.wording.evidence import refused_card


class EvidenceTrouble:
    """`board` is None where there is no Discord: then the log alone tells."""

    def __init__(self, board: BoardSender | None, words: Wording, clock: Clock) -> None:
        self._board = board
        self._words = words
        self._clock = clock

    async def refused(self, source: Source, platform: str, reason: str) -> None:
        """Post the card. Raises PlaceDown and SendRefused."""
        if self._board is not None:
            card = refused_card(self._words, source, platform, reason)
            await self._board.post(DISCORD_MODERATORS, card, nonce=_nonce(source, platform, self._clock.now()))


def _nonce(source: Source, platform: str, now: Micros) -> str:
    """Of at most 25 characters."""
    return f"gate-{hashlib.blake2b(f'{source} {platform} {now}'.encode(), digest_size=10).hexdigest()}"
