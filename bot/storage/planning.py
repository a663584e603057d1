"""Plans in the lane: one made live, or all those of config.toml."""

from __future__ import annotations

from bot.domain.drops import DropPlan, DropState, gone_by
from bot.domain.ledger import Fact
from bot.domain.people import Actor
from bot.domain.plan import compare_plans
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


def handle_one(batch: Batch, command: PlanDrop, moment: Micros) -> PlanDecision:
    """Plan a drop live. A key that exists already is refused: a drop's numbers are counted once."""
    plan = command.plan
    if not command.actor.steers:
        return PlanRefused((FormMistake.NOT_ALLOWED,))
    if plan.key in batch.book(command.channel_id).drops:
        return PlanRefused((FormMistake.TITLE_TAKEN,))
    batch.record(command.channel_id, planned_fact(plan, command.actor, "live"), moment)
    return DropPlanned(plan.key, plan.title, plan.supply, plan.opens_at, plan.announce_at)


def handle_all(batch: Batch, command: ApplyPlans, moment: Micros) -> PlansApplied:
    """Follow config.toml as far as promises allow; what is refused stays as it was announced."""
    book = batch.book(command.channel_id)
    # What was taken out again before anybody heard of it was never promised: it may come back as something new.
    known = {key: d for key, d in book.drops.items() if d.public or d.state is not DropState.CANCELLED}
    standing = {key: (d.state, d.plan) for key, d in known.items() if d.origin == "config"}
    taken = {key for key, d in known.items() if d.origin != "config"}
    wanted = [p for p in command.plans if p.key in known or not gone_by(p, moment)]
    difference = compare_plans([plan for plan in wanted if plan.key not in taken], standing)
    for plan in (*difference.new, *difference.changed):
        batch.record(command.channel_id, planned_fact(plan, command.actor, "config"), moment)
    for key in difference.removed:
        batch.record(command.channel_id, Fact("drop.cancelled", key), moment)
    clashes = (f"{p.key}: a drop of that name was planned live" for p in command.plans if p.key in taken)
    return PlansApplied(
        new=tuple(plan.key for plan in difference.new),
        changed=tuple(plan.key for plan in difference.changed),
        removed=difference.removed,
        refused=(*(str(refusal) for refusal in difference.refused), *clashes),
    )


def planned_fact(plan: DropPlan, by: Actor, origin: str) -> Fact:
    """The fact that a drop is planned: all that will be promised is public from the first entry on."""
    return Fact(
        "drop.planned",
        plan.key,
        {"key": plan.key, "origin": origin, **plan.as_public()},
        {"by": {"platform": by.platform, "user": by.user_id, "name": by.name}},
    )
