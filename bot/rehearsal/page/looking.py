"""How drops and polls stand in the ledger of a play, looked up beside the bot that writes it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.rehearsal.ledger import LedgerUnreadable
from bot.rehearsal.page.poll_box import PollBox, read_polls
from bot.rehearsal.page.stock import Stock, read_stocks

LOOK_SECONDS = 0.35


@dataclass(frozen=True, slots=True)
class Standing:
    """Drops in the order in which they are announced, and polls with the newest first."""

    stocks: tuple[Stock, ...] = ()
    polls: tuple[PollBox, ...] = ()

    def as_public(self) -> list[dict[str, Any]]:
        """As the page draws them, polls first."""
        return [*(poll.as_public() for poll in self.polls), *(stock.as_public() for stock in self.stocks)]


def read_standing(path: Path) -> Standing:
    """Everything as it stands at this moment. Raises LedgerUnreadable."""
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=0.2)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            return Standing(read_stocks(connection), read_polls(connection))
    except sqlite3.Error as error:
        raise LedgerUnreadable(f"The ledger {path.name} cannot be read: {error}.") from error


async def watch(ledger: Path, told: Callable[[Standing], None]) -> None:
    """Tell how all stands whenever the file has changed, at most a few times a second, until cancelled."""
    before: object = None
    while True:
        now = tuple(_trace(path) for path in (ledger, ledger.with_name(ledger.name + "-wal")))
        if now != before and now[0] is not None:
            # Being made, locked for a moment, or full: the next look tells.
            with contextlib.suppress(LedgerUnreadable):
                told(await asyncio.to_thread(read_standing, ledger))
                before = now
        await asyncio.sleep(LOOK_SECONDS)


def _trace(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
