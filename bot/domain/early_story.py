"""What was promised of an early window, as a stranger checks it: when it is, and how many go early in it."""

from __future__ import annotations

from bot.domain.drops import Drop, DropState
from bot.domain.ledger import Part
from bot.domain.public_lines import EntryRefused, PublicEntry, is_whole
from bot.domain.restore import time_lost
from bot.domain.time import Micros

_IN_PLAN = ("early", "early_for", "early_units")


def check_early_plan(public: Part) -> None:
    """Raise EntryRefused for a plan that tells of an early window, and not all of it."""
    if "series" in public and not isinstance(public["series"], str):
        raise EntryRefused("the series in the plan is no text")
    if not any(name in public for name in _IN_PLAN):
        return
    gate, lasts, units, supply = (public.get(name) for name in (*_IN_PLAN, "supply"))
    if not isinstance(gate, str) or not gate:
        raise EntryRefused("the plan has an early window, and does not say for whom")
    if not (is_whole(lasts) and is_whole(units) and is_whole(supply) and lasts >= 1 and 0 <= units <= supply):
        raise EntryRefused("there cannot be an early window with such numbers")


def check_early(drop: Drop, entry: PublicEntry) -> None:
    """Raise EntryRefused for a fact that breaks what the drop's early window promises."""
    match entry.kind:
        case "drop.opened":
            _check_opening(drop, entry)
        case "drop.public":
            _check_letting_in(drop, entry)
        case "drop.resumed" if drop.early_open:
            if drop.paused_at is None:
                raise EntryRefused("the drop goes on, though it was not paused")
            _check_moved(drop, entry, entry.at - drop.paused_at)
        case "drop.thawed" if drop.early and drop.frozen:
            _check_moved(drop, entry, time_lost(drop, entry.at))
        case "drop.thawed" if "public_at" in entry.public:
            raise EntryRefused("it says when everybody is let in, but the drop is not open early")
        case "unit.granted":
            _check_grant(drop, entry)
        case "unit.voided" if "window" in entry.public:
            raise EntryRefused("what was claimed early is not taken back")


def _check_opening(drop: Drop, entry: PublicEntry) -> None:
    plan, public_at = drop.plan, entry.public.get("public_at")
    if not plan.early:
        if "public_at" in entry.public:
            raise EntryRefused("the drop opens early, which was not announced")
        return
    if drop.state is not DropState.ANNOUNCED:
        raise EntryRefused(f"the drop opens early once more, it is {drop.state}")
    if not is_whole(public_at):
        raise EntryRefused("the drop opens, and does not say when for everybody")
    begins_at = public_at - plan.early_for
    # At its time, which may be a moment ago, or else right now: late, or by hand.
    if begins_at != entry.at and not (begins_at == drop.begins_at and begins_at <= entry.at):
        raise EntryRefused("the early window is not as long as was announced")
    if entry.public.get("closes_at") != public_at + plan.window:
        raise EntryRefused("the window for everybody is not as long as was announced")


def _check_letting_in(drop: Drop, entry: PublicEntry) -> None:
    if not drop.early or drop.public_at is None:
        raise EntryRefused("everybody is let in, though the drop is not open early")
    if drop.paused or drop.frozen:
        raise EntryRefused("everybody is let in while the drop hands out nothing")
    if entry.at < drop.public_at:
        raise EntryRefused("everybody is let in before the time")


def _check_moved(drop: Drop, entry: PublicEntry, lost: Micros) -> None:
    """Nothing but the time that was lost is given back."""
    if drop.public_at is None or entry.public.get("public_at") != drop.public_at + lost:
        raise EntryRefused("the early window goes on for longer or shorter than was lost of it")


def _check_grant(drop: Drop, entry: PublicEntry) -> None:
    number, window = entry.public.get("number"), entry.public.get("window")
    went_early = "window" in entry.public
    if entry.public.get("how") != "claim" or not drop.early:
        if went_early:
            raise EntryRefused(f"number {number} goes early, but is no claim of an early window")
        return
    if window != "early":
        raise EntryRefused(f"number {number} is claimed by everybody, and only some were let in")
    if drop.public_at is None or entry.at >= drop.public_at:
        raise EntryRefused(f"number {number} is claimed early after the early window has closed")
    if drop.early_units_left == 0:
        raise EntryRefused(
            f"number {number} is claimed early, and {drop.plan.early_units} is all that may go early"
        )
