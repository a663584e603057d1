"""A channel's entries folded, one after the other, into what they amount to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from sys import intern
from typing import Any

import orjson
from sqlalchemy import Connection

from bot.domain.drops import Drop, evolve
from bot.domain.ledger import Fact, names_drop
from bot.domain.public_lines import EntryRefused, PublicEntry
from bot.domain.time import Micros
from bot.domain.transparency import (
    CODE_BURNED,
    CODE_ISSUED,
    CODE_REDEEMED,
    LOG_KEY,
    PERSON_ERASED,
    PERSON_LINKED,
    PERSON_UNLINKED,
    checkpoint_due,
)
from bot.storage.entries import UNREADABLE, EntryBytes, Report, read_entry_bytes
from bot.storage.fold_participation import ParticipationFold
from bot.storage.rebuilt import CodeName, Deed, Grant, LogKey, Rebuilt, RebuiltCode, RebuiltLink, RebuiltUnit

_NOTHING: Mapping[str, Any] = {}
_new = tuple.__new__

Settle = Callable[[EntryBytes], bool]
"""Told of each entry. Whether it has folded it: a claim of which nothing is to be kept for later."""


class Folding:
    """Entries on their way into a Rebuilt; each thing that does not hold is reported."""

    def __init__(self, report: Report) -> None:
        self.rebuilt = Rebuilt()
        self._report = report
        self._expected = 1
        self._last_at: Micros = 0
        # By drop and pseudonym: the one number they hold, which is their first, or each number with its `nth`.
        self.held: dict[str, dict[str, int | dict[int, int]]] = {}
        self._participation = ParticipationFold(self.rebuilt)

    def add(self, rows: Sequence[EntryBytes], settle: Settle = lambda _: False) -> None:
        """Fold the next entries, but for those that `settle` has folded."""
        report, expected, last_at = self._report, self._expected, self._last_at
        owed = self._participation.passes.owed
        for row in rows:
            number, at, _, _, _ = row
            if number != expected:
                report(expected, f"missing, {number} comes after {expected - 1}")
            if at < last_at:
                report(number, "earlier than the entry before it")
            expected, last_at = number + 1, at
            if not owed and settle(row):
                continue
            try:
                self._apply(row)
            except EntryRefused as refused:
                report(number, str(refused))
            except UNREADABLE as error:
                report(number, f"cannot be read ({type(error).__name__}: {error})")
        self.rebuilt.entries += len(rows)
        self._expected, self._last_at = expected, last_at

    def end(self) -> Rebuilt:
        """What all of them amount to, after the last one."""
        for due in self._participation.passes.owed:
            self._report(self._expected - 1, f"{due.kind} belongs after it, which goes with {due.unit}")
        return self.rebuilt

    def _apply(self, row: EntryBytes) -> None:
        """Fold one entry. Raises EntryRefused, KeyError or ValueError for what cannot have happened."""
        number, _, canonical, _, hidden = row
        rebuilt, content = self.rebuilt, orjson.loads(canonical)
        kind, key, public = content["kind"], content["drop"], content["public"]
        private: Mapping[str, Any] = _NOTHING
        if hidden is None:
            rebuilt.unsealed.add(number)
        elif hidden != b"{}":
            private = orjson.loads(hidden)
        passes = self._participation.passes
        if passes.owed or kind.startswith("pass."):
            try:
                passes.tell(kind, public)
            except EntryRefused as refused:
                self._report(number, str(refused))
        if not names_drop(key):
            self._note(row, content, private)
            return
        before = rebuilt.drops.get(key)
        after = evolve(before, kind, public, content["at"])
        due = True
        if kind == "unit.granted":
            # Nothing but the last unit can make a claim one that is signed.
            due = not self._grant(row, before, after, public, private)
            passes.unit_granted(after.plan, public["number"], content["at"])
        elif kind == "unit.voided":
            self._void(key, public["number"])
        elif kind == "unit.retired":
            self._void(key, public["number"])
            self._lose(key, public["number"], content["at"], number)
        elif kind == "unit.lost":
            self._lose(key, public["number"], content["at"], number)
        if due and checkpoint_due(before, after, kind):
            rebuilt.checkpoints.add(number)
        if kind != "unit.granted" or public["how"] == "hand":
            by = (private["by"]["platform"], private["by"]["user"]) if "by" in private else None
            rebuilt.deeds[number] = Deed(kind, key, content["at"], public, by, public.get("undoes"))
        rebuilt.drops[key] = after

    def _grant(
        self,
        row: EntryBytes,
        before: Drop | None,
        after: Drop,
        public: Mapping[str, Any],
        private: Mapping[str, Any],
    ) -> int:
        """Note a unit's owner and what they were answered; returns how many units are left."""
        rebuilt, plan, left = self.rebuilt, after.plan, after.units_left
        entry, at, _, leaf, _ = row
        # The plan's own key, one object for all of its units.
        key, number, holder, how = plan.key, public["number"], public["holder"], intern(public["how"])
        place = (key, number)
        owners = rebuilt.owners.setdefault(key, {})
        if number in owners:
            raise ValueError(f"unit {number} of {key} has an owner already")
        if place in rebuilt.lost:
            raise ValueError(f"unit {number} of {key} was written off before it was granted")
        if not plan.has_unit(number):
            raise ValueError(f"there is no unit {number} of {key}")
        nth = self._take(key, holder, number)
        owners[number] = holder
        # As the class itself makes them, without a call in between: this runs for every unit there ever was.
        unit = _new(RebuiltUnit, (key, number, holder, nth, how, at, entry, private.get("person")))
        rebuilt.units[place] = unit
        if how == "claim" and private:
            by = (intern(private["platform"]), private["user"], private["name"])
            grant = _new(Grant, (unit, leaf, plan, left, None, by, _NOTHING))
            rebuilt.requests[private["request"]] = grant
            return left
        told = left if how == "claim" or before is None else before.units_left
        if private:
            doer = private["by"]
            by = (doer["platform"], doer["user"], doer["name"])
            rebuilt.requests[private["request"]] = Grant(unit, leaf, plan, told, after.closes_at, by, private)
        else:
            rebuilt.forgotten.append(Grant(unit, leaf, plan, told, after.closes_at, None, _NOTHING))
        return left

    def _take(self, key: str, holder: str, number: int) -> int:
        held_by = self.held.setdefault(key, {})
        held = held_by.setdefault(holder, number)
        if held == number:
            return 1
        numbers = {held: 1} if isinstance(held, int) else held
        nth = next(n for n in range(1, len(numbers) + 2) if n not in numbers.values())
        numbers[number] = nth
        held_by[holder] = numbers
        return nth

    def _void(self, key: str, number: int) -> None:
        rebuilt = self.rebuilt
        holder = rebuilt.owners.get(key, {}).pop(number, None)
        if holder is None:
            raise ValueError(f"unit {number} of {key} has no owner to take it from")
        if rebuilt.units.pop((key, number), None) is None:
            rebuilt.strays.append((key, number))
        held_by = self.held[key]
        held = held_by.pop(holder)
        if isinstance(held, dict):
            del held[number]
            held_by[holder] = held
        self._participation.passes.unit_taken(key, number)

    def _lose(self, key: str, number: int, at: Micros, entry: int) -> None:
        rebuilt = self.rebuilt
        if number in rebuilt.owners.get(key, {}) or (key, number) in rebuilt.lost:
            raise ValueError(f"unit {number} of {key} cannot be written off, it is out already")
        rebuilt.lost[key, number] = (at, entry)

    def _note(self, row: EntryBytes, content: Mapping[str, Any], private: Mapping[str, Any]) -> None:
        """Fold an entry about no drop."""
        rebuilt, (entry, at, _, leaf, _) = self.rebuilt, row
        kind, scope, public = content["kind"], content["drop"], content["public"]
        if kind == LOG_KEY:
            rebuilt.log_keys.append(LogKey(entry, public["key"], public["why"]))
        elif kind == PERSON_ERASED:
            for number in private["entries"]:
                rebuilt.erased[number] = private["person"]
            rebuilt.erased_persons.add(private["person"])
        elif kind == PERSON_LINKED:
            self._link(public["link"], entry, at, private.get("person"))
        elif kind == PERSON_UNLINKED:
            self._unlink(public["link"], entry, at, private.get("person"))
        elif kind in (CODE_ISSUED, CODE_REDEEMED, CODE_BURNED):
            self._code(kind, (public["set"], public["number"], public["reissue"]), row, private.get("person"))
        else:
            fact = Fact(kind, scope, public, private, private.get("person"))
            told = PublicEntry(entry, content["at"], content["channel"], kind, scope, public, leaf, line=entry)
            self._participation.apply(fact, told)
        if checkpoint_due(None, None, kind):
            rebuilt.checkpoints.add(entry)

    def _link(self, number: int, entry: int, at: Micros, person: int | None) -> None:
        links = self.rebuilt.links
        link = links.get(number)
        if link is None and number == entry:
            links[number] = RebuiltLink((entry,), (person,), at)
        elif link is not None and link.began == (entry - 1,) and link.linked_at == at:
            link.began, link.persons = (entry - 1, entry), (*link.persons, person)
        else:
            raise ValueError(f"it is neither the first nor the second side of link {number}")

    def _unlink(self, number: int, entry: int, at: Micros, person: int | None) -> None:
        link = self.rebuilt.links.get(number)
        if link is None or len(link.persons) != 2 or len(link.ended) == 2:
            raise ValueError(f"there is no link {number} that could end")
        if link.ended and (link.ended, link.unlinked_at) != ((entry - 1,), at):
            raise ValueError(f"it is not the second side of the end of link {number}")
        told = link.persons[len(link.ended)]
        if None not in (told, person) and told != person:
            raise ValueError(f"link {number} does not join person {person} on this side")
        link.unlinked_at, link.ended = at, (*link.ended, entry)

    def _code(self, kind: str, name: CodeName, row: EntryBytes, person: int | None) -> None:
        codes, (entry, at, *_) = self.rebuilt.codes, row
        code = codes.get(name)
        if kind == CODE_ISSUED:
            if code is not None:
                raise ValueError(f"code {name} was issued before")
            codes[name] = RebuiltCode()
        elif code is None or code.burned_at is not None or code.used_at is not None:
            raise ValueError(f"code {name} is none that could be used")
        elif kind == CODE_BURNED:
            code.burned_at = at
        else:
            code.redeemed, code.used_at, code.used_by = entry, at, person


def fold_entries(connection: Connection, channel_id: int, report: Report) -> Rebuilt:
    """What the channel's entries amount to. What each entry's own bytes prove is for `bot.storage.sealed`."""
    folding = Folding(report)
    for rows in read_entry_bytes(connection, channel_id):
        folding.add(rows)
    return folding.end()
