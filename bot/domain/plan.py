"""What config.toml asks for against what stands in the ledger, and which changes a promise forbids."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from zoneinfo import ZoneInfo

from bot.domain.drop_plan import TITLE_CHARACTERS_MAX, DropPlan
from bot.domain.drops import Drop, DropState
from bot.domain.due import gone_by
from bot.domain.moved import MoveReason, Window, window_fault, window_of
from bot.domain.pass_words import offers_text
from bot.domain.text import label
from bot.domain.time import DAY, SECOND, Micros, local_text, span_text

WINDOW_MIN: Micros = SECOND
WINDOW_MAX: Micros = 31 * DAY

_MARKUP = re.compile(r"[`*_~|<>\\]|\]\(|://")
_LEADING = ("/", "!", ".", "#", "-")

# Once announced, these have had their effect: they promise viewers nothing.
_PROMISE_NOTHING = frozenset({"key", "announce_at", "zone", "series"})
_WINDOW = frozenset({"opens_at", "window"})
_TIDIED = frozenset({DropState.SETTLED, DropState.CANCELLED})
BY_MODERATOR = "moderator"


def title_fault(title: str) -> str | None:
    """What keeps a title from being shown as it is, as a clause; None when nothing does."""
    shown = label(title, characters_max=TITLE_CHARACTERS_MAX + 1)
    if not shown:
        return "the title has no visible character"
    if len(shown) > TITLE_CHARACTERS_MAX:
        return f"the title is longer than {TITLE_CHARACTERS_MAX} characters"
    if "@" in shown or re.search(r"<[@#:&]", shown):
        return "a title cannot mention anybody"
    if shown.startswith(_LEADING):
        return f'a title cannot begin with "{shown[0]}", chat would read it as a command or a format'
    if _MARKUP.search(shown):
        return "a title cannot carry links or formatting"
    return None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that would break what viewers were told. `field` is "" where the drop itself is missing, and
    "origin" where its name belongs to a drop that was planned live; instants are shown in the IANA zone `zone`.
    One that is `movable` lacks nothing but a reason."""

    key: str
    field: str
    announced: object = None
    wanted: object = None
    zone: str = "UTC"
    movable: bool = dataclasses.field(default=False, compare=False)

    def __str__(self) -> str:
        if not self.field:
            return f"{self.key}: it was announced and cannot be removed; cancel it in chat instead"
        if self.field == "origin":
            return f"{self.key}: a drop of that name was planned live; give this one another name"
        announced, wanted = (_shown(self.field, value, self.zone) for value in (self.announced, self.wanted))
        name = self.field.removesuffix("_at")
        changed = f"{self.key}: {name} was announced as {announced} and cannot become {wanted}"
        if self.movable:
            return f'{changed} without a reason; put it back, or write one, like moved = "schedule"'
        return f"{changed}; put it back, or give the new drop another name"


@dataclass(frozen=True, slots=True)
class Moving:
    """What is known of windows that change: the file's reasons, by a drop's name or that of its series, and by a
    drop's key the windows from which moderators have moved it away."""

    reasons: Mapping[str, MoveReason] = dataclasses.field(default_factory=dict)
    overtaken: Mapping[str, Collection[Window]] = dataclasses.field(default_factory=dict)

    def reason(self, plan: DropPlan) -> MoveReason | None:
        """Why the file moves this drop; None where it says nothing."""
        return self.reasons.get(plan.series or plan.key)

    def is_overtaken(self, plan: DropPlan) -> bool:
        """Whether it asks for a window from which the drop was moved: it is older than what viewers were told."""
        return plan.opens_at is not None and window_of(plan) in self.overtaken.get(plan.key, ())


_NOTHING_MOVES = Moving()


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What applying the configuration would do. `moved` are announced drops whose window changes, with the reason
    that the file gives. `past` are new drops whose whole window is over already: they are
    left out. Where something is refused, `microdrops run` applies the rest and `plan --apply` applies nothing."""

    new: tuple[DropPlan, ...] = ()
    changed: tuple[DropPlan, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    past: tuple[str, ...] = ()
    moved: tuple[tuple[DropPlan, MoveReason], ...] = ()


def compare_plans(
    wanted: Sequence[DropPlan],
    drops: Mapping[str, Drop],
    moment: Micros,
    series: Collection[str] = (),
    *,
    moving: Moving = _NOTHING_MOVES,
) -> PlanDifference:
    """Compare the configured drops with those in the ledger, by key.

    A planned drop may change or go. From the announcement on every field is a promise, except the time of
    the announcement. A drop that is settled or cancelled may leave the configuration: the ledger keeps it.
    What was planned live is no business of the configuration, and its name is taken. Of the drops that recur by
    the configuration, `series`, whatever has begun is left alone: its rule speaks of the times to come.

    An announced window changes if the file says why. From one that a moderator has moved away the file does not
    take the drop back: it is older than what viewers were told last."""
    known = known_drops(drops)
    new: list[DropPlan] = []
    changed: list[DropPlan] = []
    unchanged: list[str] = []
    refused: list[Refusal] = []
    past: list[str] = []
    moved: list[tuple[DropPlan, MoveReason]] = []
    for plan in wanted:
        before = known.get(plan.key)
        if before is None and gone_by(plan, moment):
            past.append(plan.key)
        elif before is None:
            new.append(plan)
        elif before.origin != "config":
            refused.append(Refusal(plan.key, "origin", before.origin, "config"))
        elif before.plan == plan or (plan.series and _has_begun(before, moment)):
            unchanged.append(plan.key)
        elif before.state is DropState.PLANNED:
            changed.append(plan)
        else:
            why = moving.reason(plan)
            follows, moves = _moved(before, plan, moving, moment)
            broken = _broken_promises(before.plan, plan if moves and why is None else follows, movable=moves)
            refused += broken
            if moves and why is not None and not broken:
                moved.append((plan, why))
            elif not broken:
                unchanged.append(plan.key)
    keys = {plan.key for plan in wanted}
    gone = {
        key: drop.state
        for key, drop in known.items()
        if drop.origin == "config"
        and key not in keys
        and not (drop.plan.series in series and (_has_begun(drop, moment) or key in moving.overtaken))
    }
    refused += [
        Refusal(key, "") for key, state in gone.items() if state is not DropState.PLANNED and state not in _TIDIED
    ]
    return PlanDifference(
        new=tuple(new),
        changed=tuple(changed),
        removed=tuple(key for key, state in gone.items() if state is DropState.PLANNED),
        unchanged=tuple(unchanged),
        refused=tuple(refused),
        past=tuple(past),
        moved=tuple(moved),
    )


def _moved(before: Drop, plan: DropPlan, moving: Moving, moment: Micros) -> tuple[DropPlan, bool]:
    """The plan as far as it has to agree with what was announced, and whether its window is one to move to."""
    if before.plan.opens_at is None or plan.opens_at is None:
        return plan, False
    wanted = window_of(plan)
    as_announced = replace(plan, opens_at=before.plan.opens_at, window=before.plan.window)
    if moving.is_overtaken(plan):
        return as_announced, False
    moves = wanted != window_of(before.plan) and before.state is DropState.ANNOUNCED
    if not moves or window_fault(before, wanted, moment) is not None:
        return plan, False
    return as_announced, True


def known_drops(drops: Mapping[str, Drop]) -> dict[str, Drop]:
    """The drops that count. What was taken out of the file before anybody heard of it was never promised: it may
    come back as something new. What a moderator has cancelled may not."""
    return {key: drop for key, drop in drops.items() if not _forgotten(drop)}


def _forgotten(drop: Drop) -> bool:
    return drop.state is DropState.CANCELLED and not drop.public and drop.closed_why != BY_MODERATOR


def _has_begun(drop: Drop, moment: Micros) -> bool:
    """Whether its time has come or gone, or it has been opened or cancelled before."""
    waits = drop.state in (DropState.PLANNED, DropState.ANNOUNCED)
    begins_at = drop.plan.begins_at
    return not waits or (begins_at is not None and begins_at <= moment)


def past_note(key: str) -> str:
    """What to know about a drop whose whole window was over before anybody heard of it."""
    return f"{key}: its time has passed: it will not be announced."


def _shown(field: str, value: object, zone: str) -> str:
    """A value as a streamer reads it: instants by the clock of `zone`, spans with units."""
    if value is None:
        return "on cue"
    if field == "opens_at" and isinstance(value, int):
        return local_text(value, ZoneInfo(zone))
    if field in ("window", "early_for") and isinstance(value, int):
        return span_text(value)
    return str(value) or "nothing"


def _broken_promises(before: DropPlan, after: DropPlan, *, movable: bool) -> list[Refusal]:
    was, wanted = (
        {each.name: getattr(plan, each.name) for each in fields(DropPlan)} | {"passes": offers_text(plan.passes)}
        for plan in (before, after)
    )
    return [
        Refusal(before.key, name, was[name], wanted[name], after.zone, movable and name in _WINDOW)
        for name in was
        if name not in _PROMISE_NOTHING and was[name] != wanted[name]
    ]
