"""A channel's entries folded, one after the other, into what they amount to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from bot.domain.drops import Drop, evolve
from bot.domain.ledger import ENTRY_VERSION, leaf_hash, private_hash
from bot.domain.time import Micros
from bot.storage import tables

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class RebuiltUnit:
    """One numbered copy as the entries tell it: `holder` is a pseudonym, `nth` the how-manieth of theirs it is."""

    drop: str
    number: int
    holder: str
    nth: int
    how: str
    granted_at: Micros
    entry_number: int


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry about a drop, but for the grants of claims. `by` is the identity that asked for it, as far as the
    private part still tells; `undoes` is the number of the entry that it takes back."""

    kind: str
    drop: str
    at: Micros
    public: Mapping[str, Any]
    by: tuple[str, str] | None
    undoes: int | None


@dataclass(frozen=True, slots=True)
class Request:
    """What a request was granted, and who had asked."""

    drop: str
    number: int
    how: str
    at: Micros
    by: tuple[str, str]


@dataclass(slots=True)
class Rebuilt:
    """What the entries amount to: drops by key and units by drop and number, from the public parts alone; the
    numbers that each pseudonym holds of a drop; whose pseudonym it is, as far as private parts still tell; the
    numbers that were written off, with the instant and entry; deeds by entry, and what each request was granted."""

    drops: dict[str, Drop] = field(default_factory=dict)
    units: dict[Key, RebuiltUnit] = field(default_factory=dict)
    held: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    persons: dict[tuple[str, str], int] = field(default_factory=dict)
    lost: dict[Key, tuple[Micros, int]] = field(default_factory=dict)
    deeds: dict[int, Deed] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    entries: int = 0


def fold_entries(connection: Connection, channel_id: int, report: Callable[[str], None]) -> Rebuilt:
    """What the channel's entries amount to; each thing that does not hold is reported in words."""
    entry = tables.entry
    name = connection.scalar(select(tables.channel.c.name).where(tables.channel.c.id == channel_id))
    rebuilt = Rebuilt()
    expected, last_at = 1, 0
    rows = connection.execute(select(entry).where(entry.c.channel_id == channel_id).order_by(entry.c.number))
    for row in rows:
        if row.number != expected:
            report(f"entry {expected}: missing, {row.number} comes after {expected - 1}")
        if row.at < last_at:
            report(f"entry {row.number}: earlier than the entry before it")
        expected, last_at = row.number + 1, row.at
        rebuilt.entries += 1
        try:
            content = orjson.loads(row.canonical)
            for fault in _entry_faults(row, content, name):
                report(f"entry {row.number}: {fault}")
            _apply(rebuilt, row, content)
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
            report(f"entry {row.number}: cannot be read ({type(error).__name__}: {error})")
    return rebuilt


def _entry_faults(row: Row[Any], content: Mapping[str, Any], channel: str | None) -> Iterator[str]:
    """Where an entry's columns, hashes and canonical bytes contradict each other."""
    if leaf_hash(row.canonical) != row.leaf_hash:
        yield "the leaf hash is not that of its bytes"
    if orjson.dumps(content, option=orjson.OPT_SORT_KEYS) != row.canonical:
        yield "the bytes are not in canonical form"
    extracts = {"v": ENTRY_VERSION, "channel": channel, "number": row.number, "at": row.at, "kind": row.kind}
    for name, value in {**extracts, "drop": row.drop_key}.items():
        if content[name] != value:
            yield f"{name} is {value!r}, its bytes say {content[name]!r}"
    if row.private is None and row.salt is None:
        return  # erased with its person: the hash stays, and nobody can open it any more
    if row.private is None or row.salt is None:
        yield "only half of the private part is there"
    elif private_hash(row.salt, row.private) != content["private"]:
        yield "the private part is not the one that was sealed"
    elif orjson.loads(row.private).get("person") != row.person_id:
        yield f"person_id is {row.person_id!r}, the private part says {orjson.loads(row.private).get('person')!r}"


def _apply(rebuilt: Rebuilt, row: Row[Any], content: Mapping[str, Any]) -> None:
    """Fold one entry. Raises KeyError or ValueError for what cannot have happened."""
    kind, key, public, at = content["kind"], content["drop"], content["public"], content["at"]
    private = {} if row.private is None else orjson.loads(row.private)
    after = evolve(rebuilt.drops.get(key), kind, public, at)
    if kind == "unit.granted":
        number, holder = public["number"], public["holder"]
        if (key, number) in rebuilt.units:
            raise ValueError(f"unit {number} of {key} has an owner already")
        if (key, number) in rebuilt.lost:
            raise ValueError(f"unit {number} of {key} was written off before it was granted")
        held = rebuilt.held.setdefault((key, holder), {})
        nth = next(n for n in range(1, len(held) + 2) if n not in held.values())
        held[number] = nth
        rebuilt.units[key, number] = RebuiltUnit(key, number, holder, nth, public["how"], at, content["number"])
        if private:
            rebuilt.persons[key, holder] = private["person"]
            by = (private["platform"], private["user"])
            rebuilt.requests[private["request"]] = Request(key, number, public["how"], at, by)
    elif kind == "unit.voided":
        gone = rebuilt.units.pop((key, public["number"]), None)
        if gone is None:
            raise ValueError(f"unit {public['number']} of {key} has no owner to take it from")
        del rebuilt.held[key, gone.holder][gone.number]
    elif kind == "unit.lost":
        number = public["number"]
        if (key, number) in rebuilt.units or (key, number) in rebuilt.lost:
            raise ValueError(f"unit {number} of {key} cannot be written off, it is out already")
        rebuilt.lost[key, number] = (at, content["number"])
    if kind != "unit.granted" or public["how"] == "hand":
        doer = (private["by"]["platform"], private["by"]["user"]) if "by" in private else None
        rebuilt.deeds[content["number"]] = Deed(kind, key, at, public, doer, public.get("undoes"))
    rebuilt.drops[key] = after
