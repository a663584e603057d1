"""What became of one drop, as a stranger checks it: its facts in order, each held against what was promised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.drop_plan import SUPPLY_MAX, Opening
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.early_story import check_early, check_early_plan
from bot.domain.public_lines import EntryRefused, PublicEntry, is_whole
from bot.domain.time import Micros

_WHOLE_IN_PLAN = ("supply", "held_back", "per_person", "announce_at", "window")
_TEXT_IN_PLAN = ("key", "title", "kind", "zone")
_INSTANTS = ("closes_at", "public_at", "opens_at", "resume_at", "since", "was_opens_at", "was_window")


class UnitOut(NamedTuple):
    """A number that has an owner. `how` is "claim" or "hand", `holder` a pseudonym, `entry` the grant's number."""

    number: int
    how: str
    holder: str
    at: Micros
    entry: int


@dataclass(slots=True)
class Story:
    """A drop as far as its entries have been told."""

    key: str
    drop: Drop | None = None
    units: dict[int, UnitOut] = field(default_factory=dict)
    lost: dict[int, int] = field(default_factory=dict)  # numbers that were written off, with the entry
    taken_back: list[tuple[int, int]] = field(default_factory=list)  # numbers, with the entry
    restored: list[int] = field(default_factory=list)  # entries before which the ledger was put back from a copy
    _lowest_free: int = 1  # which may be one above the supply
    _held: Counter[str] = field(default_factory=Counter)
    _early: set[int] = field(default_factory=set)

    def tell(self, entry: PublicEntry) -> None:
        """One more of the drop's facts. Raises EntryRefused for one that cannot be, or that breaks a promise."""
        before = self.drop
        if before is None and entry.kind != "drop.planned":
            raise EntryRefused(f"{entry.kind} about a drop that was never planned")
        _check_types(entry)
        if before is not None:
            self._check(before, entry)
            check_early(before, entry)
        try:
            after = evolve(before, entry.kind, entry.public, entry.at)
        except KeyError as error:
            raise EntryRefused(f"{entry.kind} does not say {error}") from None
        except (TypeError, ValueError) as error:
            raise EntryRefused(f"{entry.kind} cannot be read ({error})") from None
        if entry.kind == "drop.planned":
            _check_plan(after, self.key)
            check_early_plan(entry.public)
        self._count(entry)
        self.drop = after

    def _check(self, drop: Drop, entry: PublicEntry) -> None:
        match entry.kind:
            case "drop.planned" if drop.public:
                raise EntryRefused("the drop is planned anew, though it was announced already")
            case "drop.opened" | "drop.reopened" if not drop.public:
                raise EntryRefused("the drop opens, though it was never announced")
            case "drop.moved":
                _check_move(drop, entry)
            case "unit.granted":
                self._check_grant(drop, entry)
            case "unit.voided":
                number = entry.public.get("number")
                unit = self.units.get(number_of(entry))
                if unit is None or unit.how != entry.public.get("how"):
                    raise EntryRefused(f"number {number} is taken back, but nobody has it that way")
            case "unit.retired":
                self._check_retired(entry)
            case "unit.lost":
                self._check_free(drop, number_of(entry))
                # Only a restore loses numbers: else a drop could be made to sell out sooner than was promised.
                if not drop.frozen:
                    raise EntryRefused(f"number {number_of(entry)} is written off, but the drop was not restored")

    def _check_grant(self, drop: Drop, entry: PublicEntry) -> None:
        number, how, holder = number_of(entry), entry.public.get("how"), entry.public.get("holder")
        self._check_free(drop, number)
        if not isinstance(holder, str) or not holder:
            raise EntryRefused(f"number {number} is granted to nobody")
        if drop.frozen:
            raise EntryRefused(f"number {number} is granted while the drop is frozen after a restore")
        if how == "hand":
            if not drop.public or drop.state is DropState.CANCELLED:
                raise EntryRefused(f"number {number} is given of a drop that is {drop.state}")
            return
        if how != "claim":
            raise EntryRefused(f"number {number} is granted in a way that there is not")
        if not drop.open:
            raise EntryRefused(f"number {number} is claimed while the drop is {drop.state}, not open")
        if drop.paused:
            raise EntryRefused(f"number {number} is claimed while the drop is paused")
        if drop.closes_at is None or entry.at >= drop.closes_at:
            raise EntryRefused(f"number {number} is claimed after the window has closed")
        if drop.units_left == 0:
            raise EntryRefused(f"number {number} is claimed, though none is left for claims")
        held = self._held[holder]
        if held >= drop.plan.per_person:
            raise EntryRefused(f"number {number} is claimed by somebody who has {held}, the most one may have")

    def _check_retired(self, entry: PublicEntry) -> None:
        """Taken back for good: it counts as written off, and whoever had it may have another one."""
        number = number_of(entry)
        unit = self.units.get(number)
        if unit is None or unit.how != entry.public.get("how"):
            raise EntryRefused(f"number {number} is taken back for good, but nobody has it that way")
        if entry.public.get("window", "") != ("early" if number in self._early else ""):
            raise EntryRefused(f"number {number} is taken back for good, but did not go in that window")

    def _check_free(self, drop: Drop, number: int) -> None:
        if not drop.plan.has_unit(number):
            raise EntryRefused(f"number {number} is not within 1 to {drop.plan.supply}")
        if number in self.units:
            raise EntryRefused(f"number {number} is out already, since entry {self.units[number].entry}")
        if number in self.lost:
            raise EntryRefused(f"number {number} was written off with entry {self.lost[number]}")
        # Nobody keeps a number back for a friend, nor can the grant of one be left out.
        if number != self._lowest_free:
            raise EntryRefused(f"number {number} goes out, but number {self._lowest_free} is free and comes first")

    def _count(self, entry: PublicEntry) -> None:
        match entry.kind:
            case "unit.granted":
                number, how, holder = entry.public["number"], entry.public["how"], entry.public["holder"]
                self.units[number] = UnitOut(number, how, holder, entry.at, entry.number)
                self._held[holder] += 1
                if "window" in entry.public:
                    self._early.add(number)
                self._skip_taken()
            case "unit.voided":
                number = entry.public["number"]
                self.taken_back.append((number, entry.number))
                self._held[self.units.pop(number).holder] -= 1
                self._lowest_free = min(self._lowest_free, number)
            case "unit.retired":
                number = entry.public["number"]
                self._held[self.units.pop(number).holder] -= 1
                self.lost[number] = entry.number
            case "drop.frozen":
                self.restored.append(entry.number)
            case "unit.lost":
                self.lost[entry.public["number"]] = entry.number
                self._skip_taken()

    def _skip_taken(self) -> None:
        while self._lowest_free in self.units or self._lowest_free in self.lost:
            self._lowest_free += 1


def number_of(entry: PublicEntry) -> int:
    number = entry.public.get("number")
    if not isinstance(number, int) or isinstance(number, bool):
        raise EntryRefused(f"{entry.kind} does not say which number")
    return number


def _check_move(drop: Drop, entry: PublicEntry) -> None:
    """What was announced may change until the drop begins, only into times to come, and beside what it was."""
    if drop.state is not DropState.ANNOUNCED:
        raise EntryRefused(f"the drop is moved, though it is {drop.state}, not announced")
    if drop.plan.opening is not Opening.CLOCK:
        raise EntryRefused("the drop is moved, though no clock opens it")
    opens_at, window = entry.public.get("opens_at"), entry.public.get("window")
    if not is_whole(opens_at) or not is_whole(window) or window < 1:
        raise EntryRefused("the drop is moved to a window that there is not")
    if opens_at - drop.plan.early_for <= entry.at:
        raise EntryRefused("the drop is moved into the past")
    if (entry.public.get("was_opens_at"), entry.public.get("was_window")) != (drop.plan.opens_at, drop.plan.window):
        raise EntryRefused("the drop is moved, and what was announced before is told otherwise than it was")


def _check_types(entry: PublicEntry) -> None:
    """JSON's true must not pass for one, nor a text for an instant."""
    if entry.kind == "drop.planned" and any(not isinstance(entry.public.get(name), str) for name in _TEXT_IN_PLAN):
        raise EntryRefused(f"one of {', '.join(_TEXT_IN_PLAN)} in the plan is no text")
    named = _WHOLE_IN_PLAN if entry.kind == "drop.planned" else ()
    for name in (*named, *(each for each in _INSTANTS if entry.public.get(each) is not None)):
        if name in entry.public and not is_whole(entry.public[name]):
            raise EntryRefused(f"its {name} is no whole number")


def _check_plan(drop: Drop, key: str) -> None:
    plan = drop.plan
    if plan.key != key:
        raise EntryRefused(f"it plans {plan.key[:40]!r}, not {key[:40]!r}")
    if not 1 <= plan.supply <= SUPPLY_MAX or not 0 <= plan.held_back <= plan.supply or plan.per_person < 1:
        raise EntryRefused("there cannot be a drop with such numbers")
