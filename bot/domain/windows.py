"""When a drop is open, and for whom: the early window, the public one, and how much of the supply goes early."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.entitlements import Evidence
from bot.domain.gates import Gate, Truth, truth, turning_points
from bot.domain.text import normalise_command
from bot.domain.time import Micros
from bot.domain.verdicts import Accepted, Refused, Verdict, findings_of, refused, unknown

_UNITS = re.compile(r"[0-9]{1,6}")
_PER_CENT = re.compile(r"([0-9]{1,3}) ?%")


@dataclass(frozen=True, slots=True)
class Window:
    """The half-open span [opens_at, closes_at). Raises ValueError when it is empty."""

    opens_at: Micros
    closes_at: Micros

    def __post_init__(self) -> None:
        if self.opens_at >= self.closes_at:
            raise ValueError(f"a window cannot close at {self.closes_at} that opens at {self.opens_at}")

    def covers(self, moment: Micros) -> bool:
        return self.opens_at <= moment < self.closes_at

    def shifted(self, by: Micros) -> Window:
        return Window(self.opens_at + by, self.closes_at + by)


class Span(StrEnum):
    """Where a moment falls. Between the early and the public window there may be a break."""

    BEFORE = "before"
    EARLY = "early"
    BREAK = "break"
    PUBLIC = "public"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of one drop. Raises ValueError when the early one reaches into the public one."""

    public: Window
    early: Window | None = None

    def __post_init__(self) -> None:
        if self.early is not None and self.early.closes_at > self.public.opens_at:
            raise ValueError("the early window must be over when the public one opens")

    @property
    def opens_at(self) -> Micros:
        """When the first of them opens."""
        return self.public.opens_at if self.early is None else self.early.opens_at

    def at(self, moment: Micros) -> Span:
        if moment >= self.public.opens_at:
            return Span.PUBLIC if self.public.covers(moment) else Span.OVER
        if self.early is None or moment < self.early.opens_at:
            return Span.BEFORE
        return Span.EARLY if self.early.covers(moment) else Span.BREAK

    def opening_at(self, moment: Micros) -> Windows:
        """The same windows for a drop that opens at another moment, by a cue or late: all move together."""
        by = moment - self.opens_at
        early = None if self.early is None else self.early.shifted(by)
        return replace(self, public=self.public.shifted(by), early=early)


def before_public(public: Window, early_for: Micros) -> Windows:
    """An early window of this length right before the public one; 0 for none. Raises ValueError below 0."""
    if early_for == 0:
        return Windows(public)
    return Windows(public, Window(public.opens_at - early_for, public.opens_at))


@dataclass(frozen=True, slots=True)
class Allotment:
    """How much may go early: a number of units, or a share of the supply in per cent."""

    amount: int
    per_cent: bool = False

    def units(self, supply: int) -> int:
        """Of so many units. A share is rounded down, so that "at most half" is kept, but is one unit at least."""
        if not self.per_cent:
            return min(self.amount, supply)
        share = supply * self.amount // 100
        return max(share, 1) if self.amount and supply else 0

    def __str__(self) -> str:
        return f"{self.amount}%" if self.per_cent else str(self.amount)


def read_allotment(text: str) -> Allotment | None:
    """ "12" or "50%"; None for anything else."""
    plain = normalise_command(text)
    if _UNITS.fullmatch(plain):
        return Allotment(int(plain))
    share = _PER_CENT.fullmatch(plain)
    return Allotment(int(share[1]), per_cent=True) if share and int(share[1]) <= 100 else None


def units_open(span: Span, *, units_left: int, early_units: int, early_claimed: int) -> int:
    """How many units can be claimed now, of the drop's `units_left`. `early_units` is the allotment: what is left
    of it rolls over to the public window."""
    match span:
        case Span.EARLY:
            return min(units_left, max(0, early_units - early_claimed))
        case Span.PUBLIC:
            return units_left
        case _:
            return 0


def verdict_at(windows: Windows, gate: Gate, evidence: Evidence, moment: Micros) -> Verdict:
    """Whether this person may claim at `moment`, or from when on, as far as the windows and the gate decide it.

    Nothing but the early window asks for evidence. Whoever is not let in is told the first instant at which they
    will be: when they qualify within the early window, or when the public one opens."""
    borders = [windows.opens_at, windows.public.opens_at, *turning_points(gate, evidence, moment)]
    for at in sorted({moment, *(border for border in borders if border > moment)}):
        span = windows.at(at)
        now = truth(gate, evidence, moment, at) if span is Span.EARLY else Truth.NO
        if now is Truth.UNKNOWN:
            return unknown(gate, evidence, moment)
        if now is Truth.YES or span is Span.PUBLIC:
            if at > moment:
                return refused(gate, evidence, moment, at)
            return Accepted(findings_of(gate, evidence, moment))
    return Refused(findings_of(gate, evidence, moment))
