"""Puts the results of a drop under its final card, which never waits for them in vain."""

from __future__ import annotations

import asyncio

import structlog

from bot.domain.publishing import Publishing
from bot.services.ports import BoardSender, ResultsFiles, SendRefused
from bot.wording.cards import Card, CardFile
from bot.wording.catalogue import Wording
from bot.wording.results import with_results

log = structlog.get_logger(__name__)

MAKING_SECONDS_MAX = 60.0


async def no_files(drop: str) -> tuple[CardFile, ...]:
    """For whoever has no ledger to export."""
    return ()


class Results:
    """`make` exports what a drop's final card has attached."""

    def __init__(self, words: Wording, publishing: Publishing, make: ResultsFiles = no_files) -> None:
        self._words = words
        self._publishing = publishing
        self._make = make
        # While Discord is away a card is tried again and again; its files are made once.
        self._made: tuple[str, tuple[CardFile, ...]] = ("", ())

    async def post(self, board: BoardSender, place: str, card: Card, *, drop: str, nonce: str) -> str:
        """Post a final card with its files, or without them if Discord does not take them. See BoardSender.post."""
        if nonce != self._made[0]:
            self._made = (nonce, await self._files(drop))
        full = with_results(self._words, card, self._made[1], self._publishing.url)
        try:
            return await board.post(place, full, nonce=nonce)
        except SendRefused as refused:
            if not full.files or refused.retry_after_seconds is not None:
                raise
            # Most often the bot lacks the permission to attach files; everybody is told of the close all the same.
            log.warning("Discord takes the final card without its files only", drop=drop, reason=refused.reason)
            bare = with_results(self._words, card, (), self._publishing.url)
            return await board.post(place, bare, nonce=nonce)

    async def _files(self, drop: str) -> tuple[CardFile, ...]:
        if not self._publishing.attach:
            return ()
        try:
            async with asyncio.timeout(MAKING_SECONDS_MAX):
                return await self._make(drop)
        except Exception:
            log.exception("the results cannot be exported; the final card goes out without them", drop=drop)
            return ()
