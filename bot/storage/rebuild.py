"""The ledger read from its entries alone, and where the tables beside them say something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from bot.domain.drops import Drop, evolve
from bot.domain.ledger import ENTRY_VERSION, leaf_hash, private_hash
from bot.domain.people import pseudonym
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.drops import drop_values

Key = tuple[str, int]


class BrokenEntry(Exception):
    """An entry that does not hold, in words."""


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


@dataclass(slots=True)
class Rebuilt:
    """What the entries amount to: drops by key and units by drop and number, from the public parts alone; the
    numbers that each pseudonym holds of a drop; and whose pseudonym it is, as far as private parts still tell."""

    drops: dict[str, Drop] = field(default_factory=dict)
    units: dict[Key, RebuiltUnit] = field(default_factory=dict)
    held: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    persons: dict[tuple[str, str], int] = field(default_factory=dict)
    entries: int = 0


def rebuild(connection: Connection, channel_id: int) -> Rebuilt:
    """Fold every entry of the channel, in order. Raises BrokenEntry at the first one that does not hold."""

    def stop(fault: str) -> None:
        raise BrokenEntry(fault)

    return _fold(connection, channel_id, stop)


def differences(connection: Connection, channel_id: int) -> list[str]:
    """Everything that is wrong with the channel's ledger, in words; empty when entries and tables agree."""
    faults: list[str] = []
    rebuilt = _fold(connection, channel_id, faults.append)
    return [
        *faults,
        *_drop_differences(connection, channel_id, rebuilt),
        *_unit_differences(connection, channel_id, rebuilt),
    ]


def _fold(connection: Connection, channel_id: int, report: Callable[[str], None]) -> Rebuilt:
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
    after = evolve(rebuilt.drops.get(key), kind, public, at)
    if kind == "unit.granted":
        number, holder = public["number"], public["holder"]
        if (key, number) in rebuilt.units:
            raise ValueError(f"unit {number} of {key} has an owner already")
        held = rebuilt.held.setdefault((key, holder), {})
        nth = next(n for n in range(1, len(held) + 2) if n not in held.values())
        held[number] = nth
        rebuilt.units[key, number] = RebuiltUnit(key, number, holder, nth, public["how"], at, content["number"])
        if row.private is not None:
            rebuilt.persons[key, holder] = orjson.loads(row.private)["person"]
    elif kind == "unit.voided":
        gone = rebuilt.units.pop((key, public["number"]), None)
        if gone is None:
            raise ValueError(f"unit {public['number']} of {key} has no owner to take it from")
        del rebuilt.held[key, gone.holder][gone.number]
    rebuilt.drops[key] = after


def _drop_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    drop = tables.drop
    rows = connection.execute(select(drop).where(drop.c.channel_id == channel_id).order_by(drop.c.key))
    stored = {row.key: row for row in rows}
    owned = Counter(key for key, _ in rebuilt.units)
    for key in sorted(rebuilt.drops.keys() - stored.keys()):
        yield f"drop {key}: the entries know it, the table does not"
    for key, row in stored.items():
        if key not in rebuilt.drops:
            yield f"drop {key}: no entry has planned it"
            continue
        wanted = drop_values(channel_id, rebuilt.drops[key])
        yield from _columns(f"drop {key}", row, wanted)
        out = owned[key]
        if out != rebuilt.drops[key].units_out or out > rebuilt.drops[key].plan.supply:
            supply = rebuilt.drops[key].plan.supply
            yield f"drop {key}: {out} units have an owner, {rebuilt.drops[key].units_out} were counted of {supply}"


def _unit_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    unit, person = tables.unit, tables.person
    name = connection.scalar(select(tables.channel.c.name).where(tables.channel.c.id == channel_id))
    secrets = {
        row.id: row.secret
        for row in connection.execute(select(person.c.id, person.c.secret).where(person.c.channel_id == channel_id))
    }
    rows = connection.execute(
        select(unit).where(unit.c.channel_id == channel_id).order_by(unit.c.drop_key, unit.c.number)
    )
    stored = {(row.drop_key, row.number): row for row in rows}
    for key, number in sorted(rebuilt.units.keys() - stored.keys()):
        yield f"unit {number} of {key}: the entries know its owner, the table does not"
    for (key, number), row in stored.items():
        told = rebuilt.units.get((key, number))
        where = f"unit {number} of {key}"
        if told is None:
            yield f"{where}: no entry has granted it"
            continue
        wanted = {"edition": 1, "nth": told.nth, "how": told.how}
        wanted |= {"granted_at": told.granted_at, "entry_number": told.entry_number}
        owner = rebuilt.persons.get((key, told.holder))
        yield from _columns(where, row, wanted if owner is None else {**wanted, "person_id": owner})
        secret = secrets.get(row.person_id)
        # Without the secret the pseudonym leads nowhere, as it should after an erasure.
        if secret is not None and pseudonym(secret, f"{name}/{key}") != told.holder:
            yield f"{where}: person {row.person_id} is not the holder that its entry names"


def _columns(where: str, row: Row[Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        found = getattr(row, name)
        if found != value:
            yield f"{where}: {name} is {found!r}, the entries say {value!r}"
