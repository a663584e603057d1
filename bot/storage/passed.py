"""Passes and the guests of game nights, against the entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from bot.domain.passes import Pass
from bot.domain.polls import PollState, poll_of_scope
from bot.storage import tables
from bot.storage.entries import UNREADABLE
from bot.storage.night_rows import SeatedNight, guest_values, night_values
from bot.storage.pass_rows import pass_values
from bot.storage.rebuilt import Rebuilt

# These may stand in entries that have lost their private part.
_USES = ("used", "spent_on", "owner")


def pass_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    """Each pass has the owner and the uses that its entries say, as far as these still tell."""
    held = tables.pass_
    rows = connection.execute(select(held).where(held.c.channel_id == channel_id).order_by(held.c.number))
    stored = {row.number: row for row in rows}
    told = rebuilt.passes
    for number in sorted(told.held.keys() - stored.keys()):
        yield f"pass {number}: the entries know it, the table does not"
    # Of these uses nobody may know of which pass they were: so many may be in rows, and no more.
    spent, returned = Counter(told.spent), Counter(told.returned)
    for number, row in stored.items():
        entitled = told.held.get(number)
        if entitled is None:
            yield f"pass {number}: no entry has granted it"
            continue
        for name, value in pass_values(channel_id, entitled).items():
            found = getattr(row, name)
            if name not in _USES and found != value:
                yield f"pass {number}: {name} is {found!r}, the entries say {value!r}"
        yield from (f"pass {number}: {fault}" for fault in _use_faults(row, entitled, spent, returned))
        yield from (f"pass {number}: {fault}" for fault in _owner_faults(row, entitled, rebuilt))
    yield from _not_given_back(rebuilt)


def _use_faults(row: Row[Any], told: Pass, spent: Counter[str], returned: Counter[str]) -> Iterator[str]:
    try:
        found: list[str] = list(orjson.loads(row.spent_on))
    except UNREADABLE:
        yield f"spent_on is {row.spent_on!r}, which cannot be read"
        return
    for scope in found:
        if scope not in told.spent_on:
            spent[scope] -= 1
            if spent[scope] < 0:
                yield f"spent_on has {scope!r}, the entries say {list(told.spent_on)!r}"
    for scope in told.spent_on:
        if scope not in found:
            returned[scope] -= 1
            if returned[scope] < 0:
                yield f"spent_on has no {scope!r}, the entries say {list(told.spent_on)!r}"
    known = [scope for scope in found if scope in told.spent_on]
    if known != [scope for scope in told.spent_on if scope in found] or len(set(found)) != len(found):
        yield f"spent_on is {found!r}, the entries say {list(told.spent_on)!r}"
    elif row.spent_on != orjson.dumps(found).decode():
        yield f"spent_on is {row.spent_on!r}, which is not how it is kept"
    if row.used != len(found):
        yield f"used is {row.used!r}, and it was spent on {len(found)}"


def _owner_faults(row: Row[Any], told: Pass, rebuilt: Rebuilt) -> Iterator[str]:
    if row.owner == told.owner:
        return
    # Its entry may have lost its private part with whoever gave it, and not with whoever has it.
    entry = rebuilt.passes.untold.get(told.number)
    gave = rebuilt.erased.get(entry) if entry is not None else None
    if gave is None or told.drop or row.owner is None or row.owner in rebuilt.erased_persons:
        yield f"owner is {row.owner!r}, the entries say {told.owner!r}"


def _not_given_back(rebuilt: Rebuilt) -> Iterator[str]:
    """A poll that was cancelled has kept nobody's pass, as far as it is known which ones came back."""
    returned = Counter(rebuilt.passes.returned)
    for number, told in rebuilt.passes.held.items():
        for key in filter(None, map(poll_of_scope, told.spent_on)):
            poll = rebuilt.polls[key].story.poll if key in rebuilt.polls else None
            if poll is None or poll.state is not PollState.CANCELLED:
                continue
            returned[poll.scope] -= 1
            if returned[poll.scope] < 0:
                yield f"pass {number}: it was spent on the poll {key}, which was cancelled, and has not come back"


def night_differences(
    connection: Connection, channel_id: int, rebuilt: Rebuilt, persons: Mapping[int | None, bytes | None]
) -> Iterator[str]:
    """Each night and each of its guests is what the entries say; `persons` are all there are."""
    night, guest = tables.night, tables.night_guest
    rows = connection.execute(select(night).where(night.c.channel_id == channel_id).order_by(night.c.key))
    stored = {row.key: row for row in rows}
    guests: dict[str, list[Row[Any]]] = {}
    query = select(guest).where(guest.c.channel_id == channel_id).order_by(guest.c.night_key, guest.c.joined)
    for row in connection.execute(query):
        guests.setdefault(row.night_key, []).append(row)
    for key in sorted(rebuilt.nights.keys() - stored.keys()):
        yield f"night {key}: the entries know it, the table does not"
    for key in sorted(guests.keys() - rebuilt.nights.keys()):
        yield f"guest {guests[key][0].guest} of the night {key}: no entry has announced that night"
    for key, row in stored.items():
        told = rebuilt.nights.get(key)
        if told is None:
            yield f"night {key}: no entry has announced it"
            continue
        for name, value in night_values(channel_id, told.night).items():
            if getattr(row, name) != value:
                yield f"night {key}: {name} is {getattr(row, name)!r}, the entries say {value!r}"
        yield from _guest_faults(channel_id, guests.get(key, []), told, rebuilt, persons)


def _guest_faults(
    channel_id: int,
    rows: list[Row[Any]],
    told: SeatedNight,
    rebuilt: Rebuilt,
    persons: Mapping[int | None, bytes | None],
) -> Iterator[str]:
    night = told.night
    wanted = {values["guest"]: values for values in guest_values(channel_id, told)}
    stored = {row.guest: row for row in rows}
    # They may have come as somebody who was forgotten since: then no entry tells of which pass that took.
    told_spent = rebuilt.passes.held.keys() if rebuilt.passes.spent[night.scope] else set()
    for name in sorted(wanted.keys() - stored.keys()):
        yield f"guest {name} of the night {night.key}: the entries know them, the table does not"
    for name, row in stored.items():
        where = f"guest {name} of the night {night.key}"
        if name not in wanted:
            yield f"{where}: no entry has let them in"
            continue
        for column, value in wanted[name].items():
            found = getattr(row, column)
            if found == value:
                continue
            if column == "pass_number" and wanted[name]["person_id"] and not value and found in told_spent:
                continue
            yield f"{where}: {column} is {found!r}, the entries say {value!r}"
        if row.person_id is not None and row.person_id not in persons:
            yield f"{where}: it is person {row.person_id}, whom the table does not know"
