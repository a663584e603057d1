"""A channel's entries folded, one after the other, into what they amount to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop, evolve
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

Key = tuple[str, int]
CodeName = tuple[str, int, int]
_NOTHING: Mapping[str, Any] = {}
_new = tuple.__new__


class RebuiltUnit(NamedTuple):
    """One numbered copy as the entries tell it: `holder` is a pseudonym, `nth` the how-manieth of theirs it is.
    `person` is whose it is, None where no private part tells it any more."""

    drop: str
    number: int
    holder: str
    nth: int
    how: str
    granted_at: Micros
    entry_number: int
    person: int | None


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry about a drop, but for the grants of claims. `by` is the identity that asked for it, as far as the
    private part still tells; `undoes` is the number of the entry that it takes back."""

    kind: str
    drop: str
    at: Micros
    public: Mapping[str, Any]
    by: tuple[str, str] | None
    undoes: int | None


class Grant(NamedTuple):
    """What somebody was answered with a unit: the unit with its entry's leaf hash, and the drop as it stood then (a
    claim is told what is left after it, a deed by hand what was left before). `by` is who had asked, `private` all
    that a deed by hand keeps of it; both are empty once that was erased."""

    unit: RebuiltUnit
    leaf: bytes
    plan: DropPlan
    units_left: int
    closes_at: Micros | None
    by: tuple[str, str, str] | None
    private: Mapping[str, Any]


class LogKey(NamedTuple):
    """From entry `entry` on the log is signed by `key`; `why` as bot.domain.transparency.KeyChange has it."""

    entry: int
    key: str
    why: str


@dataclass(slots=True)
class RebuiltLink:
    """Two persons in a row of one link, Twitch's first; None where no private part tells who any more. `ended` are
    the entries that ended it, the same two in the same order."""

    began: tuple[int, ...]
    persons: tuple[int | None, ...]
    linked_at: Micros
    unlinked_at: Micros | None = None
    ended: tuple[int, ...] = ()


@dataclass(slots=True)
class RebuiltCode:
    """What became of a claim code after the entry that issued it; `redeemed` is the entry that did, and `used_by`
    None where no private part tells who any more."""

    burned_at: Micros | None = None
    redeemed: int | None = None
    used_at: Micros | None = None
    used_by: int | None = None


@dataclass(slots=True)
class Rebuilt:
    """What the entries amount to: drops by key; by drop and number who owns it; the numbers that were written off,
    with the instant and entry; deeds by entry; links by the number of their first entry; claim codes by
    set, number and reissue.

    `units`, by drop and number, and `requests`, what each was granted, are all of them, but for those a Settle
    has found in the tables already. Of these, `strays` were taken back later: the table must not have them.

    Of the log: its keys, and the sizes at which it has to be signed. Of people who were erased: the grants whose
    requests nobody knows any more, the entries without a private part, and with whom each of these lost it."""

    drops: dict[str, Drop] = field(default_factory=dict)
    owners: dict[str, dict[int, str]] = field(default_factory=dict)
    units: dict[Key, RebuiltUnit] = field(default_factory=dict)
    lost: dict[Key, tuple[Micros, int]] = field(default_factory=dict)
    deeds: dict[int, Deed] = field(default_factory=dict)
    requests: dict[str, Grant] = field(default_factory=dict)
    strays: list[Key] = field(default_factory=list)
    links: dict[int, RebuiltLink] = field(default_factory=dict)
    codes: dict[CodeName, RebuiltCode] = field(default_factory=dict)
    log_keys: list[LogKey] = field(default_factory=list)
    checkpoints: set[int] = field(default_factory=set)
    forgotten: list[Grant] = field(default_factory=list)
    unsealed: set[int] = field(default_factory=set)
    erased: dict[int, int] = field(default_factory=dict)
    erased_persons: set[int] = field(default_factory=set)
    entries: int = 0


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

    def add(self, rows: Sequence[EntryBytes], settle: Settle = lambda _: False) -> None:
        """Fold the next entries, but for those that `settle` has folded."""
        report, expected, last_at = self._report, self._expected, self._last_at
        for row in rows:
            number, at, _, _, _ = row
            if number != expected:
                report(expected, f"missing, {number} comes after {expected - 1}")
            if at < last_at:
                report(number, "earlier than the entry before it")
            expected, last_at = number + 1, at
            if settle(row):
                continue
            try:
                self._apply(row)
            except UNREADABLE as error:
                report(number, f"cannot be read ({type(error).__name__}: {error})")
        self.rebuilt.entries += len(rows)
        self._expected, self._last_at = expected, last_at

    def _apply(self, row: EntryBytes) -> None:
        """Fold one entry. Raises KeyError or ValueError for what cannot have happened."""
        number, _, canonical, _, hidden = row
        rebuilt, content = self.rebuilt, orjson.loads(canonical)
        kind, key, public = content["kind"], content["drop"], content["public"]
        private: Mapping[str, Any] = _NOTHING
        if hidden is None:
            rebuilt.unsealed.add(number)
        elif hidden != b"{}":
            private = orjson.loads(hidden)
        if not key:
            self._note(row, kind, public, private)
            return
        before = rebuilt.drops.get(key)
        after = evolve(before, kind, public, content["at"])
        due = True
        if kind == "unit.granted":
            # Nothing but the last unit can make a claim one that is signed.
            due = not self._grant(row, before, after, public, private)
        elif kind == "unit.voided":
            self._void(key, public["number"])
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

    def _lose(self, key: str, number: int, at: Micros, entry: int) -> None:
        rebuilt = self.rebuilt
        if number in rebuilt.owners.get(key, {}) or (key, number) in rebuilt.lost:
            raise ValueError(f"unit {number} of {key} cannot be written off, it is out already")
        rebuilt.lost[key, number] = (at, entry)

    def _note(self, row: EntryBytes, kind: str, public: Mapping[str, Any], private: Mapping[str, Any]) -> None:
        """Fold an entry about no drop."""
        rebuilt, entry = self.rebuilt, row[0]
        if kind == LOG_KEY:
            rebuilt.log_keys.append(LogKey(entry, public["key"], public["why"]))
        elif kind == PERSON_ERASED:
            for number in private["entries"]:
                rebuilt.erased[number] = private["person"]
            rebuilt.erased_persons.add(private["person"])
        elif kind == PERSON_LINKED:
            self._link(public["link"], entry, row[1], private.get("person"))
        elif kind == PERSON_UNLINKED:
            self._unlink(public["link"], entry, row[1], private.get("person"))
        elif kind in (CODE_ISSUED, CODE_REDEEMED, CODE_BURNED):
            self._code(kind, (public["set"], public["number"], public["reissue"]), row, private.get("person"))
        else:
            raise ValueError(f"unknown kind of fact about no drop: {kind}")
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
    return folding.rebuilt
