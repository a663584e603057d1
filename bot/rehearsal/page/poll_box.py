"""How the polls of a play stand: what each option has by now, how many people voted, and when it closes."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_POLLS = (
    "SELECT key, plan, state, paused_at IS NOT NULL AS paused, closes_at, result FROM poll "
    "ORDER BY opened_at DESC, key"
)
_BALLOTS = "SELECT poll_key, choice, weight FROM ballot"


@dataclass(frozen=True, slots=True)
class PollBox:
    """A poll as it stands. `closes_at` in microseconds since the epoch (UTC); `counts` has votes, or points, by
    option, the first choices where options are ranked; None where nobody may see them."""

    key: str
    question: str
    options: tuple[str, ...]
    word: str
    closes_at: int
    people: int
    counts: tuple[int, ...] | None
    winner: int | None = None

    @property
    def is_open(self) -> bool:
        return self.word in ("open", "paused")

    def as_public(self) -> dict[str, Any]:
        """As the page draws it, in the shape of a drop's."""
        return {
            "title": self.question,
            "word": self.word,
            "sum": self.people,
            "of": " voted",
            "note": "The counts are shown at the close." if self.counts is None and self.is_open else "",
            "bars": [self._bar(number, option) for number, option in enumerate(self.options, 1)],
            "newest": [],
        }

    def _bar(self, number: int, option: str) -> list[Any]:
        if self.counts is None:
            return [option, "", 0, f"{option}: not shown", ""]
        amount = self.counts[number - 1]
        full = round(100 * amount / max(1, *self.counts), 1)
        return [option, amount, full, f"{amount} for {option}", "won" if number == self.winner else ""]


def read_polls(connection: sqlite3.Connection) -> tuple[PollBox, ...]:
    """All of them, the newest first. Raises sqlite3.Error."""
    ballots = defaultdict(list)
    for key, choice, weight in connection.execute(_BALLOTS):
        ballots[key].append((json.loads(choice), weight))
    return tuple(_box(dict(row), ballots[row["key"]]) for row in connection.execute(_POLLS).fetchall())


def _box(row: dict[str, Any], ballots: list[tuple[list[Any], int]]) -> PollBox:
    plan, result = json.loads(row["plan"]), json.loads(row["result"] or "{}")
    is_open = row["state"] == "open"
    is_secret = plan["hidden"] and row["state"] != "closed"
    options = tuple(map(str, plan["options"]))
    amounts = _amounts(str(plan["method"]), ballots)
    return PollBox(
        key=row["key"],
        question=str(plan["question"]),
        options=options,
        word="paused" if is_open and row["paused"] else row["state"],
        closes_at=row["closes_at"],
        people=len(ballots),
        counts=None if is_secret else tuple(amounts[number] for number, _ in enumerate(options, 1)),
        winner=result.get("winner"),
    )


def _amounts(method: str, ballots: Iterable[tuple[list[Any], int]]) -> Counter[int]:
    found: Counter[int] = Counter()
    for choice, weight in ballots:
        named = choice[:1] if method == "ranked" else choice
        for each in named:
            option, points = each if isinstance(each, list) else (each, 1)
            found[option] += points * weight
    return found
