"""What a changed configuration may do to a drop, by its state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.drops import Drop, DropState
from bot.domain.plan import BY_MODERATOR, PlanDifference, Refusal, compare_plans, title_fault
from bot.domain.time import DAY, MINUTE

NOON = 1_900_000_000_000_000
MUG = DropPlan(
    key="mug",
    title="Teal Mug",
    kind="print",
    supply=48,
    held_back=2,
    per_person=1,
    opening=Opening.CLOCK,
    while_offline=WhileOffline.WAIT,
    zone="Europe/Berlin",
    announce_at=NOON,
    opens_at=NOON + 30 * MINUTE,
    window=15 * MINUTE,
)
PROMISED = [DropState.ANNOUNCED, DropState.OPEN, DropState.CLOSED]
TIDIED = [DropState.SETTLED, DropState.CANCELLED]


def standing(state: DropState, plan: DropPlan = MUG) -> Drop:
    return Drop(plan, state=state, announced_at=None if state is DropState.PLANNED else NOON)


def test_a_drop_the_ledger_does_not_know_is_new() -> None:
    assert compare_plans([MUG], {}, NOON) == PlanDifference(new=(MUG,))


@pytest.mark.parametrize("state", list(DropState))
def test_an_unchanged_drop_is_fine_in_every_state(state: DropState) -> None:
    assert compare_plans([MUG], {"mug": standing(state)}, NOON) == PlanDifference(unchanged=("mug",))


def test_a_planned_drop_may_change() -> None:
    more = replace(MUG, supply=60, announce_at=NOON + MINUTE)
    assert compare_plans([more], {"mug": standing(DropState.PLANNED)}, NOON) == PlanDifference(changed=(more,))


def test_a_planned_drop_may_go() -> None:
    assert compare_plans([], {"mug": standing(DropState.PLANNED)}, NOON) == PlanDifference(removed=("mug",))


@pytest.mark.parametrize("state", PROMISED)
def test_a_drop_viewers_know_may_not_go(state: DropState) -> None:
    difference = compare_plans([], {"mug": standing(state)}, NOON)
    assert difference == PlanDifference(refused=(Refusal("mug", ""),))
    assert str(difference.refused[0]) == "mug: it was announced and cannot be removed; cancel it in chat instead"


@pytest.mark.parametrize("state", TIDIED)
def test_a_drop_that_is_done_may_leave_the_file(state: DropState) -> None:
    assert compare_plans([], {"mug": standing(state)}, NOON) == PlanDifference()


@pytest.mark.parametrize("state", PROMISED + TIDIED)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "Teal Cup"),
        ("kind", "badge"),
        ("supply", 60),
        ("supply", 47),
        ("held_back", 3),
        ("per_person", 2),
        ("opening", Opening.CUE),
        ("while_offline", WhileOffline.RUN),
        ("opens_at", None),
        ("opens_at", NOON + 31 * MINUTE),
        ("window", 16 * MINUTE),
    ],
)
def test_what_was_announced_may_not_change(state: DropState, field: str, value: Any) -> None:
    difference = compare_plans([replace(MUG, **{field: value})], {"mug": standing(state)}, NOON)
    assert difference == PlanDifference(refused=(Refusal("mug", field, getattr(MUG, field), value, MUG.zone),))


@pytest.mark.parametrize("state", PROMISED)
def test_a_drop_without_an_announce_time_is_not_changed_by_the_passing_of_time(state: DropState) -> None:
    later = replace(MUG, announce_at=NOON + MINUTE)
    assert compare_plans([later], {"mug": standing(state)}, NOON) == PlanDifference(unchanged=("mug",))


def test_each_broken_promise_is_told_with_both_values() -> None:
    wanted = replace(MUG, supply=60, window=30 * MINUTE, opens_at=None)
    refused = compare_plans([wanted], {"mug": standing(DropState.ANNOUNCED)}, NOON).refused
    cure = "; put it back, or give the new drop another name"
    assert [str(refusal) for refusal in refused] == [
        "mug: supply was announced as 48 and cannot become 60" + cure,
        "mug: opens was announced as Sun 2030-03-17 19:16 CET and cannot become on cue" + cure,
        "mug: window was announced as 15m and cannot become 30m" + cure,
    ]


def test_last_weeks_name_with_a_new_date_is_refused_in_local_times_with_the_cure() -> None:
    again = replace(MUG, opens_at=NOON + 30 * MINUTE + 14 * DAY)
    (refusal,) = compare_plans([again], {"mug": standing(DropState.SETTLED)}, NOON + 7 * DAY).refused
    assert str(refusal) == (
        "mug: opens was announced as Sun 2030-03-17 19:16 CET and cannot become Sun 2030-03-31 20:16 CEST; "
        "put it back, or give the new drop another name"
    )


def test_a_name_that_was_taken_live_is_refused() -> None:
    live = {"mug": replace(standing(DropState.PLANNED), origin="live")}
    difference = compare_plans([MUG], live, NOON)
    assert difference == PlanDifference(refused=(Refusal("mug", "origin", "live", "config"),))
    assert str(difference.refused[0]) == ("mug: a drop of that name was planned live; give this one another name")
    assert compare_plans([], live, NOON) == PlanDifference()


def test_a_drop_whose_time_has_passed_before_it_was_planned_is_left_out() -> None:
    end = NOON + 45 * MINUTE
    assert compare_plans([MUG], {}, end) == PlanDifference(past=("mug",))
    assert compare_plans([MUG], {}, end - 1) == PlanDifference(new=(MUG,))
    assert compare_plans([MUG], {"mug": standing(DropState.SETTLED)}, end) == PlanDifference(unchanged=("mug",))


def test_what_was_taken_out_before_anybody_heard_of_it_may_come_back() -> None:
    gone = {"mug": Drop(MUG, state=DropState.CANCELLED)}
    assert compare_plans([MUG], gone, NOON) == PlanDifference(new=(MUG,))


def test_several_drops_are_sorted_into_their_groups() -> None:
    cup, pin, cap = (replace(MUG, key=key) for key in ("cup", "pin", "cap"))
    drops = {
        "mug": standing(DropState.OPEN),
        "cup": standing(DropState.PLANNED, cup),
        "cap": standing(DropState.PLANNED, cap),
        "old": standing(DropState.SETTLED, replace(MUG, key="old")),
    }
    changed = replace(cup, supply=5)
    difference = compare_plans([MUG, changed, pin], drops, NOON)
    assert difference == PlanDifference(new=(pin,), changed=(changed,), removed=("cap",), unchanged=("mug",))


@pytest.mark.parametrize(
    "title", ["Teal Mug", "Tasse à thé №1", "ティールのマグ", "50% off!", "🦊 fox", "Don't panic", "x" * 60]
)
def test_plain_titles_are_fine(title: str) -> None:
    assert title_fault(title) is None


@pytest.mark.parametrize(
    ("title", "fault"),
    [
        ("", "no visible character"),
        (" \u200b\u2060 ", "no visible character"),
        ("x" * 61, "longer than 60"),
        ("@everyone mug", "mention"),
        ("mug for @\u200bhere", "mention"),
        ("<@&1>", "mention"),
        ("<#123> mug", "mention"),
        ("/ban fox", "begin with"),
        ("!claim", "begin with"),
        ("\u200b/ban fox", "begin with"),
        ("# big", "begin with"),
        ("**mug**", "formatting"),
        ("[mug](x)", "formatting"),
        ("https://x.test", "links"),
        ("a\\nb", "formatting"),
    ],
)
def test_titles_that_would_do_something_are_refused(title: str, fault: str) -> None:
    assert fault in (title_fault(title) or "")


WEEKLY = [
    replace(
        MUG,
        key=f"mug-{week}",
        series="mug",
        opens_at=NOON + (week * 7) * DAY,
        announce_at=NOON + (week * 7 - 1) * DAY,
    )
    for week in range(6)
]
SERIES = frozenset({"mug"})


def ledger(*drops: Drop) -> dict[str, Drop]:
    return {drop.key: drop for drop in drops}


@pytest.mark.parametrize("state", [*PROMISED, *TIDIED])
def test_a_time_that_has_come_is_not_called_removed(state: DropState) -> None:
    begun = standing(state, WEEKLY[0])
    difference = compare_plans(WEEKLY[1:], ledger(begun), NOON + MINUTE, SERIES)
    assert difference == PlanDifference(new=tuple(WEEKLY[1:]))


def test_the_last_time_of_a_rule_that_has_ended_is_left_alone() -> None:
    """Nothing comes any more, and the configuration still has the drop."""
    assert compare_plans([], ledger(standing(DropState.OPEN, WEEKLY[0])), NOON, SERIES) == PlanDifference()
    late = standing(DropState.ANNOUNCED, WEEKLY[0])
    assert compare_plans([], ledger(late), NOON + DAY, SERIES) == PlanDifference()


def test_a_planned_time_that_no_longer_fits_goes_and_an_announced_one_is_refused_by_name() -> None:
    drops = ledger(standing(DropState.ANNOUNCED, WEEKLY[1]), standing(DropState.PLANNED, WEEKLY[2]))
    difference = compare_plans(WEEKLY[3:], drops, NOON, SERIES)
    assert difference.removed == ("mug-2",)
    assert difference.refused == (Refusal("mug-1", ""),)


def test_a_rule_that_moves_by_an_hour_changes_what_is_planned_and_nothing_that_has_begun() -> None:
    drops = ledger(standing(DropState.OPEN, WEEKLY[0]), *(standing(DropState.PLANNED, each) for each in WEEKLY[1:]))
    moved = [replace(each, opens_at=(each.opens_at or 0) + 60 * MINUTE) for each in WEEKLY]
    difference = compare_plans(moved, drops, NOON + MINUTE, SERIES)
    assert difference == PlanDifference(changed=tuple(moved[1:]), unchanged=("mug-0",))


def test_a_drop_that_no_longer_recurs_by_the_file_is_treated_like_any_other() -> None:
    drops = ledger(standing(DropState.OPEN, WEEKLY[0]), standing(DropState.PLANNED, WEEKLY[1]))
    difference = compare_plans([], drops, NOON + MINUTE)
    assert difference == PlanDifference(removed=("mug-1",), refused=(Refusal("mug-0", ""),))


def test_what_a_moderator_cancelled_before_anybody_heard_of_it_does_not_come_back() -> None:
    cancelled = Drop(WEEKLY[2], state=DropState.CANCELLED, closed_why=BY_MODERATOR)
    difference = compare_plans(WEEKLY, ledger(cancelled), NOON, SERIES)
    assert (difference.unchanged, "mug-2" in {plan.key for plan in difference.new}) == (("mug-2",), False)


def test_an_early_window_is_a_promise_too() -> None:
    early = replace(MUG, early="vip", early_for=10 * MINUTE, early_units=24)
    refused = compare_plans([MUG], {"mug": standing(DropState.ANNOUNCED, early)}, NOON).refused
    assert [str(each).partition(";")[0] for each in refused] == [
        "mug: early was announced as vip and cannot become nothing",
        "mug: early_for was announced as 10m and cannot become 0s",
        "mug: early_units was announced as 24 and cannot become 0",
    ]
