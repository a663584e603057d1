"""Passes as rows, and as the lane knows them between batches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from bot.domain.ledger import Fact
from bot.domain.pass_terms import PassKind, PassTerms
from bot.domain.passes import Pass, evolve_pass, next_due_in_pass
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.rows import Insertion, rewrite

NEVER = 2**62


class Passes:
    """All passes of a channel. Nobody but the lane writes them, so what is kept here stays true."""

    def __init__(self, connection: Connection, channel_id: int) -> None:
        own = tables.pass_.c
        query = select(tables.pass_).where(own.channel_id == channel_id).order_by(own.number)
        self._channel_id = channel_id
        self._passes = {row.number: pass_of_row(row) for row in connection.execute(query)}
        self._by_owner: dict[int, set[int]] = {}
        self._by_unit: dict[tuple[str, int], list[int]] = {}
        # Those that time will end, and an instant before which none of them does.
        self._ending: dict[int, Micros] = {}
        self.wake_at: Micros = NEVER
        # Numbers whose row is to be written; True for one that has none yet.
        self._changed: dict[int, bool] = {}
        self.next_number = max(self._passes, default=0) + 1
        for held in self._passes.values():
            self._index(held)

    def get(self, number: int) -> Pass | None:
        return self._passes.get(number)

    def of(self, persons: Collection[int]) -> tuple[Pass, ...]:
        """What belongs to those who count as one, oldest first."""
        numbers = sorted(number for person in persons for number in self._by_owner.get(person, ()))
        return tuple(self._passes[number] for number in numbers)

    def with_unit(self, drop: str, unit: int) -> tuple[Pass, ...]:
        """What came with a badge, to whomever it belongs by now."""
        return tuple(self._passes[number] for number in self._by_unit.get((drop, unit), ()))

    def ended(self, moment: Micros) -> Iterator[Pass]:
        """Those whose time is over and that have not been told so."""
        for number in sorted(number for number, at in self._ending.items() if at <= moment):
            yield self._passes[number]
        self.wake_at = min(self._ending.values(), default=NEVER)

    def fold(self, number: int, fact: Fact) -> None:
        """Note one more fact of a pass. Raises ValueError for one that cannot be."""
        before = self._passes.get(number)
        after = evolve_pass(before, fact)
        if before is not None and before.owner is not None:
            self._by_owner[before.owner].discard(number)
        self._passes[number] = after
        self._index(after, new=before is None)
        self._changed.setdefault(number, before is None)
        self.next_number = max(self.next_number, number + 1)

    def forget(self, person_id: int) -> None:
        """Nobody may know any more whose passes these are."""
        for number in self._by_owner.pop(person_id, ()):
            held = self._passes[number] = replace(self._passes[number], owner=None)
            self._index(held, new=False)
            self._changed.setdefault(number, False)

    def write(self, connection: Connection, waiting: Insertion) -> None:
        """Write what has changed; a new pass is left with `waiting`."""
        for number, new in self._changed.items():
            values = pass_values(self._channel_id, self._passes[number])
            if new:
                waiting.add(tuple(values.values()))
            else:
                rewrite(connection, tables.pass_, values)
        self._changed.clear()

    def _index(self, held: Pass, *, new: bool = True) -> None:
        if held.owner is not None:
            self._by_owner.setdefault(held.owner, set()).add(held.number)
        if new and held.drop:
            self._by_unit.setdefault((held.drop, held.unit), []).append(held.number)
        due = next_due_in_pass(held)
        if due is None:
            self._ending.pop(held.number, None)
        else:
            self._ending[held.number] = due
            self.wake_at = min(self.wake_at, due)


def pass_values(channel_id: int, held: Pass) -> dict[str, Any]:
    """The row of a pass, in the order of the table's columns."""
    return {
        "channel_id": channel_id,
        "number": held.number,
        "kind": str(held.terms.kind),
        "uses": held.terms.uses,
        "expires_at": held.terms.expires_at,
        "transferable": int(held.terms.transferable),
        "title": held.terms.title,
        "owner": held.owner,
        "drop_key": held.drop,
        "unit": held.unit,
        "used": held.used,
        "spent_on": orjson.dumps(held.spent_on).decode(),
        "voided_why": held.voided_why,
        "expired": int(held.expired),
    }


def pass_of_row(row: Row[Any]) -> Pass:
    """The pass of a row."""
    return Pass(
        number=row.number,
        terms=PassTerms(PassKind(row.kind), row.uses, row.expires_at, bool(row.transferable), row.title),
        owner=row.owner,
        drop=row.drop_key,
        unit=row.unit,
        used=row.used,
        spent_on=tuple(orjson.loads(row.spent_on)),
        voided_why=row.voided_why,
        expired=bool(row.expired),
    )
