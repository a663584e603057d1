"""What was done and what was answered, against the entries: moderators' deeds and the outcomes of requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, select

from bot.domain.control import DropSteered, Verb
from bot.storage import tables
from bot.storage.entries import read_pieces
from bot.storage.fold import Deed, Grant, Rebuilt
from bot.storage.outcomes import to_bytes

GRANTING = frozenset(("claim.granted", "steer.done"))
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
        wanted["minutes"] = told.public["minutes"] if told.kind == "drop.extended" else 0
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
    columns = ("channel_id", "request_id", "kind", "drop_key", "platform", "user_id", "name", "decision", "at")
    # Every row there is, in the order in which the table has them: by the key it would be a look-up a row.
    query = select(*(tables.outcome.c[name] for name in columns))
    waiting = dict(rebuilt.requests)
    forgotten: dict[tuple[str, int, int], list[Grant]] = {}
    for grant in rebuilt.forgotten:
        forgotten.setdefault((grant.unit.drop, grant.unit.number, grant.unit.granted_at), []).append(grant)
    log_begins = rebuilt.log_keys[0].entry if rebuilt.log_keys else rebuilt.entries + 1
    faults: list[str] = []
    for rows in read_pieces(connection, query):
        for channel, request_id, kind, drop, platform, user, name, decision, at in rows:
            if channel != channel_id or kind not in GRANTING:
                continue
            where = f"outcome of {request_id}"
            try:
                answer = orjson.loads(decision)
                number = 0 if kind == "steer.done" and answer["verb"] != "give" else answer["number"]
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                faults.append(f"{where}: it cannot be read ({type(error).__name__}: {error})")
                continue
            if not number:
                continue
            found = waiting.pop(request_id, None)
            if found is None:
                # After an erasure nobody can tell whose request it was, only that it was granted.
                possible = forgotten.get((drop, number, at))
                if not possible:
                    faults.append(f"{where}: it says #{number} of {drop}, no entry has granted that to it")
                    continue
                grant = possible.pop()
                if kind == "claim.granted" and (user or name):
                    faults.append(f"{where}: it names {user!r}, whose entry has lost its private part")
            else:
                grant = found
            unit = grant.unit
            if at != unit.granted_at:
                faults.append(f"{where}: it is of {at}, its entry of {unit.granted_at}")
            if (drop, number) != (unit.drop, unit.number):
                told = f"its entry says #{unit.number} of {unit.drop}"
                faults.append(f"{where}: it says #{number} of {drop}, {told}")
            elif (wanted := _answer_to(grant, kind, log_begins)) != answer:
                faults += (f"{where}: {fault}" for fault in _answer_differs(answer, wanted, grant))
            if grant.by is not None and (platform, user, name) != grant.by:
                faults.append(f"{where}: it was answered to another one than the entry names")
    yield from sorted(faults)
    for request_id, grant in sorted(waiting.items()):
        unit = grant.unit
        yield f"outcome of {request_id}: #{unit.number} of {unit.drop} was granted and not answered"
    for (key, number, _), unanswered in sorted(forgotten.items()):
        for _ in unanswered:
            yield f"outcome of a request that was erased: #{number} of {key} was granted and not answered"


def _answer_to(grant: Grant, kind: str, log_begins: int) -> dict[str, Any]:
    """The decision as it is stored, from the entry and the drop as it stood then."""
    unit, plan, left = grant.unit, grant.plan, grant.units_left
    if kind == "claim.granted":
        answer = {
            "drop": unit.drop,
            "title": plan.title,
            "number": unit.number,
            "supply": plan.supply,
            "units_left": left,
        }
        if unit.entry_number > log_begins:
            # Answers of before the log had a key have no receipt.
            answer["entry"] = unit.entry_number
            answer["leaf"] = grant.leaf.hex()
        return answer
    steered = DropSteered(
        Verb.GIVE,
        unit.drop,
        plan.title,
        closes_at=grant.closes_at,
        number=unit.number,
        supply=plan.supply,
        units_left=left,
        receiver=grant.private.get("name", ""),
        receiver_platform=grant.private.get("platform", ""),
    )
    given: dict[str, Any] = orjson.loads(to_bytes(steered))
    return given


def _answer_differs(answer: Mapping[str, Any], wanted: Mapping[str, Any], grant: Grant) -> Iterator[str]:
    """Where an answer says something else than its entry. Of an erased person it has no name to say."""
    for name in sorted(answer.keys() | wanted.keys()):
        if grant.by is None and name.startswith("receiver"):
            continue
        found, told = answer.get(name), wanted.get(name)
        if found != told:
            yield f"{name} is {found!r}, its entry says {told!r}"
