"""What moderators did, against the entries."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from bot.storage import tables
from bot.storage.rebuilt import Deed, Rebuilt

# One order makes both facts, and is remembered by the second.
_GOES_BEFORE = "drop.announced"
# Nobody can take these back.
_FOR_GOOD = ("drop.planned", "unit.retired")


def action_differences(connection: Connection, channel_id: int, rebuilt: Rebuilt) -> Iterator[str]:
    """Each deed by hand can be taken back once, by its doer; the row says what the entry says."""
    action, identity = tables.action, tables.identity
    rows = connection.execute(select(action).where(action.c.channel_id == channel_id))
    stored = {row.entry_number: row for row in rows}
    who = {
        (row.platform, row.user_id): row.person_id
        for row in connection.execute(select(identity).where(identity.c.channel_id == channel_id))
    }
    persons = set(connection.scalars(select(tables.person.c.id).where(tables.person.c.channel_id == channel_id)))
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
        wanted["minutes"] = told.public["minutes"] if told.kind == "drop.extended" else 0
        if told.by is not None and told.by in who:
            wanted["person_id"] = who[told.by]
        if row.person_id not in persons:
            yield f"action of entry {number}: it is of person {row.person_id}, whom the table does not know"
        for name, value in wanted.items():
            if getattr(row, name) != value:
                yield f"action of entry {number}: {name} is {getattr(row, name)!r}, the entry says {value!r}"


def _is_remembered(deed: Deed) -> bool:
    by_hand = deed.by is not None and deed.by[0] != "bot" and deed.kind not in (*_FOR_GOOD, _GOES_BEFORE)
    return by_hand and deed.undoes is None
