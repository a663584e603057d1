"""Plays a ledger's entries from the first on and says where one breaks a rule; knows nothing of the bot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Row = Mapping[str, Any]


@dataclass
class Played:
    """A drop as its entries tell it. `owners` has the pseudonym behind each number that is out."""

    supply: int
    per_person: int
    takes_claims: bool = False
    paused: bool = False
    closes_at: int = 0
    owners: dict[int, str] = field(default_factory=dict)

    @property
    def next_number(self) -> int:
        """The lowest number without an owner: what was taken back goes out again first."""
        return next(number for number in count(1) if number not in self.owners)


def entry_faults(entries: Sequence[Row]) -> Iterator[str]:
    """Numbered from 1 without a gap, never back in time, hashed as RFC 6962 says, columns and bytes agreeing."""
    last_at = 0
    for number, row in enumerate(entries, 1):
        if row["number"] != number:
            yield f"entry {number} is missing, {row['number']} stands in its place"
            return
        if row["at"] < last_at:
            yield f"entry {number} is earlier than the one before it"
        last_at = row["at"]
        if row["leaf_hash"] != hashlib.sha256(b"\x00" + row["canonical"]).digest():
            yield f"entry {number}: the hash is not that of its bytes"
        told = json.loads(row["canonical"])
        for column, key in (("number", "number"), ("at", "at"), ("kind", "kind"), ("drop_key", "drop")):
            if told[key] != row[column]:
                yield f"entry {number}: {column} is {row[column]!r}, its bytes say {told[key]!r}"
        if told["private"] != hashlib.sha256(row["salt"] + row["private"]).hexdigest():
            yield f"entry {number}: the private part is not the one that was sealed"


def rule_faults(entries: Sequence[Row]) -> tuple[dict[str, Played], list[str]]:
    """Every drop after its last entry, and every entry that its own past forbids."""
    drops: dict[str, Played] = {}
    faults = []
    for row in entries:
        told = json.loads(row["canonical"])
        faults += [f"entry {row['number']}: {fault}" for fault in _play(drops, told)]
    return drops, faults


def _play(drops: dict[str, Played], told: Row) -> Iterator[str]:
    kind, key, public = told["kind"], told["drop"], told["public"]
    if kind == "drop.planned":
        owners = drops[key].owners if key in drops else {}
        drops[key] = Played(public["supply"], public["per_person"], owners=owners)
        return
    if kind == "log.key":
        if key or public.keys() != {"key", "why"}:
            yield "an entry about the log's key says something else"
        return
    if ":" in key or kind.startswith("pass."):
        # A poll, a night or a pass: tests/storage/poll_machine.py plays these.
        return
    drop = drops.get(key)
    if drop is None:
        yield f"{kind} of {key}, which was never planned"
    elif kind == "unit.granted":
        yield from _grant_faults(drop, told)
        drop.owners[public["number"]] = public["holder"]
    elif kind == "unit.voided":
        if drop.owners.pop(public["number"], None) is None:
            yield f"#{public['number']} of {key} is taken back from nobody"
    else:
        drop.closes_at = public.get("closes_at") or drop.closes_at
        drop.takes_claims = {
            "drop.opened": True,
            "drop.reopened": True,
            "drop.returned": False,
            "drop.closed": False,
            "drop.settled": False,
            "drop.cancelled": False,
        }.get(kind, drop.takes_claims)
        drop.paused = kind == "drop.paused" or (
            drop.paused and kind not in ("drop.resumed", "drop.opened", "drop.returned")
        )


def _grant_faults(drop: Played, told: Row) -> Iterator[str]:
    number, holder = told["public"]["number"], told["public"]["holder"]
    unit = f"#{number} of {told['drop']}"
    if number in drop.owners:
        yield f"{unit} has an owner already"
    elif number != drop.next_number:
        yield f"{unit} is granted before #{drop.next_number}"
    if number > drop.supply:
        yield f"{unit} is more than the supply of {drop.supply}"
    if list(drop.owners.values()).count(holder) >= drop.per_person:
        yield f"{unit} is more than {drop.per_person} for one person"
    if told["public"]["how"] == "claim" and not (
        drop.takes_claims and not drop.paused and told["at"] < drop.closes_at
    ):
        yield f"{unit} is claimed outside its window"
