"""Reads a ledger file with nothing but sqlite3 and hashlib, and checks that it agrees with itself."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.replay import entry_faults, rule_faults

Row = dict[str, Any]
Who = tuple[str, str]


@dataclass(frozen=True)
class Ledger:
    """What a ledger says. People are ("twitch" or "discord", name); `owed` is what is still to be said."""

    drops: dict[str, Row]
    numbers: dict[str, dict[Who, tuple[int, ...]]]
    kinds: Counter[str]
    outcomes: list[Row]
    news: list[Row]
    entries: list[Row]

    @property
    def owed(self) -> list[str]:
        untold = [each["request_id"] for each in self.claims if each["told_at"] is None]
        return untold + [f"{each['place']} {each['kind']}" for each in self.news if each["done_at"] is None]

    @property
    def claims(self) -> list[Row]:
        """The stored answers to claims."""
        return [row for row in self.outcomes if row["kind"].startswith("claim.")]

    def units(self, drop: str = "mug") -> list[int]:
        """The numbers that have an owner, in order."""
        return sorted(number for held in self.numbers.get(drop, {}).values() for number in held)


def read_ledger(path: Path) -> Ledger:
    """Everything in one snapshot. Fails with a sentence per fault when a rule of the ledger is broken."""
    ledger, faults = look_into(path)
    assert not faults, "\n".join(faults)
    return ledger


def look_into(path: Path) -> tuple[Ledger, list[str]]:
    """Everything in one snapshot, and all that is wrong with it in words. Raises sqlite3.DatabaseError."""
    # Only reading: whatever a crash has left is there for the bot's next life to cope with.
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("BEGIN")
        faults = [f"integrity: {row[0]}" for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"foreign key: {tuple(row)}" for row in connection.execute("PRAGMA foreign_key_check")]
        tables: dict[str, list[Row]] = {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
            for name in ("drop", "unit", "entry", "outcome", "outbox", "identity")
        }
    finally:
        connection.close()
    entries = sorted(tables["entry"], key=lambda row: row["number"])
    people = {row["person_id"]: (row["platform"], row["name"]) for row in tables["identity"]}
    numbers: dict[str, dict[Who, tuple[int, ...]]] = {}
    for unit in sorted(tables["unit"], key=lambda row: row["number"]):
        held = numbers.setdefault(unit["drop_key"], {})
        who = people[unit["person_id"]]
        held[who] = (*held.get(who, ()), unit["number"])
    faults += entry_faults(entries)
    if not faults:
        # Rules are asked of what can be read at all.
        faults += _unit_faults(tables["drop"], tables["unit"], entries)
        faults += _grant_faults(tables["outcome"], entries, numbers)
    ledger = Ledger(
        drops={row["key"]: row for row in tables["drop"]},
        numbers=numbers,
        kinds=Counter(row["kind"] for row in entries),
        outcomes=tables["outcome"],
        news=tables["outbox"],
        entries=entries,
    )
    return ledger, faults


def digest_of_rows(path: Path) -> bytes:
    """The same for two ledgers with the same rows in the same places, whatever else is in their files."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    digest = hashlib.sha256()
    try:
        connection.execute("BEGIN")
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for (name,) in names:
            # The types of values are in it as well: 1 is not '1'.
            rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
            digest.update(f"{name} {rows!r}\n".encode())
    finally:
        connection.close()
    return digest.digest()


def _unit_faults(drops: list[Row], units: list[Row], entries: list[Row]) -> Iterator[str]:
    """The units are what the entries have granted and not taken back, and each drop counts its own right."""
    played, faults = rule_faults(entries)
    yield from faults
    told = {(key, number) for key, drop in played.items() for number in drop.owners}
    stored = {(unit["drop_key"], unit["number"]) for unit in units}
    yield from (f"#{number} of {key} is granted, and no unit is there" for key, number in sorted(told - stored))
    yield from (f"#{number} of {key} is there, and nothing granted it" for key, number in sorted(stored - told))
    by_number = {row["number"]: json.loads(row["canonical"]) for row in entries}
    for unit in units:
        granted = by_number.get(unit["entry_number"], {})
        if (granted.get("drop"), granted.get("public", {}).get("number")) != (unit["drop_key"], unit["number"]):
            yield f"#{unit['number']} of {unit['drop_key']} points at an entry that is not its own"
    for drop in drops:
        mine = [unit for unit in units if unit["drop_key"] == drop["key"]]
        claimed = sum(unit["how"] == "claim" for unit in mine)
        if (drop["claimed"], drop["given"]) != (claimed, len(mine) - claimed):
            yield f"{drop['key']} counts {drop['claimed']} + {drop['given']} units, there are {len(mine)}"
        holders = Counter(unit["person_id"] for unit in mine)
        yield from (
            f"person {person} holds {held} of {drop['key']}"
            for person, held in holders.items()
            if held > drop["per_person"]
        )


def _grant_faults(
    outcomes: list[Row], entries: list[Row], numbers: dict[str, dict[Who, tuple[int, ...]]]
) -> Iterator[str]:
    """What a request was granted is what its person holds; every claimed unit has the request that was answered."""
    said = {}
    for row in outcomes:
        if row["kind"] == "claim.granted":
            number = json.loads(row["decision"])["number"]
            said[row["request_id"]] = (row["drop_key"], number)
            if number not in numbers.get(row["drop_key"], {}).get((row["platform"], row["name"]), ()):
                yield f"{row['request_id']} was granted #{number} of {row['drop_key']}, which {row['name']} has not"
    claimed = {}
    for row in entries:
        told = json.loads(row["canonical"])
        if told["kind"] == "unit.granted" and told["public"]["how"] == "claim":
            claimed[json.loads(row["private"])["request"]] = (told["drop"], told["public"]["number"])
    for request in sorted(said.keys() | claimed.keys()):
        if said.get(request) != claimed.get(request):
            yield f"{request}: its answer grants {said.get(request)}, the entries {claimed.get(request)}"
