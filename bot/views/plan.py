"""What `microdrops plan` shows: each drop's coming moments, and what applying the file would change."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table

from bot.domain.drop_plan import DropPlan, Opening
from bot.domain.drops import Drop, DropState
from bot.domain.due import gone_by
from bot.domain.pass_words import offers_text
from bot.domain.plan import Moving, PlanDifference, compare_plans, known_drops, past_note
from bot.domain.time import Micros, local_text, span_text, utc_text

_NOTHING_MOVES = Moving()
_OVER = (DropState.CLOSED, DropState.SETTLED, DropState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a drop's life. `at` is None where no clock decides."""

    what: str
    at: Micros | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PlannedDrop:
    """One drop of the file. `state` is its state in the ledger, or "new", or why it will be none."""

    plan: DropPlan
    state: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """Everything there is to say; `difference` is None without a ledger to compare with."""

    zone: ZoneInfo
    drops: tuple[PlannedDrop, ...]
    difference: PlanDifference | None
    notes: tuple[str, ...]

    @property
    def refused(self) -> bool:
        return self.difference is not None and bool(self.difference.refused)


def view_plans(
    plans: Sequence[DropPlan],
    standing: Mapping[str, Drop] | None,
    zone: ZoneInfo,
    now: Micros,
    notes: Sequence[str] = (),
    series: Collection[str] = (),
    moving: Moving = _NOTHING_MOVES,
) -> PlanView:
    """Put together what the file asks for, in which `series` recur and what `moving` says moves, with what the
    ledger holds; None is no ledger yet."""
    known = known_drops(standing or {})
    drops = []
    past = []
    for plan in plans:
        drop = known.get(plan.key)
        state = None if drop is None else drop.state
        if drop is not None and drop.origin != "config":
            drops.append(PlannedDrop(plan, "name taken", ()))
        elif drop is not None and drop.frozen:
            # Nothing will happen by itself, whatever the times say.
            moments = (Moment("frozen", None, f"until microdrops restore --last-public {plan.key}=N"),)
            drops.append(PlannedDrop(plan, str(drop.state), moments))
        elif state in (None, DropState.PLANNED) and gone_by(plan, now):
            past.append(past_note(plan.key))
            drops.append(PlannedDrop(plan, str(state or "past"), ()))
        elif drop is not None and moving.is_overtaken(plan):
            past.append(_overtaken_note(drop))
            drops.append(PlannedDrop(drop.plan, str(drop.state), _moments(drop.plan, state, now)))
        else:
            drops.append(PlannedDrop(plan, str(state or "new"), _moments(plan, state, now)))
    difference = None if standing is None else compare_plans(plans, standing, now, series, moving=moving)
    done = [] if difference is None else _done_notes(plans, known, difference, moving)
    return PlanView(zone, tuple(drops), difference, (*notes, *past, *done))


def _done_notes(
    plans: Sequence[DropPlan], known: Mapping[str, Drop], difference: PlanDifference, moving: Moving
) -> list[str]:
    """Reasons that have told why a drop moved, and would tell the same of whatever is changed next."""
    at_work = {plan.series or plan.key for plan, _ in difference.moved}
    at_work |= {plan.series or plan.key for plan in plans if moving.is_overtaken(plan)}
    announced = {plan.series or plan.key for plan in plans if plan.key in known and known[plan.key].public}
    return [
        f'{name}: moved = "{why}" has told its reason: leave it out, or it is that of the next change too.'
        for name, why in moving.reasons.items()
        if name in announced - at_work
    ]


def _overtaken_note(drop: Drop) -> str:
    """What to know about a drop that a moderator has moved: the file is older."""
    opens_at = "" if drop.plan.opens_at is None else local_text(drop.plan.opens_at, ZoneInfo(drop.plan.zone))
    return f"{drop.key}: a moderator has moved it to {opens_at}, and it stays there: write that time here as well."


def _moments(plan: DropPlan, state: DropState | None, now: Micros) -> tuple[Moment, ...]:
    if state in _OVER:
        return ()
    moments = []
    if state in (None, DropState.PLANNED):
        at_once = plan.announce_at <= now
        moments.append(Moment("announce", None if at_once else plan.announce_at, "at once" if at_once else ""))
    if plan.opening is Opening.CUE:
        moments += _begins(plan, None, "on your cue", f"{span_text(plan.early_for)} later")
        moments.append(Moment("close", None, f"{span_text(plan.window)} later"))
    elif plan.opens_at is not None:
        waits = "if the stream is live, else when it is" if plan.while_offline == "wait" else ""
        moments += _begins(plan, plan.opens_at, waits, f"after {span_text(plan.early_for)}")
        moments.append(Moment("close", plan.opens_at + plan.window, f"after {span_text(plan.window)}"))
    return tuple(moments)


def _begins(plan: DropPlan, opens_at: Micros | None, remark: str, after_early: str) -> list[Moment]:
    """Its opening, or both: that for those who come early, and that for everybody."""
    if not plan.early:
        return [Moment("open", opens_at, remark)]
    whom = f"for {plan.early}, at most {plan.early_units}"
    early = Moment("open early", plan.begins_at, "; ".join(part for part in (whom, remark) if part))
    return [early, Moment("open", opens_at, after_early)]


def print_plans(view: PlanView, console: Console) -> None:
    """For people: a table, and the differences as sentences."""
    if view.drops:
        console.print(_table(view, plain=not console.is_terminal))
    else:
        console.print("There are no [[drops]] in this file.", markup=False)
    for sentence in sentences(view):
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)


def _table(view: PlanView, *, plain: bool) -> Table:
    table = Table(box=None if plain else box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("drop", "title", "units", "state", "will", view.zone.key, "UTC", ""):
        # A table that is piped somewhere must not be cut to the width of a terminal that is not there.
        table.add_column(heading, no_wrap=plain)
    for drop in view.drops:
        plan = drop.plan
        head = [plan.key, plan.title, _units(plan), drop.state]
        for moment in drop.moments or (Moment("nothing more", None),):
            times = ["", ""] if moment.at is None else [local_text(moment.at, view.zone), utc_text(moment.at)]
            table.add_row(*head, moment.what, *times, moment.remark)
            head = [""] * len(head)
    return table


def _units(plan: DropPlan) -> str:
    units = f"{plan.supply} ({plan.held_back} held back)" if plan.held_back else str(plan.supply)
    return f"{units}, each with {offers_text(plan.passes)}" if plan.passes else units


def sentences(view: PlanView) -> list[str]:
    """What applying the file would do, and what to know about its times."""
    said = [f"Note: {note}" for note in view.notes]
    difference = view.difference
    if difference is None:
        return [*said, "There is no ledger yet: everything here is new."]
    groups = (
        ("New", [plan.key for plan in difference.new]),
        ("Changed", [plan.key for plan in difference.changed]),
        ("Moved", [f"{plan.key} ({why})" for plan, why in difference.moved]),
        ("Removed", list(difference.removed)),
        ("Unchanged", list(difference.unchanged)),
    )
    said += [f"{name}: {', '.join(keys)}." for name, keys in groups if keys]
    return said + [f"Refused: {refusal}." for refusal in difference.refused]


def plans_as_public(view: PlanView) -> dict[str, object]:
    """For machines; instants are microseconds since 1970, UTC."""
    difference = view.difference
    return {
        "time_zone": view.zone.key,
        "drops": [
            {
                "key": drop.plan.key,
                "state": drop.state,
                **drop.plan.as_public(),
                "moments": [{"what": m.what, "at": m.at, "remark": m.remark} for m in drop.moments],
            }
            for drop in view.drops
        ],
        "notes": list(view.notes),
        "difference": None
        if difference is None
        else {
            "new": [plan.key for plan in difference.new],
            "changed": [plan.key for plan in difference.changed],
            "moved": [{"key": plan.key, "why": str(why)} for plan, why in difference.moved],
            "removed": list(difference.removed),
            "unchanged": list(difference.unchanged),
            "refused": [
                {"key": r.key, "field": r.field, "announced": r.announced, "wanted": r.wanted, "text": str(r)}
                for r in difference.refused
            ],
        },
    }
