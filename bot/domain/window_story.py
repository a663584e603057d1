"""The story of the drops' windows, told by entries: what a calendar says of each, and how often it has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.domain.calendar_file import CalendarEvent, CalendarStatus, called_off, moved
from bot.domain.drop_plan import DropPlan, instant, plan_of
from bot.domain.ledger import Part
from bot.domain.time import Micros

KINDS = ("drop.planned", "drop.announced", "drop.moved", "drop.rescheduled", "drop.cancelled")


@dataclass(frozen=True, slots=True)
class WindowFact:
    """An entry of one of KINDS: what happened to which drop, its public part, and when."""

    kind: str
    drop: str
    public: Part
    at: Micros


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """The window of a drop as it stands now; its event has no description yet."""

    plan: DropPlan
    event: CalendarEvent
    announced: bool = False


def window_stories(facts: Iterable[WindowFact]) -> Iterator[PlannedWindow]:
    """Every drop that has a time, in the order in which they were planned. A drop on cue has none.

    Raises KeyError for a fact that leaves something out."""
    told: dict[str, PlannedWindow] = {}
    for fact in facts:
        before = told.get(fact.drop)
        if fact.kind == "drop.planned":
            after = _planned(before, plan_of(fact.drop, fact.public), fact.at)
            if after is None:
                told.pop(fact.drop, None)
            else:
                told[fact.drop] = after
        elif before is not None:
            told[fact.drop] = _after(before, fact)
    yield from told.values()


def _planned(before: PlannedWindow | None, plan: DropPlan, at: Micros) -> PlannedWindow | None:
    if plan.opens_at is None:
        return None
    closes_at = plan.opens_at + plan.window
    if before is None:
        return PlannedWindow(plan, CalendarEvent(plan.key, plan.title, plan.opens_at, closes_at, at))
    event = moved(before.event, plan.opens_at, closes_at, at)
    if event.status is CalendarStatus.CANCELLED or event.title != plan.title:
        fresh = CalendarStatus.CONFIRMED
        event = replace(event, title=plan.title, status=fresh, changed_at=at, sequence=before.event.sequence + 1)
    return replace(before, plan=plan, event=event)


def _after(before: PlannedWindow, fact: WindowFact) -> PlannedWindow:
    event, at = before.event, fact.at
    match fact.kind:
        case "drop.announced":
            return replace(before, announced=True)
        case "drop.moved":
            opens_at, window = instant(fact.public, "opens_at"), instant(fact.public, "window")
            plan = replace(before.plan, opens_at=opens_at, window=window)
            return replace(before, plan=plan, event=moved(event, opens_at, opens_at + window, at))
        case "drop.rescheduled":
            opens_at = instant(fact.public, "opens_at")
            return replace(before, event=moved(event, opens_at, opens_at + before.plan.window, at))
        case "drop.cancelled":
            return replace(before, event=called_off(event, at))
    return before
