"""Drops as the channel's pacing rules see them: when each opens, for whomever, and closes."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop, DropState
from bot.domain.pacing import PacedWindow, PacingRule, PacingRules, PacingWarning, check_window, warnings
from bot.domain.planning import BrokenRule
from bot.domain.time import Micros


def planned_window(plan: DropPlan) -> PacedWindow | None:
    """When it is to be open, its early window included; None for a drop on cue, which nobody can foresee."""
    if plan.begins_at is None or plan.opens_at is None:
        return None
    return PacedWindow(plan.begins_at, plan.opens_at + plan.window, plan.key)


def standing_window(drop: Drop) -> PacedWindow | None:
    """When a drop of the ledger is to be open, or was; None for one that was cancelled or waits for a cue."""
    if drop.state is DropState.CANCELLED:
        return None
    begins_at = drop.begins_at if drop.opened_at is None else drop.opened_at
    if begins_at is None:
        return None
    usual = begins_at + drop.plan.early_for + drop.plan.window
    closes_at = drop.closed_at or drop.closes_at or usual
    return PacedWindow(begins_at, max(closes_at, begins_at + 1), drop.key)


def plan_warnings(
    plans: Iterable[DropPlan], drops: Iterable[Drop], rules: PacingRules, moment: Micros
) -> tuple[PacingWarning, ...]:
    """What the drops of the configuration break, among themselves and with those of the ledger; what is over at
    `moment` is not named any more."""
    wanted = {plan.key: planned_window(plan) for plan in plans}
    beside = {drop.key: standing_window(drop) for drop in drops}
    windows = [window for window in {**beside, **wanted}.values() if window is not None]
    found = warnings(windows, rules)
    return tuple(each for each in found if each.window.key in wanted and each.window.closes_at > moment)


def rules_broken(plan: DropPlan, drops: Iterable[Drop], rules: PacingRules | None) -> tuple[BrokenRule, ...]:
    """What one more drop would break among those of the ledger."""
    window = planned_window(plan)
    if window is None or rules is None:
        return ()
    beside = (other for other in map(standing_window, drops) if other is not None)
    return tuple(_broken(warning, rules) for warning in check_window(window, beside, rules))


def _broken(warning: PacingWarning, rules: PacingRules) -> BrokenRule:
    rule, opens_at, other = str(warning.rule), warning.window.opens_at, warning.other
    match warning.rule:
        case PacingRule.BLACKOUT:
            return BrokenRule(rule, opens_at, span="" if warning.day is None else warning.day.isoformat())
        case PacingRule.QUIET_HOURS:
            hours = "" if rules.quiet is None else f"{rules.quiet.begins:%H:%M} to {rules.quiet.ends:%H:%M}"
            return BrokenRule(rule, opens_at, span=hours)
        case PacingRule.GAP:
            named, at = ("", None) if other is None else (other.key, other.opens_at)
            return BrokenRule(rule, opens_at, named, at, limit=rules.gap_min)
        case PacingRule.PER_WEEK:
            return BrokenRule(rule, opens_at, openings=warning.count, limit=rules.per_week_max or 0)
