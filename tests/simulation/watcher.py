"""Looks at the ledger after every step with rules of its own: what is written must be something that may happen."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.merkle import Tree
from bot.domain.time import Micros
from tests.simulation.polls.book import SCOPE, PollBook
from tests.simulation.polls.early import EarlyWatch
from tests.simulation.violation import Violation

# What may happen to a drop in which state, and the state it has afterwards ("" is a drop that nobody has planned).
MOVES: dict[tuple[str, str], str] = {
    ("", "drop.planned"): "planned",
    ("planned", "drop.planned"): "planned",
    ("planned", "drop.announced"): "announced",
    ("planned", "drop.cancelled"): "gone",
    ("gone", "drop.planned"): "planned",
    ("announced", "drop.soon"): "announced",
    ("announced", "drop.postponed"): "announced",
    ("announced", "drop.rescheduled"): "announced",
    ("announced", "drop.opened"): "open",
    ("announced", "drop.cancelled"): "cancelled",
    ("announced", "unit.granted"): "announced",
    ("announced", "unit.voided"): "announced",
    ("open", "unit.granted"): "open",
    ("open", "unit.voided"): "open",
    ("open", "drop.public"): "open",
    ("open", "drop.paused"): "paused",
    ("open", "drop.extended"): "open",
    ("open", "drop.closed"): "closed",
    ("open", "drop.returned"): "announced",
    ("open", "drop.cancelled"): "cancelled",
    ("paused", "unit.granted"): "paused",
    ("paused", "unit.voided"): "paused",
    ("paused", "drop.paused"): "paused",
    ("paused", "drop.extended"): "paused",
    ("paused", "drop.resuming"): "paused",
    ("paused", "drop.resumed"): "open",
    ("paused", "drop.closed"): "closed",
    ("paused", "drop.returned"): "announced",
    ("paused", "drop.cancelled"): "cancelled",
    ("closed", "unit.granted"): "closed",
    ("closed", "unit.voided"): "closed",
    ("closed", "drop.reopened"): "open",
    ("closed", "drop.settled"): "settled",
    ("settled", "unit.granted"): "settled",
    ("settled", "unit.voided"): "settled",
    ("cancelled", "unit.voided"): "cancelled",
}
# What a repair does to a drop in any state but cancelled; it changes none.
REPAIRS = ("drop.frozen", "unit.lost", "drop.thawed")


@dataclass(slots=True)
class Watched:
    """A drop as its entries tell it. `owners` is number -> (pseudonym, "claim" or "hand")."""

    public: Mapping[str, Any]
    state: str = ""
    opened_at: Micros = 0
    closes_at: Micros = 0
    reminded: bool = False
    owners: dict[int, tuple[str, str]] = field(default_factory=dict)
    paused: bool = False
    frozen: bool = False
    lost: set[int] = field(default_factory=set)

    def taken(self, how: str) -> int:
        return sum(1 for _, each in self.owners.values() if each == how)

    @property
    def left(self) -> int:
        """How many viewers can still claim."""
        given = max(self.taken("hand"), int(self.public["held_back"]))
        return max(0, int(self.public["supply"]) - given - self.taken("claim") - len(self.lost))


class Watcher:
    """`told_live` says whether the process of now has been told that the stream is on the air. `polls` and `early`
    look at what is about polls, and about an early window."""

    def __init__(
        self,
        path: Path,
        counts: Counter[str],
        told_live: Callable[[], bool],
        polls: PollBook,
        early: EarlyWatch,
    ) -> None:
        self.polls = polls
        self.early = early
        self._path = path
        self._counts = counts
        self._told_live = told_live
        self._connection: sqlite3.Connection | None = None
        self.drops: dict[str, Watched] = {}
        self.entries: list[tuple[int, str, str, Micros]] = []
        self.hashes: list[bytes] = []
        self._tree = Tree()
        # The facts of which everybody must hear: kind, drop and instant of the news they make.
        self.news_due: list[tuple[str, str, Micros]] = []
        # Whose pseudonym it is, by drop, and the other way round.
        self._holders: dict[tuple[str, str], tuple[str, str]] = {}
        self._names: dict[tuple[str, tuple[str, str]], str] = {}
        self._last_at: Micros = 0

    def query(self, statement: str) -> list[Any]:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None)
        return self._connection.execute(statement).fetchall()

    def close(self) -> None:
        """Let go of the file; the next look opens it again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def look(self) -> list[str]:
        """Read what is new and judge it; returns it in words. Raises Violation."""
        seen = len(self.entries)
        rows = self.query(
            f"SELECT number, at, kind, drop_key, canonical, leaf_hash, private FROM entry WHERE number > {seen} "
            "ORDER BY number"
        )
        said = [self._entry(*row) for row in rows]
        if rows:
            self.polls.settle()
            self._units_agree()
            self._notes_agree(seen)
        return said

    def look_back(self) -> None:
        """After a restart: what was committed is still there, byte for byte. Raises Violation."""
        kept = [row[0] for row in self.query("SELECT leaf_hash FROM entry ORDER BY number")]
        if kept[: len(self.hashes)] != self.hashes:
            raise Violation(
                "what is committed stays", f"{len(self.hashes)} entries were there, {len(kept)} are now"
            )

    def _units_agree(self) -> None:
        rows = self.query(
            "SELECT drop_key, COUNT(*), COUNT(DISTINCT number), SUM(number) FROM unit GROUP BY drop_key"
        )
        found = {key: (count, distinct, total) for key, count, distinct, total in rows}
        wanted = {
            key: (len(drop.owners), len(drop.owners), sum(drop.owners))
            for key, drop in self.drops.items()
            if drop.owners
        }
        if found != wanted:
            raise Violation("units are what the entries say", f"units {found}, entries {wanted}")

    def _notes_agree(self, seen: int) -> None:
        """Whatever was signed since was signed over the entries that are there."""
        for size, note in self.query(f"SELECT size, note FROM checkpoint WHERE size > {seen} ORDER BY size"):
            _, told_size, root, *_ = note.split("\n")
            wanted = base64.b64encode(self._tree.root(size)).decode()
            if (told_size, root) != (str(size), wanted):
                raise Violation("what is signed is what is there", f"checkpoint {size} says {told_size} {root}")

    def _entry(self, number: int, at: Micros, kind: str, key: str, raw: bytes, leaf: bytes, private: bytes) -> str:
        content = json.loads(raw)
        if number != len(self.entries) + 1:
            raise Violation("entries without gap", f"{number} after {len(self.entries)}")
        if at < self._last_at:
            raise Violation("time goes forward", f"entry {number} at {at}, the one before at {self._last_at}")
        self._last_at = at
        self.entries.append((number, kind, key, at))
        self.hashes.append(leaf)
        self._tree.append(leaf)
        public = content["public"]
        if kind == "log.key":
            # Every life of an evening has the same key: it is told of once, before anything else.
            if key or number != 1 or public["why"] != "first":
                raise Violation("the log says who signs it", f"entry {number} says {public}")
            return f"entry {number}: {kind} {public['why']}"
        if not key or key.startswith(SCOPE):
            told = self.polls.entry(number, at, kind, key, public, json.loads(private or b"{}"))
            self.news_due += told
            return f"entry {number}: {kind} {key} {json.dumps(public, sort_keys=True)}"
        drop = self.drops.get(key) or Watched({})
        self.drops[key] = drop
        repaired = kind in REPAIRS and drop.state not in ("", "cancelled", "gone")
        after = drop.state if repaired else MOVES.get((drop.state, kind))
        if after is None:
            raise Violation("a drop takes the way it may", f"{kind} of {key}, which is {drop.state or 'unknown'}")
        self._counts[f"move: {kind}" if repaired else f"move: {kind} while {drop.state or 'unknown'}"] += 1
        self._counts[f"state: {after}"] += 1
        before_left = drop.left if drop.public else 0
        if repaired:
            self._repaired(kind, key, drop, public)
        elif kind == "unit.granted":
            self._granted(number, at, key, drop, public, json.loads(private))
        elif kind == "unit.voided":
            self._voided(key, drop, public)
        else:
            self._steered(at, kind, key, drop, public, json.loads(private or b"{}"))
        drop.frozen = drop.frozen and kind != "drop.cancelled"
        # Whatever was paused when it was closed is paused when the closing is taken back.
        drop.state = "paused" if kind == "drop.reopened" and drop.paused else after
        self._expect_news(kind, key, drop, at, before_left, public)
        return f"entry {number}: {kind} {key} {json.dumps(public, sort_keys=True)}"

    def _granted(
        self, entry: int, at: Micros, key: str, drop: Watched, public: Mapping[str, Any], private: Mapping[str, Any]
    ) -> None:
        unit, holder, how = public["number"], public["holder"], public["how"]
        supply = drop.public["supply"]
        lowest = next(n for n in range(1, supply + 2) if n not in drop.owners and n not in drop.lost)
        if drop.frozen:
            raise Violation("what is frozen hands out nothing", f"{key} #{unit}")
        if unit != lowest:
            raise Violation("numbers without gap or repeat", f"{key} #{unit} was granted, #{lowest} was next")
        if unit > supply:
            raise Violation("never oversold", f"{key} #{unit} of {supply}")
        if how == "claim" and drop.left == 0:
            raise Violation("never oversold", f"{key}: #{unit} was claimed, and nothing was left to claim")
        held = sum(1 for each, _ in drop.owners.values() if each == holder)
        if held >= drop.public["per_person"]:
            raise Violation("the limit per person", f"{key} #{unit}: {holder} holds {held} already")
        who = (private["platform"], private["user"])
        if (
            self._holders.setdefault((key, holder), who) != who
            or self._names.setdefault((key, who), holder) != holder
        ):
            raise Violation("one person, one pseudonym", f"entry {entry}: {who} and {holder} of {key}")
        self.early.granted(key, how, at, public, (private["platform"], private["user"]))
        if how == "claim":
            if drop.state != "open":
                raise Violation("nothing outside its window", f"{key} #{unit} was claimed while {drop.state}")
            if not drop.opened_at <= at < drop.closes_at:
                raise Violation(
                    "nothing outside its window", f"{key} #{unit} at {at}, closed since {drop.closes_at}"
                )
        drop.owners[unit] = (holder, how)

    def _voided(self, key: str, drop: Watched, public: Mapping[str, Any]) -> None:
        owner = drop.owners.pop(public["number"], None)
        if owner is None or owner[1] != "hand":
            raise Violation("only what was given is taken back", f"{key} #{public['number']} of {owner}")

    def _repaired(self, kind: str, key: str, drop: Watched, public: Mapping[str, Any]) -> None:
        if kind == "unit.lost":
            if not drop.frozen or public["number"] in drop.owners or public["number"] in drop.lost:
                raise Violation("only what nobody has is written off", f"{key} #{public['number']}")
            drop.lost.add(public["number"])
            return
        drop.frozen = kind == "drop.frozen"
        if public.get("closes_at") is not None and drop.state in ("open", "paused"):
            drop.closes_at = public["closes_at"]
        self.early.steered(key, kind, drop.public, public)

    def _steered(
        self, at: Micros, kind: str, key: str, drop: Watched, public: Mapping[str, Any], private: Mapping[str, Any]
    ) -> None:
        if kind == "drop.planned":
            drop.public, drop.reminded = public, False
        elif kind == "drop.soon":
            if drop.reminded:
                raise Violation("one reminder", f"{key} was reminded of before")
            drop.reminded = True
        elif kind == "drop.rescheduled":
            drop.reminded = True
        elif kind in ("drop.paused", "drop.resumed", "drop.returned"):
            drop.paused = kind == "drop.paused"
        elif kind == "drop.opened":
            drop.opened_at = at
            by_clock = "by" not in private
            if by_clock and drop.public["while_offline"] == "wait" and not self._told_live():
                raise Violation(
                    "unknown is never a yes", f"{key} opened, and nobody has said that the stream is live"
                )
        if "closes_at" in public:
            drop.closes_at = public["closes_at"]
        self.early.steered(key, kind, drop.public, public)

    def _expect_news(
        self, kind: str, key: str, drop: Watched, at: Micros, before_left: int, public: Mapping[str, Any]
    ) -> None:
        # That a plan goes was known to nobody; and that everybody is let in is no news where nothing is left.
        silent = (kind == "drop.cancelled" and drop.state != "cancelled") or (
            kind == "drop.public" and not drop.left
        )
        if kind in _SAID_TO_ALL and not silent:
            self.news_due.append((kind.removeprefix("drop."), key, at))
        running = drop.state in ("open", "paused")
        if (kind == "drop.frozen" and running) or (kind == "drop.thawed" and (running or public["lost"])):
            self.news_due.append((kind.removeprefix("drop."), key, at))
        if kind == "unit.granted" and drop.state in ("open", "paused") and before_left > drop.left == 0:
            self.news_due.append(("sold-out", key, at))


_SAID_TO_ALL = frozenset(
    {
        "drop.announced",
        "drop.soon",
        "drop.postponed",
        "drop.rescheduled",
        "drop.opened",
        "drop.public",
        "drop.paused",
        "drop.resuming",
        "drop.resumed",
        "drop.extended",
        "drop.closed",
        "drop.reopened",
        "drop.returned",
        "drop.cancelled",
    }
)
