"""What was done and what was answered, against the entries: moderators' deeds and the outcomes of requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from bot.storage import tables
from bot.storage.fold import Deed, Rebuilt

_GRANTING = ("claim.granted", "steer.done")
# One order makes both facts, and is remembered by the second.
_GOES_BEFORE = "drop.announced"


def action_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    """Each deed by hand can be taken back once, by its doer; the row says what the entry says."""
    action, identity = tables.action, tables.identity
    rows = connection.execute(select(action).where(action.c.channel_id == channel_id))
    stored = {row.entry_number: row for row in rows}
    who = {
        (row.platform, row.user_id): row.person_id
        for row in connection.execute(select(identity).where(identity.c.channel_id == channel_id))
    }
    undone = {deed.undoes for deed in rebuilt.deeds.values() if deed.undoes is not None}
    for number, deed in rebuilt.deeds.items():
        if _is_remembered(deed) and number not in stored:
            yield f"action of entry {number}: it is missing"
    for number, row in stored.items():
        told = rebuilt.deeds.get(number)
        if told is None or told.undoes is not None:
            yield f"action of entry {number}: that entry is no deed"
            continue
        wanted = {"kind": told.kind, "drop_key": told.drop, "at": told.at, "undone": int(number in undone)}
        wanted["number"] = told.public.get("number", 0)
        if told.kind == "drop.extended":
            wanted["minutes"] = told.public["minutes"]
        if told.by is not None and told.by in who:
            wanted["person_id"] = who[told.by]
        for name, value in wanted.items():
            if getattr(row, name) != value:
                yield f"action of entry {number}: {name} is {getattr(row, name)!r}, the entry says {value!r}"


def _is_remembered(deed: Deed) -> bool:
    by_hand = deed.by is not None and deed.by[0] != "bot" and deed.kind not in ("drop.planned", _GOES_BEFORE)
    return by_hand and deed.undoes is None


def outcome_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    """Who was answered with a number has it from that very request, and every grant has its answer."""
    outcome = tables.outcome
    query = select(outcome).where(outcome.c.channel_id == channel_id, outcome.c.kind.in_(_GRANTING))
    answered: set[str] = set()
    for row in connection.execute(query):
        number = _number_answered(row)
        if not number:
            continue
        answered.add(row.request_id)
        told = rebuilt.requests.get(row.request_id)
        where = f"outcome of {row.request_id}"
        if told is None:
            # After an erasure nobody can tell whose request it was, and that is all right.
            if not _erased(rebuilt, row, number):
                yield f"{where}: it says #{number} of {row.drop_key}, no entry has granted that to it"
        elif row.at != told.at:
            yield f"{where}: it is of {row.at}, its entry of {told.at}"
        elif (row.drop_key, number) != (told.drop, told.number):
            yield f"{where}: it says #{number} of {row.drop_key}, its entry says #{told.number} of {told.drop}"
        elif told.how == "claim" and (row.platform, row.user_id) != told.by:
            yield f"{where}: it was answered to another one than the entry names"
    for request_id in sorted(rebuilt.requests.keys() - answered):
        told = rebuilt.requests[request_id]
        yield f"outcome of {request_id}: #{told.number} of {told.drop} was granted and not answered"


def _number_answered(row: Row[Any]) -> int:
    """The number that an answer grants; 0 for one that grants none."""
    decision = orjson.loads(row.decision)
    if row.kind == "steer.done" and decision["verb"] != "give":
        return 0
    number: int = decision["number"]
    return number


def _erased(rebuilt: Rebuilt, row: Row[Any], number: int) -> bool:
    unit = rebuilt.units.get((row.drop_key, number))
    return unit is not None and (row.drop_key, unit.holder) not in rebuilt.persons
