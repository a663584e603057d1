"""Who holds which number, and which numbers were written off, against the entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.people import pseudonym
from bot.storage import tables
from bot.storage.entries import read_pieces
from bot.storage.fold import Rebuilt, RebuiltUnit
from bot.storage.sealed import name_of

_COLUMNS = ("edition", "person_id", "nth", "how", "granted_at", "entry_number")


def unit_differences(
    connection: Connection, channel_id: int, rebuilt: Rebuilt, secrets: Mapping[int | None, bytes | None]
) -> Iterator[str]:
    """Each unit has the owner, the number and the entry that the entries say, and there is no other."""
    # Every unit there is, in the order in which the table has them: by the key it would be a look-up a row.
    query = select(*(tables.unit.c[name] for name in ("channel_id", "drop_key", "number", *_COLUMNS)))
    name = name_of(connection, channel_id)
    units, faults, seen = rebuilt.units, list[tuple[str, int, str]](), 0
    for rows in read_pieces(connection, query):
        for channel, key, number, edition, person_id, nth, how, granted_at, entry_number in rows:
            if channel != channel_id:
                continue
            told = units.get((key, number))
            if told is None:
                faults.append((key, number, "no entry has granted it"))
                continue
            if edition == 1:
                seen += 1
                if (nth, how, granted_at, entry_number, person_id) == told[3:]:
                    continue
            found = dict(zip(_COLUMNS, (edition, person_id, nth, how, granted_at, entry_number), strict=True))
            faults += [(key, number, fault) for fault in _unit_faults(found, told)]
            # The private part is gone: then the pseudonym tells, or else the erasure does.
            secret = secrets.get(person_id)
            if secret is not None and pseudonym(secret, f"{name}/{key}") != told.holder:
                faults.append((key, number, f"person {person_id} is not the holder that its entry names"))
            elif secret is None and told.person is None and not _went_with(person_id, told, rebuilt):
                faults.append((key, number, f"person {person_id} is not the one whose erasure lists its entry"))
    if seen != len(units):
        missing = _missing(connection, channel_id, rebuilt)
        faults += [(key, number, "the entries know its owner, the table does not") for key, number in missing]
    for key, number, fault in sorted(faults, key=lambda fault: fault[:2]):
        yield f"unit {number} of {key}: {fault}"


def _missing(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> set[tuple[str, int]]:
    unit = tables.unit.c
    rows = connection.execute(select(unit.drop_key, unit.number).where(unit.channel_id == channel_id))
    return rebuilt.units.keys() - {(key, number) for key, number in rows}


def _unit_faults(found: Mapping[str, Any], told: RebuiltUnit) -> Iterator[str]:
    wanted = {"edition": 1, "nth": told.nth, "how": told.how}
    wanted |= {"granted_at": told.granted_at, "entry_number": told.entry_number}
    if told.person is not None:
        wanted["person_id"] = told.person
    for name, value in wanted.items():
        if found[name] != value:
            yield f"{name} is {found[name]!r}, the entries say {value!r}"


def _went_with(person_id: int, told: RebuiltUnit, rebuilt: Rebuilt) -> bool:
    """Whether the private part can have gone with this person. That of a gift may have gone with its giver."""
    if told.how == "hand":
        return person_id in rebuilt.erased_persons
    return rebuilt.erased.get(told.entry_number) == person_id


def lost_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    """The numbers that are nobody's any more are those that the entries have written off."""
    lost = tables.lost_unit
    rows = connection.execute(select(lost).where(lost.c.channel_id == channel_id).order_by(lost.c.number))
    stored = {(row.drop_key, row.number): row for row in rows}
    for key, number in sorted(rebuilt.lost.keys() - stored.keys()):
        yield f"lost unit {number} of {key}: the entries have written it off, the table does not know it"
    for (key, number), row in stored.items():
        told = rebuilt.lost.get((key, number))
        if told is None:
            yield f"lost unit {number} of {key}: no entry has written it off"
            continue
        wanted = {"edition": 1, "lost_at": told[0], "entry_number": told[1]}
        for name, value in wanted.items():
            if getattr(row, name) != value:
                found = getattr(row, name)
                yield f"lost unit {number} of {key}: {name} is {found!r}, the entries say {value!r}"
