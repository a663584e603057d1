"""What config.toml asks for against what stands in the ledger, and which changes a promise forbids."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from bot.domain.drops import TITLE_CHARACTERS_MAX, DropPlan, DropState
from bot.domain.text import label
from bot.domain.time import DAY, SECOND, Micros, span_text, utc_text

WINDOW_MIN: Micros = SECOND
WINDOW_MAX: Micros = 31 * DAY

_MARKUP = re.compile(r"[`*_~|<>\\]|\]\(|://")
_LEADING = ("/", "!", ".", "#", "-")

# Once announced, these have had their effect: they promise viewers nothing.
_PROMISE_NOTHING = frozenset({"key", "announce_at", "zone"})
_TIDIED = frozenset({DropState.SETTLED, DropState.CANCELLED})


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
    """A change that would break what viewers were told. `field` is "" where the drop itself is missing."""

    key: str
    field: str
    announced: object
    wanted: object

    def __str__(self) -> str:
        if not self.field:
            return f"{self.key}: it was announced and cannot be removed; cancel it in chat instead"
        announced, wanted = (_shown(self.field, value) for value in (self.announced, self.wanted))
        name = self.field.removesuffix("_at")
        return f"{self.key}: {name} was announced as {announced} and cannot become {wanted}"


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What applying the configuration would do. Nothing may be applied while something is refused."""

    new: tuple[DropPlan, ...] = ()
    changed: tuple[DropPlan, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()


def compare_plans(wanted: Sequence[DropPlan], standing: Mapping[str, tuple[DropState, DropPlan]]) -> PlanDifference:
    """Compare the configured drops with those in the ledger that came from a configuration.

    A planned drop may change or go. From the announcement on every field is a promise, except the time of
    the announcement. A drop that is settled or cancelled may leave the configuration: the ledger keeps it."""
    new: list[DropPlan] = []
    changed: list[DropPlan] = []
    unchanged: list[str] = []
    refused: list[Refusal] = []
    for plan in wanted:
        if plan.key not in standing:
            new.append(plan)
            continue
        state, before = standing[plan.key]
        if before == plan:
            unchanged.append(plan.key)
        elif state is DropState.PLANNED:
            changed.append(plan)
        else:
            broken = _broken_promises(before, plan)
            refused += broken
            if not broken:
                unchanged.append(plan.key)
    keys = {plan.key for plan in wanted}
    gone = {key: state for key, (state, _) in standing.items() if key not in keys}
    refused += [
        Refusal(key, "", None, None)
        for key, state in gone.items()
        if state is not DropState.PLANNED and state not in _TIDIED
    ]
    return PlanDifference(
        new=tuple(new),
        changed=tuple(changed),
        removed=tuple(key for key, state in gone.items() if state is DropState.PLANNED),
        unchanged=tuple(unchanged),
        refused=tuple(refused),
    )


def _shown(field: str, value: object) -> str:
    """A value as a streamer reads it: instants in UTC, spans with units."""
    if value is None:
        return "on cue"
    if field == "opens_at" and isinstance(value, int):
        return utc_text(value)
    if field == "window" and isinstance(value, int):
        return span_text(value)
    return str(value)


def _broken_promises(before: DropPlan, after: DropPlan) -> list[Refusal]:
    return [
        Refusal(before.key, field.name, getattr(before, field.name), getattr(after, field.name))
        for field in fields(DropPlan)
        if field.name not in _PROMISE_NOTHING and getattr(before, field.name) != getattr(after, field.name)
    ]
