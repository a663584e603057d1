"""A drop's announced window that has changed: from which to which, and for which reason."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, cast

from bot.domain.drop_plan import PLANNED_WITHIN, DropPlan, instant
from bot.domain.drops import Drop
from bot.domain.ledger import Fact, Part
from bot.domain.people import Actor
from bot.domain.text import normalise_command
from bot.domain.time import Micros


class MoveReason(StrEnum):
    """Why, in a word that stands in the public ledger; each has a sentence for viewers."""

    TECHNICAL = "technical"
    ILL = "ill"
    SCHEDULE = "schedule"
    OTHER = "other"
    UNDONE = "undone"  # the bot's own: a moderator has taken the move back


# Those that somebody can give.
REASONS = (MoveReason.TECHNICAL, MoveReason.ILL, MoveReason.SCHEDULE, MoveReason.OTHER)
_ALSO_CALLED = {"tech": MoveReason.TECHNICAL, "sick": MoveReason.ILL, "plans": MoveReason.SCHEDULE}


class Window(NamedTuple):
    """When everybody is to be let in, and for how long it stays open then."""

    opens_at: Micros
    length: Micros


class Move(NamedTuple):
    """What a `drop.moved` fact has replaced, and by what."""

    was: Window
    became: Window


class WindowFault(StrEnum):
    """Why no drop can be moved to a window, in order of precedence."""

    PAST = "past"
    TOO_FAR = "too-far"
    UNCHANGED = "unchanged"


def window_of(plan: DropPlan) -> Window:
    """The announced window of a drop that opens by the clock."""
    return Window(cast(Micros, plan.opens_at), plan.window)


def window_fault(drop: Drop, wanted: Window, moment: Micros) -> WindowFault | None:
    """Why a drop cannot be moved to this window: its first people must still be ahead of it."""
    if wanted.opens_at - drop.plan.early_for <= moment:
        return WindowFault.PAST
    if wanted.opens_at > moment + PLANNED_WITHIN:
        return WindowFault.TOO_FAR
    return WindowFault.UNCHANGED if wanted == window_of(drop.plan) and not drop.on_cue else None


def moved_fact(drop: Drop, wanted: Window, why: MoveReason, by: Actor | None = None) -> Fact:
    """The fact that a drop is moved: what was announced stands in it beside what is true now."""
    was = window_of(drop.plan)
    return Fact(
        "drop.moved",
        drop.key,
        {
            "opens_at": wanted.opens_at,
            "window": wanted.length,
            "why": str(why),
            "was_opens_at": was.opens_at,
            "was_window": was.length,
        },
        {} if by is None else {"by": {"platform": by.platform, "user": by.user_id, "name": by.name}},
    )


def move_told(public: Part) -> Move:
    """What a `drop.moved` entry tells. Raises KeyError for one that leaves something out."""
    was = Window(instant(public, "was_opens_at"), instant(public, "was_window"))
    return Move(was, Window(instant(public, "opens_at"), instant(public, "window")))


def read_reason(text: str) -> MoveReason | None:
    """The reason that the first word names, or begins; None for none."""
    word = next(iter(normalise_command(text).strip(".,!()").split()), "")
    if word in _ALSO_CALLED:
        return _ALSO_CALLED[word]
    return next((reason for reason in REASONS if len(word) >= 3 and reason.startswith(word)), None)
