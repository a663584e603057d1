"""A drop: what it is, the state its facts have brought it to, and what is due next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from bot.domain.drop_plan import DropPlan, Opening, instant, plan_of
from bot.domain.ledger import Part
from bot.domain.time import Micros


class DropState(StrEnum):
    PLANNED = "planned"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Drop:
    """The fold of a drop's facts (see `evolve`). Sold out and paused are derived, not states."""

    plan: DropPlan
    origin: str = "config"  # or "live": what was planned live does not go when config.toml does not name it
    state: DropState = DropState.PLANNED
    opens_at: Micros | None = None
    closes_at: Micros | None = None
    announced_at: Micros | None = None
    opened_at: Micros | None = None
    closed_at: Micros | None = None
    closed_why: str = ""
    paused_at: Micros | None = None
    paused_why: str = ""
    resume_at: Micros | None = None
    postponed_why: str = ""
    soon_said: bool = False
    on_cue: bool = False
    claimed: int = 0
    given: int = 0
    lost: int = 0  # numbers that a repair has written off: out, but nobody's
    last_number: int = 0  # the highest that was ever out, also if it was taken back
    frozen_at: Micros | None = None  # since then the ledger may have forgotten what was handed out
    public_at: Micros | None = None  # when everybody is let in, once an early window has opened
    early_open: bool = False  # the early window has opened, and has not given way to the public one
    early_claimed: int = 0  # of `claimed`, how many went early

    @property
    def key(self) -> str:
        return self.plan.key

    @property
    def title(self) -> str:
        return self.plan.title

    @property
    def units_owned(self) -> int:
        """How many units have an owner, however they came by it."""
        return self.claimed + self.given

    @property
    def units_out(self) -> int:
        """How many units cannot be handed out: the owned ones, and those that a repair has written off."""
        return self.claimed + self.given + self.lost

    @property
    def units_left(self) -> int:
        """How many a viewer can still claim: what is held back for mistakes is not among them."""
        plan, given = self.plan, self.given
        kept = given if given > plan.held_back else plan.held_back
        left = plan.supply - kept - self.claimed - self.lost
        return left if left > 0 else 0

    @property
    def early_units_left(self) -> int:
        """How many can still be claimed in the early window; what is left of them rolls over to the public one."""
        left = min(self.units_left, self.plan.early_units - self.early_claimed)
        return left if left > 0 else 0

    @property
    def units_to_give(self) -> int:
        """How many a moderator can still give by hand: everything that is not out."""
        return self.plan.supply - self.units_out

    @property
    def sold_out(self) -> bool:
        return self.units_left == 0

    @property
    def begins_at(self) -> Micros | None:
        """When the first people are to be let in; None for a drop on cue."""
        return None if self.opens_at is None else self.opens_at - self.plan.early_for

    @property
    def open(self) -> bool:
        return self.state is DropState.OPEN

    @property
    def early(self) -> bool:
        """Whether only those are let in now whom the gate lets in."""
        return self.early_open and self.state is DropState.OPEN

    @property
    def paused(self) -> bool:
        return self.state is DropState.OPEN and self.paused_at is not None

    @property
    def frozen(self) -> bool:
        """Restored from a backup, and nobody has said yet which of its numbers were made public since."""
        return self.frozen_at is not None

    @property
    def public(self) -> bool:
        """Whether viewers know of it."""
        return self.state not in (DropState.PLANNED,) and self.announced_at is not None

    @property
    def over(self) -> bool:
        return self.state in (DropState.CLOSED, DropState.SETTLED, DropState.CANCELLED)


def evolve(drop: Drop | None, kind: str, public: Part, at: Micros) -> Drop:
    """The drop after one more fact. The table row is this fold, live and when it is rebuilt from entries.

    Raises ValueError for a fact about a drop that was never planned, or of an unknown kind."""
    if kind == "drop.planned":
        plan = plan_of(str(public["key"]), public)
        on_cue = plan.opening is Opening.CUE
        fresh = Drop(plan=plan, origin=str(public["origin"]), opens_at=plan.opens_at, on_cue=on_cue)
        # A new plan never forgets a unit that is out.
        if drop is None:
            return fresh
        kept = replace(fresh, claimed=drop.claimed, given=drop.given, lost=drop.lost)
        kept = replace(kept, early_claimed=drop.early_claimed)
        return replace(kept, last_number=drop.last_number, frozen_at=drop.frozen_at)
    if drop is None:
        raise ValueError(f"{kind} about a drop that was never planned")
    match kind:
        case "unit.granted":
            return _counted(drop, public, +1)
        case "unit.voided":
            return _counted(drop, public, -1)
        case "unit.retired":
            taken = _counted(drop, public, -1)
            return replace(taken, lost=taken.lost + 1)
        case "unit.lost":
            return replace(drop, lost=drop.lost + 1, last_number=_highest(drop, public))
        case "drop.announced":
            return replace(drop, state=DropState.ANNOUNCED, announced_at=at)
        case "drop.soon":
            return replace(drop, soon_said=True)
        case "drop.postponed":
            return replace(drop, postponed_why=str(public["why"]), on_cue=drop.on_cue or public["why"] == "missed")
        case "drop.rescheduled":
            # The news of the new time is the reminder.
            return replace(drop, opens_at=instant(public, "opens_at"), postponed_why="", soon_said=True)
        case "drop.moved":
            opens_at, window = instant(public, "opens_at"), instant(public, "window")
            plan = replace(drop.plan, opens_at=opens_at, window=window)
            # One that had missed its time, and would have waited for a cue, has a time again.
            return replace(drop, plan=plan, opens_at=opens_at, postponed_why="", soon_said=False, on_cue=False)
        case "drop.opened":
            return replace(
                drop,
                state=DropState.OPEN,
                opened_at=at,
                closes_at=instant(public, "closes_at"),
                postponed_why="",
                public_at=_when(public, "public_at"),
                early_open="public_at" in public,
            )
        case "drop.public":
            return replace(drop, early_open=False)
        case "drop.paused":
            return replace(
                drop,
                paused_at=at if drop.paused_at is None else drop.paused_at,
                paused_why=str(public["why"]),
                resume_at=None,
            )
        case "drop.resuming":
            return replace(drop, resume_at=instant(public, "resume_at"))
        case "drop.resumed":
            public_at = _when(public, "public_at") if drop.early_open else drop.public_at
            resumed = replace(drop, closes_at=instant(public, "closes_at"), public_at=public_at)
            return replace(resumed, paused_at=None, paused_why="", resume_at=None)
        case "drop.extended":
            return replace(drop, closes_at=instant(public, "closes_at"))
        case "drop.closed":
            return replace(drop, state=DropState.CLOSED, closed_at=at, closed_why=str(public["why"]))
        case "drop.reopened":
            return replace(
                drop,
                state=DropState.OPEN,
                closed_at=None,
                closed_why="",
                closes_at=instant(public, "closes_at"),
            )
        case "drop.returned":
            # Undone opening: back to announced, and from now on the cue decides, else the clock reopens it at once.
            returned = replace(drop, state=DropState.ANNOUNCED, opened_at=None, closes_at=None, on_cue=True)
            returned = replace(returned, paused_at=None, paused_why="", resume_at=None)
            return replace(returned, public_at=None, early_open=False)
        case "drop.settled":
            return replace(drop, state=DropState.SETTLED)
        case "drop.cancelled":
            why = str(public.get("why", "cancelled"))
            cancelled = replace(drop, state=DropState.CANCELLED, closed_at=at, closed_why=why)
            return replace(cancelled, frozen_at=None)  # nothing will be handed out any more
        case "drop.frozen":
            return replace(drop, frozen_at=instant(public, "since"))
        case "drop.thawed":
            closes_at = instant(public, "closes_at") if drop.open else drop.closes_at
            public_at = _when(public, "public_at") if "public_at" in public else drop.public_at
            return replace(drop, frozen_at=None, closes_at=closes_at, public_at=public_at)
    raise ValueError(f"unknown kind of fact: {kind}")


def _counted(drop: Drop, public: Part, units: int) -> Drop:
    """The drop with so many more units out."""
    how = "claimed" if public["how"] == "claim" else "given"
    # `replace` passes every field through the constructor, which alone is a tenth of what a claim may cost.
    fields = drop.__dict__.copy()
    fields[how] += units
    if "window" in public:
        fields["early_claimed"] += units
    number = cast(int, public["number"])
    if number > drop.last_number:
        fields["last_number"] = number
    counted = object.__new__(Drop)
    object.__setattr__(counted, "__dict__", fields)
    return counted


def _when(public: Part, name: str) -> Micros | None:
    return instant(public, name) if name in public else None


def _highest(drop: Drop, public: Part) -> int:
    return max(drop.last_number, cast(int, public["number"]))
