"""`moved` in config.toml: what it says to the ledger, what `microdrops plan` says of it, and the slips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import Config, ConfigError, load_config
from bot.domain.drops import Drop, DropState
from bot.domain.moved import MoveReason, Window
from bot.domain.plan import Moving
from bot.domain.time import DAY, HOUR
from bot.views.plan import PlanView, plans_as_public, sentences, view_plans
from tests.domain.cadences import utc

NOW = utc("2026-11-01 12:00")
MUG = """[channel]
name = "Teal Fox"
time_zone = "Europe/Berlin"
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 48
lasts = "15m"
"""


@pytest.fixture
def load(tmp_path: Path):
    def from_text(text: str, *, announce: str = 'announce = "2026-11-01 10:00"\n') -> Config:
        path = tmp_path / "config.toml"
        path.write_text(MUG + announce + text, encoding="utf-8")
        return load_config(path, {}, secrets="optional")

    return from_text


def view(config: Config, before: Config, **moving: object) -> PlanView:
    """What `plan` shows when the drops of another file have been announced."""
    plans = before.plans(NOW)
    known = {
        each.key: Drop(each, state=DropState.ANNOUNCED, opens_at=each.opens_at, announced_at=1) for each in plans
    }
    known |= moving.pop("drops", {})
    facts = Moving(config.moved, **moving)
    return view_plans(config.plans(NOW), known, config.zone, NOW, (), config.series, facts)


def test_a_reason_lets_the_file_move_an_announced_drop(load):
    before, after = load('opens = "2026-11-02 20:00"'), load('opens = "2026-11-02 21:00"\nmoved = "ill"')
    assert (before.moved, after.moved) == ({}, {"mug": MoveReason.ILL})
    shown = view(after, before)
    assert sentences(shown) == ["Moved: mug (ill)."]
    assert plans_as_public(shown)["difference"]["moved"] == [{"key": "mug", "why": "ill"}]


def test_without_a_reason_the_cure_names_the_key(load):
    before, after = load('opens = "2026-11-02 20:00"'), load('opens = "2026-11-02 21:00"')
    (sentence,) = sentences(view(after, before))
    assert sentence.endswith('without a reason; put it back, or write one, like moved = "schedule".')


def test_a_series_moves_its_announced_occurrence_and_plans_the_others_anew(load):
    before, after = (load(f'every = "friday {clock}"', announce="") for clock in ("20:00", "21:00"))
    reasoned = load('every = "friday 21:00"\nmoved = "schedule"', announce="")
    (friday, *_) = before.plans(NOW)
    announced = {friday.key: Drop(friday, state=DropState.ANNOUNCED, opens_at=friday.opens_at, announced_at=1)}
    planned = {
        plan.key: Drop(plan, state=DropState.PLANNED, opens_at=plan.opens_at) for plan in before.plans(NOW)[1:]
    }
    assert view(after, before, drops=announced | planned).refused
    shown = view(reasoned, before, drops=announced | planned)
    assert sentences(shown)[-1] == "Moved: mug-2026-11-06 (schedule)."
    assert sentences(shown)[0].startswith("Changed: mug-2026-11-13")


def test_a_drop_that_a_moderator_has_moved_stays_where_it_is(load):
    before = load('opens = "2026-11-02 20:00"\nmoved = "ill"')
    (plan,) = before.plans(NOW)
    at = plan.opens_at + DAY + HOUR
    drop = Drop(replace(plan, opens_at=at), state=DropState.ANNOUNCED, opens_at=at, announced_at=1)
    was = {"mug": frozenset({Window(plan.opens_at, plan.window)})}
    shown = view(before, before, overtaken=was, drops={"mug": drop})
    note, unchanged = sentences(shown)
    assert "a moderator has moved it to Tue 2026-11-03 21:00 CET, and it stays there" in note
    assert unchanged == "Unchanged: mug."
    assert [moment.at for moment in shown.drops[0].moments] == [at, at + plan.window]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('opens = "2026-11-02 20:00"\nmoved = "bored"', "technical"),
        ('opens = "2026-11-02 20:00"\nmoved = true', "moved"),
        ('opening = "cue"\nmoved = "ill"', "a drop on cue has no time to move"),
    ],
)
def test_a_slip_is_told_with_its_cure(load, lines, expected):
    with pytest.raises(ConfigError) as caught:
        load(lines, announce="")
    assert any(expected in str(mistake) for mistake in caught.value.mistakes)


def test_a_reason_that_has_done_its_work_is_named_before_it_speaks_for_another_change(load):
    announced = load('opens = "2026-12-05 20:00"')
    still = view(load('opens = "2026-12-05 20:00"\nmoved = "ill"'), announced)
    moves = view(load('opens = "2026-12-05 21:00"\nmoved = "ill"'), announced)
    expected = 'mug: moved = "ill" has told its reason: leave it out, or it is that of the next change too.'
    assert (expected in still.notes, expected in moves.notes) == (True, False)
