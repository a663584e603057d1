"""Exports a drop that has closed as files with which everybody can check it."""

from __future__ import annotations

from collections.abc import Callable

from bot.storage.database import Reads
from bot.storage.export import read_bundle
from bot.wording.cards import CardFile

BUNDLE_ENDING = ".microdrops.txt"
PAGE_NAME = "verify.html"


class Exporting:
    """The files of ports.ResultsFiles; `page` gives the browser's verifier."""

    def __init__(self, reads: Reads, channel_id: int, page: Callable[[], bytes]) -> None:
        self._reads = reads
        self._channel_id = channel_id
        self._page = page

    async def __call__(self, drop: str) -> tuple[CardFile, ...]:
        """The drop's bundle, then the page that checks it. Raises NotExported, OperationalError."""
        bundle = await self._reads.consult(lambda ledger: read_bundle(ledger, self._channel_id, drop).encode())
        return CardFile(f"{drop}{BUNDLE_ENDING}", bundle), CardFile(PAGE_NAME, self._page())
