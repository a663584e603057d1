"""Claims whose unit and answer stand in the tables as they should: found by walking all three in step.

Nearly all of a ledger is such claims. One whose bytes, unit and answer are exactly those that the lane writes is
done with at once: no JSON is read, and nothing of it is kept but who has the number. Whatever else there is, the
fold reads, and what is left over of the tables is compared with that afterwards."""

from __future__ import annotations

from binascii import hexlify
from collections.abc import Iterator
from dataclasses import replace

import orjson
from sqlalchemy import Connection

from bot.domain.drops import Drop
from bot.domain.ledger import json_bytes
from bot.storage.answers import ANSWER_ENDS, CLAIM, AnswerRow, answer_rows
from bot.storage.claimed import CLAIM_BEGINS, CLAIM_ENDS, claim_middle
from bot.storage.entries import UNREADABLE, EntryBytes
from bot.storage.fold import Folding
from bot.storage.holdings import UnitRow, unit_rows
from bot.storage.sealed import name_of

_CLAIMED = CLAIM_BEGINS + b"%d" + CLAIM_ENDS
# Where pseudonym and seal stand, in characters from the end; the digits of the unit's number come on top of it.
_AFTER_HOLDER = len('","how":"claim","number":') + len(CLAIM_ENDS)
_HOLDER, _SEAL = 32, 64
_SEAL_BEGINS = _SEAL + len('","public":{"holder":"') + _HOLDER

# Comes after every entry.
_NO_UNIT: UnitRow = ("", 0, 0, 0, 0, "", 0, 2**64)


class InStep:
    """The rows of units and answers of one channel, on their way beside its fold."""

    def __init__(self, connection: Connection, channel_id: int, folding: Folding) -> None:
        self._channel = name_of(connection, channel_id)
        self._folding = folding
        self._runs: dict[str, _Run] = {}
        self._units, self._answers = unit_rows(connection, channel_id), answer_rows(connection, channel_id)
        self._passed_units: list[UnitRow] = []
        self._passed_answers: list[AnswerRow] = []
        self._unit = next(self._units, _NO_UNIT)
        self._answer = next(self._answers, None)
        self.settled = 0

    def settle(self, row: EntryBytes) -> bool:
        """Fold this entry, if it is a claim whose unit and answer come next and are as they should be."""
        number, at, canonical, leaf, private = row
        unit, answer = self._unit, self._answer
        if unit[-1] != number:
            unit = self._unit_of(number)
        key, of, edition, person, nth, how, granted_at, granted_by = unit
        if granted_by != number or answer is None:
            return self._catch_up()
        run = self._runs.get(key) or self._begin(key)
        # The last one may be a claim that the log is signed after.
        if run is None or run.left <= 1:
            return self._catch_up()
        request, kind, drop, platform, user, name, decision, answered_at = answer
        if private != orjson.dumps(
            {"name": name, "person": person, "platform": platform, "request": request, "user": user}
        ):
            self._pass_answers(number)
            return self._catch_up() if self._answer is answer else self.settle(row)
        end = len(canonical) - _AFTER_HOLDER - len(str(of))
        holder, seal = canonical[end - _HOLDER : end], canonical[end - _SEAL_BEGINS : end - _SEAL_BEGINS + _SEAL]
        owner = holder.decode("latin-1")
        left = run.left - 1
        if (
            canonical != _CLAIMED % (at, run.middle, number, seal, holder, of)
            # Letters and digits alone: no quote among them ends the text early.
            or not holder.isalnum()
            or not seal.isalnum()
            # Above all that were ever out: so it has no owner, and was not written off.
            or not run.last_number < of <= run.supply
            or owner in run.held
            or of in run.owners
            or (edition, nth, how, granted_at) != (1, 1, "claim", at)
            or (kind, drop, answered_at) != (CLAIM, key, at)
            or decision != ANSWER_ENDS % (run.answer, of, run.supply, left, number, hexlify(leaf))
        ):
            return self._catch_up()
        run.owners[of] = owner
        run.held[owner] = run.last_number = of
        run.left = left
        self.settled += 1
        self._unit = next(self._units, _NO_UNIT)
        self._answer = next(self._answers, None)
        return True

    def left_over(self) -> tuple[Iterator[UnitRow], Iterator[AnswerRow]]:
        """The rows that no entry was in step with, after the last entry."""
        self._catch_up()
        return self._other_units(), self._other_answers()

    def _other_units(self) -> Iterator[UnitRow]:
        yield from self._passed_units
        if self._unit is not _NO_UNIT:
            yield self._unit
        yield from self._units

    def _other_answers(self) -> Iterator[AnswerRow]:
        yield from self._passed_answers
        if self._answer is not None:
            yield self._answer
        yield from self._answers

    def _begin(self, key: str) -> _Run | None:
        drop = self._folding.rebuilt.drops.get(key)
        # What comes with a unit stands between claims, and is for the fold to hold against the plan.
        if drop is None or drop.plan.passes:
            return None
        run = self._runs[key] = _Run(drop, self._folding, claim_middle(self._channel, key))
        return run

    def _catch_up(self) -> bool:
        """Let the fold know what was settled, before it takes an entry itself: always False."""
        if self._runs:
            for key, run in self._runs.items():
                self._folding.rebuilt.drops[key] = run.drop_now()
            self._runs.clear()
        return False

    def _unit_of(self, number: int) -> UnitRow:
        """The next unit that was not granted before entry `number`."""
        while self._unit[-1] < number:
            self._passed_units.append(self._unit)
            self._unit = next(self._units, _NO_UNIT)
        return self._unit

    def _pass_answers(self, number: int) -> None:
        """Go on to the next answer that is not for an entry before `number`."""
        while self._answer is not None and _entry_of(self._answer) < number:
            self._passed_answers.append(self._answer)
            self._answer = next(self._answers, None)


class _Run:
    """A drop on its way through claims and nothing else: only what these change is counted."""

    __slots__ = ("_drop", "_left_before", "answer", "held", "last_number", "left", "middle", "owners", "supply")

    def __init__(self, drop: Drop, folding: Folding, middle: bytes) -> None:
        self._drop, self.middle = drop, middle
        self.supply, self.last_number = drop.plan.supply, drop.last_number
        self.left = self._left_before = drop.units_left
        self.owners = folding.rebuilt.owners.setdefault(drop.key, {})
        self.held = folding.held.setdefault(drop.key, {})
        self.answer = json_bytes({"drop": drop.key, "title": drop.title})[:-1]

    def drop_now(self) -> Drop:
        """The drop after these claims."""
        claimed = self._drop.claimed + self._left_before - self.left
        return replace(self._drop, claimed=claimed, last_number=self.last_number)


def _entry_of(answer: AnswerRow) -> int:
    """The entry that an answer tells of, 0 for none."""
    try:
        entry = orjson.loads(answer[-2])["entry"]
    except UNREADABLE:
        return 0
    return entry if isinstance(entry, int) else 0
