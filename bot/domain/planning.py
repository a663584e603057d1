"""Planning a drop live, from a form's raw texts; and what came of a plan, live or from config.toml."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.drops import DropPlan
from bot.domain.people import Actor


@dataclass(frozen=True, slots=True)
class PlanDrop:
    """A moderator plans one drop live."""

    channel_id: int
    request_id: str
    actor: Actor
    plan: DropPlan


@dataclass(frozen=True, slots=True)
class ApplyPlans:
    """The drops of config.toml as they stand: new ones are planned, planned ones follow, announced ones stay."""

    channel_id: int
    request_id: str
    actor: Actor
    plans: tuple[DropPlan, ...]


@dataclass(frozen=True, slots=True)
class DropPlanned:
    """`opens_at` is None for a drop on cue."""

    drop: str
    title: str
    supply: int
    opens_at: int | None
    announce_at: int


@dataclass(frozen=True, slots=True)
class PlanRefused:
    """Everything that is wrong at once, each a sentence with its cure."""

    mistakes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlansApplied:
    """By key; `refused` are sentences about drops that are announced and may not change that way."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    refused: tuple[str, ...]


PlanDecision = DropPlanned | PlanRefused
