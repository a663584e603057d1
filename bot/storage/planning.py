"""Plans in the lane: one made live, or all those of config.toml."""

from __future__ import annotations

from bot.domain.drop_plan import DropPlan
from bot.domain.ledger import Fact
from bot.domain.moved import moved_fact, window_of
from bot.domain.paced_drops import rules_broken
from bot.domain.people import Actor
from bot.domain.plan import Moving, compare_plans
from bot.domain.planning import (
    ApplyPlans,
    DropPlanned,
    FormMistake,
    PlanDecision,
    PlanDrop,
    PlanRefused,
    PlansApplied,
)
from bot.domain.time import Micros
from bot.storage.batch import Batch
from bot.storage.moves import overtaken


def handle_one(batch: Batch, command: PlanDrop, moment: Micros) -> PlanDecision:
    """Plan a drop live. A key that exists already is refused: a drop's numbers are counted once."""
    plan = command.plan
    if not command.actor.steers:
        return PlanRefused((FormMistake.NOT_ALLOWED,))
    if plan.key in batch.book.drops:
        return PlanRefused((FormMistake.TITLE_TAKEN,))
    broken = rules_broken(plan, batch.book.drops.values(), batch.book.settings.pacing)
    if broken:
        return PlanRefused((), tuple(map(tuple, broken)))
    batch.record(planned_fact(plan, command.actor, "live"), moment)
    return DropPlanned(plan.key, plan.title, plan.supply, plan.opens_at, plan.announce_at, plan.held_back)


def handle_all(batch: Batch, command: ApplyPlans, moment: Micros) -> PlansApplied:
    """Follow config.toml as far as promises allow, or as a whole; what is refused stays as it was announced."""
    # A move may be waiting in this very batch.
    batch.write_rows()
    moving = Moving(command.moved, overtaken(batch.connection, batch.channel_id))
    difference = compare_plans(command.plans, batch.book.drops, moment, command.series, moving=moving)
    refused = tuple(str(refusal) for refusal in difference.refused)
    if refused and command.whole:
        return PlansApplied((), (), (), refused)
    for plan in (*difference.new, *difference.changed):
        batch.record(planned_fact(plan, command.actor, "config"), moment)
    for plan, why in difference.moved:
        batch.record(moved_fact(batch.book.drops[plan.key], window_of(plan), why, command.actor), moment)
    for key in difference.removed:
        batch.record(Fact("drop.cancelled", key), moment)
    return PlansApplied(
        new=tuple(plan.key for plan in difference.new),
        changed=tuple(plan.key for plan in difference.changed),
        removed=difference.removed,
        refused=refused,
        moved=tuple(plan.key for plan, _ in difference.moved),
    )


def planned_fact(plan: DropPlan, by: Actor, origin: str) -> Fact:
    """The fact that a drop is planned: all that will be promised is public from the first entry on."""
    return Fact(
        "drop.planned",
        plan.key,
        {"key": plan.key, "origin": origin, **plan.as_public()},
        {"by": {"platform": by.platform, "user": by.user_id, "name": by.name}},
    )
