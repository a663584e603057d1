"""Reads a ledger file with nothing but sqlite3 and hashlib, and checks that it agrees with itself."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ledger:
    """What a ledger says. People are ("twitch" or "discord", name); `owed` is what is still to be said."""

    drops: dict[str, dict[str, Any]]
    numbers: dict[str, dict[tuple[str, str], tuple[int, ...]]]
    kinds: Counter[str]
    outcomes: list[dict[str, Any]]
    news: list[dict[str, Any]]

    @property
    def owed(self) -> list[str]:
        untold = [each["request_id"] for each in self.outcomes if each["told_at"] is None]
        return untold + [f"{each['place']} {each['kind']}" for each in self.news if each["done_at"] is None]

    def units(self, drop: str = "mug") -> list[int]:
        """The numbers that have an owner, in order."""
        return sorted(number for held in self.numbers.get(drop, {}).values() for number in held)


def read_ledger(path: Path) -> Ledger:
    """Everything in one snapshot; fails when a rule of the ledger is broken."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("BEGIN")
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
            for name in ("drop", "unit", "entry", "outcome", "outbox", "identity")
        }
    finally:
        connection.close()
    _check_entries(tables["entry"])
    _check_units(tables["drop"], tables["unit"], tables["entry"])
    people = {row["person_id"]: (row["platform"], row["name"]) for row in tables["identity"]}
    numbers: dict[str, dict[tuple[str, str], tuple[int, ...]]] = {}
    for unit in sorted(tables["unit"], key=lambda row: row["number"]):
        held = numbers.setdefault(unit["drop_key"], {})
        who = people[unit["person_id"]]
        held[who] = (*held.get(who, ()), unit["number"])
    _check_grants(tables["outcome"], numbers)
    return Ledger(
        drops={row["key"]: row for row in tables["drop"]},
        numbers=numbers,
        kinds=Counter(row["kind"] for row in tables["entry"]),
        outcomes=[row for row in tables["outcome"] if row["kind"].startswith("claim.")],
        news=tables["outbox"],
    )


def _check_entries(entries: list[dict[str, Any]]) -> None:
    """Numbered without gap, hashed as RFC 6962 says, and the columns are what the canonical bytes say."""
    assert sorted(row["number"] for row in entries) == list(range(1, len(entries) + 1))
    for row in entries:
        assert row["leaf_hash"] == hashlib.sha256(b"\x00" + row["canonical"]).digest()
        told = json.loads(row["canonical"])
        for column, key in (("number", "number"), ("at", "at"), ("kind", "kind"), ("drop_key", "drop")):
            assert told[key] == row[column]
        assert told["private"] == hashlib.sha256(row["salt"] + row["private"]).hexdigest()
    moments = [row["at"] for row in sorted(entries, key=lambda row: row["number"])]
    assert moments == sorted(moments)


def _check_units(drops: list[dict[str, Any]], units: list[dict[str, Any]], entries: list[dict[str, Any]]) -> None:
    """Numbers 1..N, within supply and limit, each granted by exactly one entry, and counted right."""
    public = {row["number"]: json.loads(row["canonical"]) for row in entries}
    granted = sorted(number for number, told in public.items() if told["kind"] == "unit.granted")
    assert sorted(unit["entry_number"] for unit in units) == granted
    for unit in units:
        told = public[unit["entry_number"]]
        assert (told["drop"], told["public"]["number"]) == (unit["drop_key"], unit["number"])
    for drop in drops:
        mine = [unit for unit in units if unit["drop_key"] == drop["key"]]
        assert sorted(unit["number"] for unit in mine) == list(range(1, len(mine) + 1))
        assert drop["claimed"] == sum(unit["how"] == "claim" for unit in mine)
        assert drop["claimed"] + drop["given"] == len(mine) <= drop["supply"]
        holders = Counter(unit["person_id"] for unit in mine)
        assert all(count <= drop["per_person"] for count in holders.values())


def _check_grants(
    outcomes: list[dict[str, Any]], numbers: dict[str, dict[tuple[str, str], tuple[int, ...]]]
) -> None:
    """What a request was granted is what its person holds, and no two requests were granted the same."""
    grants = [row for row in outcomes if row["kind"] == "claim.granted"]
    said = [
        (row["drop_key"], (row["platform"], row["name"]), json.loads(row["decision"])["number"]) for row in grants
    ]
    assert len(set(said)) == len(said)
    for drop, who, number in said:
        assert number in numbers[drop][who]
