"""The ledger read from its entries alone, and where the tables beside them say something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.domain.people import pseudonym
from bot.storage import tables
from bot.storage.drops import drop_values, occurrence_values
from bot.storage.fold import Rebuilt, fold_entries
from bot.storage.recollections import action_differences, outcome_differences

__all__ = ["BrokenEntry", "Rebuilt", "differences", "rebuild"]


class BrokenEntry(Exception):
    """An entry that does not hold, in words."""


def rebuild(connection: Connection, channel_id: int) -> Rebuilt:
    """Fold every entry of the channel, in order. Raises BrokenEntry at the first one that does not hold."""

    def stop(fault: str) -> None:
        raise BrokenEntry(fault)

    return fold_entries(connection, channel_id, stop)


def differences(connection: Connection, channel_id: int) -> list[str]:
    """Everything that is wrong with the channel's ledger, in words; empty when entries and tables agree."""
    faults: list[str] = []
    rebuilt = fold_entries(connection, channel_id, faults.append)
    return [
        *faults,
        *_drop_differences(connection, channel_id, rebuilt),
        *_edition_differences(connection, channel_id, rebuilt),
        *_occurrence_differences(connection, channel_id, rebuilt),
        *_unit_differences(connection, channel_id, rebuilt),
        *_lost_differences(connection, channel_id, rebuilt),
        *action_differences(connection, channel_id, rebuilt),
        *outcome_differences(connection, channel_id, rebuilt),
    ]


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
        if out != rebuilt.drops[key].units_owned or rebuilt.drops[key].units_out > rebuilt.drops[key].plan.supply:
            supply = rebuilt.drops[key].plan.supply
            yield f"drop {key}: {out} units have an owner, {rebuilt.drops[key].units_out} were counted of {supply}"


def _edition_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    wanted = {(key, 1): {"label": "", "supply": drop.plan.supply} for key, drop in rebuilt.drops.items()}
    edition = tables.edition
    rows = connection.execute(select(edition).where(edition.c.channel_id == channel_id))
    stored = {(row.drop_key, row.number): row for row in rows}
    for key, number in sorted(wanted.keys() ^ stored.keys()):
        missing = (key, number) in wanted
        yield f"edition {number} of {key}: {'it is missing' if missing else 'no entry has planned it'}"
    for key, number in sorted(wanted.keys() & stored.keys()):
        yield from _columns(f"edition {number} of {key}", stored[key, number], wanted[key, number])


def _occurrence_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    occurrence = tables.occurrence
    rows = connection.execute(select(occurrence).where(occurrence.c.channel_id == channel_id))
    stored: dict[str, list[Row[Any]]] = {}
    for row in rows:
        stored.setdefault(row.drop_key, []).append(row)
    for key in sorted(rebuilt.drops.keys() | stored.keys()):
        its = stored.get(key, [])
        if key not in rebuilt.drops or len(its) != 1:
            yield f"drop {key}: there are {len(its)} occurrences, the entries tell of {int(key in rebuilt.drops)}"
        else:
            wanted = occurrence_values(channel_id, rebuilt.drops[key].plan)
            yield from _columns(f"occurrence of {key}", its[0], wanted)


def _lost_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    lost = tables.lost_unit
    rows = connection.execute(select(lost).where(lost.c.channel_id == channel_id).order_by(lost.c.number))
    stored = {(row.drop_key, row.number): row for row in rows}
    for key, number in sorted(rebuilt.lost.keys() - stored.keys()):
        yield f"lost unit {number} of {key}: the entries have written it off, the table does not know it"
    for (key, number), row in stored.items():
        told = rebuilt.lost.get((key, number))
        if told is None:
            yield f"lost unit {number} of {key}: no entry has written it off"
        else:
            wanted = {"edition": 1, "lost_at": told[0], "entry_number": told[1]}
            yield from _columns(f"lost unit {number} of {key}", row, wanted)


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
