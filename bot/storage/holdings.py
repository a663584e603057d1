"""Who holds which number, and which numbers were written off, against the entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from bot.domain.people import pseudonym
from bot.storage import tables
from bot.storage.entries import rows_of
from bot.storage.rebuilt import Key, Rebuilt, RebuiltUnit

# drop, number, edition, person, nth, how, instant, entry
UnitRow = tuple[str, int, int, int, int, str, int, int]
_COLUMNS = ("edition", "person_id", "nth", "how", "granted_at", "entry_number")


def unit_rows(connection: Connection, channel_id: int) -> Iterator[UnitRow]:
    """All units, in the order of the table, which is mostly that of the entries."""
    unit = tables.unit.c
    # A sum, of which there is no index: by the key it would be a look-up a row.
    query = select(*(unit[name] for name in ("drop_key", "number", *_COLUMNS))).where(
        unit.channel_id + 0 == channel_id
    )
    return rows_of(connection, query)


def unit_differences(
    rows: Iterable[UnitRow], channel: str, rebuilt: Rebuilt, secrets: Mapping[int | None, bytes | None]
) -> Iterator[str]:
    """Each of these units has the owner, the number and the entry that the entries say, and none of `rebuilt` is
    missing among them."""
    units, faults, seen = rebuilt.units, list[tuple[str, int, str]](), set[Key]()
    for key, number, edition, person_id, nth, how, granted_at, entry_number in rows:
        told = units.get((key, number))
        if told is None:
            faults.append((key, number, "no entry has granted it"))
            continue
        seen.add((key, number))
        if edition == 1 and (nth, how, granted_at, entry_number, person_id) == told[3:]:
            continue
        found = dict(zip(_COLUMNS, (edition, person_id, nth, how, granted_at, entry_number), strict=True))
        faults += [(key, number, fault) for fault in _unit_faults(found, told)]
        # The private part is gone: then the pseudonym tells, or else the erasure does.
        secret = secrets.get(person_id)
        if secret is not None and pseudonym(secret, f"{channel}/{key}") != told.holder:
            faults.append((key, number, f"person {person_id} is not the holder that its entry names"))
        elif secret is None and told.person is None and not _went_with(person_id, told, rebuilt):
            faults.append((key, number, f"person {person_id} is not the one whose erasure lists its entry"))
    missing = units.keys() - seen
    faults += [(key, number, "the entries know its owner, the table does not") for key, number in missing]
    faults += [(key, number, "it was taken back, the table has it still") for key, number in rebuilt.strays]
    for key, number, fault in sorted(faults, key=lambda fault: fault[:2]):
        yield f"unit {number} of {key}: {fault}"


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
