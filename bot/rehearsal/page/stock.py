"""How the ledger fills up: per drop what is taken of the supply, by whom last, and when it opens and closes."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.rehearsal.ledger import LedgerUnreadable

POLL_SECONDS = 0.35
_NEWEST = 6
_DROPS = (
    "SELECT key, title, supply, state, paused_at IS NOT NULL AS paused, on_cue, announce_at, opens_at, closes_at, "
    'opened_at FROM "drop" ORDER BY announce_at, key'
)
_TAKEN = "SELECT drop_key, count(*) FROM unit GROUP BY drop_key"
_LAST = (
    "SELECT u.number, i.platform, i.user_id, i.name FROM unit u JOIN identity i ON i.person_id = u.person_id "
    "WHERE u.drop_key = ? GROUP BY u.number ORDER BY u.entry_number DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """The holder of a numbered unit; `name` is the one the ledger knew."""

    number: int
    platform: str
    user: str
    name: str


@dataclass(frozen=True, slots=True)
class Stock:
    """A drop as it stands; instants in microseconds since the epoch (UTC), None where nobody knows yet."""

    key: str
    title: str
    supply: int
    state: str
    paused: bool
    on_cue: bool
    announce_at: int
    opens_at: int | None
    closes_at: int | None
    opened_at: int | None
    taken: int
    newest: tuple[Owner, ...]

    @property
    def word(self) -> str:
        """How it stands, in a word."""
        if self.state == "open":
            return "paused" if self.paused else "open" if self.taken < self.supply else "sold out"
        return "closed" if self.state == "settled" else self.state

    def as_public(self) -> dict[str, Any]:
        """With instants in milliseconds, as browsers count."""
        told = asdict(self) | {"word": self.word}
        for name in ("announce_at", "opens_at", "closes_at", "opened_at"):
            told[name] = None if told[name] is None else told[name] // 1000
        return told | {"newest": [[owner.number, owner.name, owner.platform] for owner in self.newest]}


def read_stock(path: Path) -> tuple[Stock, ...]:
    """Every drop in the ledger file, as it stands at this moment. Raises LedgerUnreadable."""
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=0.2)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            taken = dict(tuple(row) for row in connection.execute(_TAKEN))
            return tuple(
                Stock(
                    **{**dict(row), "paused": bool(row["paused"]), "on_cue": bool(row["on_cue"])},
                    taken=taken.get(row["key"], 0),
                    newest=tuple(Owner(*unit) for unit in connection.execute(_LAST, (row["key"], _NEWEST))),
                )
                for row in connection.execute(_DROPS).fetchall()
            )
    except sqlite3.Error as error:
        raise LedgerUnreadable(f"The ledger {path.name} cannot be read: {error}.") from error


async def watch(ledger: Path, told: Callable[[tuple[Stock, ...]], None]) -> None:
    """Tell of the stock whenever the file has changed, at most a few times a second, until cancelled."""
    before: object = None
    while True:
        now = tuple(_trace(path) for path in (ledger, ledger.with_name(ledger.name + "-wal")))
        if now != before and now[0] is not None:
            # Being made, locked for a moment, or full: the next look tells.
            with contextlib.suppress(LedgerUnreadable):
                told(await asyncio.to_thread(read_stock, ledger))
                before = now
        await asyncio.sleep(POLL_SECONDS)


def _trace(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
