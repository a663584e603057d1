"""Drops against the channel's pacing rules: the file's are warned of, one made live is refused by the rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from bot.domain.drop_plan import Opening
from bot.domain.drops import Drop, DropState
from bot.domain.paced_drops import plan_warnings, planned_window, rules_broken, standing_window
from bot.domain.pacing import PacedWindow, PacingRule, PacingRules, QuietHours
from bot.domain.planning import BrokenRule
from bot.domain.recurrence import DaySpan
from bot.domain.time import DAY, HOUR, MINUTE
from tests.conftest import NOON, plan

NOON_DAY = DaySpan(date(2026, 11, 1), date(2026, 11, 1))


def standing(key: str, opens_at: int, state: DropState = DropState.ANNOUNCED) -> Drop:
    return Drop(plan(key, opens_at=opens_at), state=state, opens_at=opens_at)


def test_an_early_window_counts_as_open() -> None:
    early = plan(early="vip", early_for=10 * MINUTE, early_units=5)
    assert planned_window(early) == PacedWindow(NOON - 10 * MINUTE, NOON + 15 * MINUTE, "mug")
    assert planned_window(plan(opening=Opening.CUE, opens_at=None)) is None


def test_what_has_opened_counts_from_then_and_what_was_cancelled_not_at_all() -> None:
    cue = Drop(plan(opening=Opening.CUE, opens_at=None), state=DropState.ANNOUNCED, on_cue=True)
    assert standing_window(cue) is None
    opened = replace(cue, state=DropState.OPEN, opened_at=NOON, closes_at=NOON + 20 * MINUTE)
    assert standing_window(opened) == PacedWindow(NOON, NOON + 20 * MINUTE, "mug")
    assert standing_window(replace(opened, state=DropState.CANCELLED)) is None
    assert standing_window(standing("mug", NOON)) == PacedWindow(NOON, NOON + 15 * MINUTE, "mug")


@pytest.mark.parametrize(
    ("rules", "broken"),
    [
        (PacingRules("UTC"), ()),
        (None, ()),
        (PacingRules("UTC", gap_min=HOUR), ()),
        (
            PacingRules("UTC", gap_min=DAY),
            (BrokenRule("gap", NOON, "cap", NOON - 2 * HOUR, limit=DAY),),
        ),
        (PacingRules("UTC", per_week_max=3), ()),
        (PacingRules("UTC", per_week_max=2), (BrokenRule("per-week", NOON, openings=3, limit=2),)),
        (PacingRules("UTC", blackout=(NOON_DAY,)), (BrokenRule("blackout", NOON, span="2026-11-01"),)),
        (
            PacingRules("UTC", quiet=QuietHours(time(11), time(13))),
            (BrokenRule("quiet-hours", NOON, span="11:00 to 13:00"),),
        ),
    ],
)
def test_one_more_drop_is_measured_against_those_that_stand(
    rules: PacingRules | None, broken: tuple[BrokenRule, ...]
) -> None:
    drops = [standing("cap", NOON - 2 * HOUR), standing("zine", NOON - 3 * DAY), standing("old", NOON - 30 * DAY)]
    drops.append(standing("gone", NOON, DropState.CANCELLED))
    assert rules_broken(plan(), drops, rules) == broken


def test_a_drop_on_cue_breaks_no_rule_that_could_be_foreseen() -> None:
    cue = plan(opening=Opening.CUE, opens_at=None)
    assert rules_broken(cue, [standing("cap", NOON)], PacingRules("UTC", gap_min=DAY)) == ()


def test_the_drops_of_the_file_are_measured_as_they_are_wanted_and_with_live_ones() -> None:
    wanted = [plan("mug"), plan("cup", opens_at=NOON + 10 * DAY)]
    drops = [standing("mug", NOON + 10 * DAY), standing("live", NOON - HOUR)]
    rules = PacingRules("UTC", gap_min=DAY)
    (warning,) = plan_warnings(wanted, drops, rules, NOON)
    assert (warning.rule, warning.window.key, warning.other and warning.other.key) == (
        PacingRule.GAP,
        "mug",
        "live",
    )
    assert plan_warnings(wanted, drops, rules, NOON + DAY) == ()
