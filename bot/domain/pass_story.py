"""Passes that come with units, as a stranger checks them: granted with each, taken along when it is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.domain.drop_plan import DropPlan
from bot.domain.public_lines import EntryRefused, is_whole
from bot.domain.time import Micros


class Owed(NamedTuple):
    """An entry that has to come next; `number` is of the pass, None for one that has none yet."""

    kind: str
    number: int | None
    public: Mapping[str, object]
    unit: str


class PassStory:
    """Passes as far as entries have told of them. `owed` are the entries that come next, whatever else happens."""

    def __init__(self, next_number: int | None = None, only: str | None = None) -> None:
        """`next_number` is that of the next pass, None where nobody can tell. With `only` nothing is said of what
        comes with the units of other drops than this one."""
        self.owed: list[Owed] = []
        self._next, self._only = next_number, only
        self._came_with: dict[tuple[str, int], list[int]] = {}
        self._voided: set[int] = set()

    def unit_granted(self, plan: DropPlan, number: int, at: Micros) -> None:
        """What the drop promises with each unit comes next."""
        for offer in plan.passes:
            public = {**offer.terms(at).as_public(), "drop": plan.key, "unit": number}
            self.owed.append(Owed("pass.granted", None, public, f"unit {number} of {plan.key}"))

    def unit_taken(self, drop: str, number: int) -> None:
        """What came with it, and was not voided before, ends with it."""
        for each in self._came_with.pop((drop, number), ()):
            if each not in self._voided:
                owed = Owed("pass.voided", each, {"why": "unit-voided"}, f"unit {number} of {drop}")
                self.owed.append(owed)

    def tell(self, kind: str, public: Mapping[str, Any]) -> None:
        """One more entry: one about a pass, or any while something is owed. Raises EntryRefused for one that breaks
        a promise; it is noted all the same."""
        due = self.owed.pop(0) if self.owed else None
        fits = due is not None and _is(due, kind, public)
        if due is not None and not fits:
            self.owed.clear()
        fault = self._note(kind, public, with_unit=fits)
        if due is not None and not fits:
            raise EntryRefused(f"here belongs a {due.kind}, which goes with {due.unit}")
        if fault is not None:
            raise EntryRefused(fault)

    def _note(self, kind: str, public: Mapping[str, Any], *, with_unit: bool) -> str | None:
        if kind not in ("pass.granted", "pass.voided"):
            return None
        number = public["pass"]
        if not is_whole(number):
            return "the number of its pass is none"
        if kind == "pass.voided":
            self._voided.add(number)
            return None
        wanted, self._next = self._next, number + 1
        if wanted is not None and number != wanted:
            return f"pass {number} is granted, and pass {wanted} comes next"
        if "drop" not in public or self._only not in (None, public["drop"]):
            return None
        self._came_with.setdefault((public["drop"], public["unit"]), []).append(number)
        return None if with_unit else f"pass {number} is said to come with a unit, and does not"


def _is(due: Owed, kind: str, public: Mapping[str, Any]) -> bool:
    told = {name: value for name, value in public.items() if name != "pass"}
    return (kind, told) == (due.kind, due.public) and due.number in (None, public.get("pass"))
