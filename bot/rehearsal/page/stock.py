"""How the ledger fills up: per drop what is taken of the supply, by whom last, and when it opens and closes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

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
        """As the page draws it; a bar is its name, its count, how full it is in per cent, and both in words."""
        full = round(100 * self.taken / max(1, self.supply), 1)
        return {
            "title": self.title,
            "word": self.word,
            "sum": self.taken,
            "of": f" of {self.supply}",
            "note": "",
            "bars": [["", "", full, f"{self.taken} of {self.supply} taken", ""]],
            "newest": [[owner.number, owner.name] for owner in self.newest],
        }


def read_stocks(connection: sqlite3.Connection) -> tuple[Stock, ...]:
    """All of them, in their order. Raises sqlite3.Error."""
    taken = dict(tuple(row) for row in connection.execute(_TAKEN))
    return tuple(
        Stock(
            **{**dict(row), "paused": bool(row["paused"]), "on_cue": bool(row["on_cue"])},
            taken=taken.get(row["key"], 0),
            newest=tuple(Owner(*unit) for unit in connection.execute(_LAST, (row["key"], _NEWEST))),
        )
        for row in connection.execute(_DROPS).fetchall()
    )
