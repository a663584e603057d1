"""What was answered with a unit, against the entries: each grant has its answer, and none grants anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, or_, select

from bot.domain.claims import ClaimGranted
from bot.domain.control import DropSteered, Verb
from bot.domain.ledger import json_bytes
from bot.storage import tables
from bot.storage.entries import UNREADABLE, rows_of
from bot.storage.outcomes import to_bytes
from bot.storage.rebuilt import Grant, Rebuilt

CLAIM, _DEED = "claim.granted", "steer.done"
# What a deed's answer says since a later release: one that was kept before means the same without.
_SINCE: Mapping[str, Any] = {"early": ""}
# request, kind, drop, platform, user, name, decision, instant
AnswerRow = tuple[str, str, str, str, str, str, bytes, int]
_COLUMNS = ("request_id", "kind", "drop_key", "platform", "user_id", "name", "decision", "at")
# A granted claim as `bot.storage.outcomes` writes it, after what it says of the drop.
ANSWER_ENDS = b'%b,"number":%d,"supply":%d,"units_left":%d,"entry":%d,"leaf":"%b"}'


def answer_rows(connection: Connection, channel_id: int) -> Iterator[AnswerRow]:
    """All answers that may grant something, in the order of the table, which is mostly that of the entries."""
    outcome = tables.outcome.c
    query = select(*(outcome[name] for name in _COLUMNS)).where(
        # A sum, of which there is no index: by the key it would be a look-up a row.
        outcome.channel_id + 0 == channel_id,
        or_(outcome.kind == CLAIM, outcome.kind == _DEED),
    )
    return rows_of(connection, query)


def outcome_differences(rows: Iterable[AnswerRow], rebuilt: Rebuilt) -> Iterator[str]:
    """Where these answers and the entries disagree, in words, by request."""
    answers = _Answers(rebuilt)
    take, is_usual, faults = answers.waiting.pop, answers.is_usual, list[str]()
    for request_id, kind, drop, platform, user, name, decision, at in rows:
        grant, by = take(request_id, None), (platform, user, name)
        if grant is not None and kind == CLAIM and is_usual(grant, drop, by, decision, at):
            continue
        for fault in answers.faults(grant, kind, drop, by, decision, at):
            faults.append(f"outcome of {request_id}: {fault}")
    yield from sorted(faults)
    yield from answers.missing()


class _Answers:
    """The grants that wait for their answer."""

    def __init__(self, rebuilt: Rebuilt) -> None:
        self.waiting = dict(rebuilt.requests)
        # After an erasure nobody can tell whose request it was, only that it was granted.
        self._forgotten: dict[tuple[str, int, int], list[Grant]] = {}
        for grant in rebuilt.forgotten:
            unit = grant.unit
            self._forgotten.setdefault((unit.drop, unit.number, unit.granted_at), []).append(grant)
        # An answer of before the log had a key has no receipt.
        self._log_begins = rebuilt.log_keys[0].entry if rebuilt.log_keys else rebuilt.entries + 1
        self._begins: dict[int, bytes] = {}

    def is_usual(self, grant: Grant, drop: str, by: tuple[str, str, str], decision: bytes, at: int) -> bool:
        """Whether a claim was answered with the very bytes that the lane keeps. That it was not proves nothing."""
        unit, leaf, plan, left, _, wanted_by, _ = grant
        key, number, _, _, how, granted_at, entry, _ = unit
        if by != wanted_by or at != granted_at or drop != key or how != "claim":
            return False
        begin = self._begins.get(id(plan))
        if begin is None:
            begin = self._begins[id(plan)] = json_bytes({"drop": key, "title": plan.title})[:-1]
        return decision == ANSWER_ENDS % (begin, number, plan.supply, left, entry, leaf.hex().encode())

    def faults(
        self, grant: Grant | None, kind: str, drop: str, by: tuple[str, str, str], decision: bytes, at: int
    ) -> Iterator[str]:
        """What is wrong with an answer; `grant` is what the entries tell of its request."""
        try:
            answer = orjson.loads(decision)
            number = 0 if kind == _DEED and answer["verb"] != str(Verb.GIVE) else answer["number"]
        except UNREADABLE as error:
            yield f"it cannot be read ({type(error).__name__}: {error})"
            return
        if grant is None:
            if not number:
                return  # a deed that gave nobody anything
            possible = self._forgotten.get((drop, number, at))
            if not possible:
                yield f"it says #{number} of {drop}, no entry has granted that to it"
                return
            grant = _most_like(possible, kind, answer)
            possible.remove(grant)
            if kind == CLAIM and by[1:] != ("", ""):
                yield f"it names {by[1]!r}, and its entry has lost its private part"
        unit = grant.unit
        if kind != (CLAIM if unit.how == "claim" else _DEED):
            yield f"it is a {kind}, and its entry is granted by {unit.how}"
        if at != unit.granted_at:
            yield f"it is of {at}, its entry of {unit.granted_at}"
        if grant.by is not None and by != grant.by:
            yield "it was answered to another one than the entry names"
        if (drop, number) != (unit.drop, unit.number):
            yield f"it says #{number} of {drop}, its entry says #{unit.number} of {unit.drop}"
        wanted = self._answer_to(grant)
        if kind == _DEED:
            answer = {**_SINCE, **answer}
        for name in sorted(answer.keys() | wanted.keys()):
            if grant.by is None and name.startswith("receiver"):
                continue  # whoever was erased has no name to say
            if answer.get(name) != wanted.get(name):
                yield f"{name} is {answer.get(name)!r}, its entry says {wanted.get(name)!r}"

    def missing(self) -> Iterator[str]:
        """The grants that nobody was answered with."""
        for request_id, grant in sorted(self.waiting.items()):
            unit = grant.unit
            yield f"outcome of {request_id}: #{unit.number} of {unit.drop} was granted and not answered"
        for (key, number, _), unanswered in sorted(self._forgotten.items()):
            for _ in unanswered:
                yield f"outcome of a request that was erased: #{number} of {key} was granted and not answered"

    def _answer_to(self, grant: Grant) -> Mapping[str, Any]:
        """The decision as it is stored, from the entry and the drop as it stood then."""
        unit, plan, left = grant.unit, grant.plan, grant.units_left
        if unit.how == "claim":
            receipt = unit.entry_number, grant.leaf.hex()
            granted = ClaimGranted(unit.drop, plan.title, unit.number, plan.supply, left, *receipt)
            told = _as_kept(granted)
            return told if unit.entry_number > self._log_begins else told | {"entry": None, "leaf": None}
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
        return _as_kept(steered)


def _most_like(grants: list[Grant], kind: str, answer: Mapping[str, Any]) -> Grant:
    """Of several grants of one number at one instant, one after the other, the one that was answered so."""

    def likeness(grant: Grant) -> tuple[bool, bool]:
        unit = grant.unit
        return (unit.how == "claim") == (kind == CLAIM), unit.entry_number == answer.get("entry")

    return max(grants, key=likeness)


def _as_kept(decision: ClaimGranted | DropSteered) -> dict[str, Any]:
    kept: dict[str, Any] = orjson.loads(to_bytes(decision))
    return kept
