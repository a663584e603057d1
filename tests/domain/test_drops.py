"""What time and the stream make of a drop, one due fact after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.drop_plan import Opening, WhileOffline
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.due import due_fact, next_due
from bot.domain.stream import Pace, Stream
from bot.domain.time import HOUR, MINUTE, SECOND
from tests.conftest import NOON, plan

PACE = Pace()
LIVE = Stream(watched=True, live=True, changed_at=NOON - HOUR)
UNWATCHED = Stream(watched=False, live=None, changed_at=0)


def offline(since):
    return Stream(watched=True, live=False, changed_at=since)


class Story:
    """A drop and the facts that became due, as a run of moments and stream states."""

    def __init__(self, **changes):
        self.drop = evolve(
            None, "drop.planned", {"key": "mug", "origin": "config", **plan(**changes).as_public()}, 0
        )
        self.told = []

    def at(self, moment, stream=LIVE):
        while (fact := due_fact(self.drop, stream, PACE, moment)) is not None:
            assert len(self.told) < 50, "facts without end"
            self.drop = evolve(self.drop, fact.kind, fact.public, moment)
            self.told.append((fact.kind.removeprefix("drop."), fact.public.get("why")))
        return self

    @property
    def kinds(self):
        return [kind for kind, _ in self.told]


WAITS = {"while_offline": WhileOffline.WAIT}


def test_a_drop_is_announced_reminded_opened_closed_and_settled_by_the_clock():
    story = Story()
    for moment in (-HOUR, -10 * MINUTE, 0, 15 * MINUTE, 20 * MINUTE):
        story.at(NOON + moment)
    assert story.kinds == ["announced", "soon", "opened", "closed", "settled"]
    assert story.drop.closes_at == NOON + 15 * MINUTE


@pytest.mark.parametrize(
    ("offset", "state"), [(-1, "announced"), (0, "open"), (15 * MINUTE - 1, "open"), (15 * MINUTE, "closed")]
)
def test_the_window_is_half_open(offset, state):
    story = Story().at(NOON - MINUTE)
    if offset >= 0:
        story.at(NOON)
    assert str(story.at(NOON + offset).drop.state) == state


def test_a_drop_announced_shortly_before_it_opens_is_not_reminded_of():
    assert Story(announce_at=NOON - 5 * MINUTE).at(NOON - 5 * MINUTE).at(NOON - MINUTE).kinds == ["announced"]


def test_while_the_stream_is_off_it_waits_is_postponed_aloud_and_opens_after_a_warning():
    story = (
        Story(**WAITS).at(NOON - HOUR).at(NOON, offline(NOON - HOUR)).at(NOON + 5 * MINUTE, offline(NOON - HOUR))
    )
    assert story.told[-1] == ("postponed", "offline")
    assert len(story.told) == 2
    back = NOON + 20 * MINUTE
    live = Stream(True, True, back)
    story.at(back, live)
    assert story.kinds[-1] == "rescheduled"
    assert story.drop.opens_at == back + PACE.resume_warning
    story.at(back + PACE.resume_warning, live)
    assert story.drop.open
    assert story.drop.closes_at == back + PACE.resume_warning + 15 * MINUTE


def test_nobody_knowing_whether_the_stream_is_live_is_not_a_yes():
    unknown = Stream(watched=True, live=None, changed_at=0)
    story = Story(**WAITS).at(NOON, unknown)
    assert story.kinds == ["announced"]
    assert story.at(NOON + 6 * SECOND, unknown).told[-1] == ("postponed", "unknown")


def test_three_minutes_off_the_air_pause_it_and_the_return_adds_the_minutes():
    story = Story(**WAITS).at(NOON)
    gone = NOON + 4 * MINUTE
    story.at(gone + 3 * MINUTE - 1, offline(gone))
    assert not story.drop.paused
    story.at(gone + 3 * MINUTE, offline(gone))
    assert story.drop.paused
    back = gone + 4 * MINUTE
    story.at(back, Stream(True, True, back)).at(back + PACE.resume_warning, Stream(True, True, back))
    assert story.kinds == ["announced", "opened", "paused", "resuming", "resumed"]
    paused_for = (back + PACE.resume_warning) - (gone + 3 * MINUTE)
    assert story.drop.closes_at == NOON + 15 * MINUTE + paused_for


def test_a_stream_that_goes_again_during_the_warning_stays_paused():
    story = Story(**WAITS).at(NOON).at(NOON + 5 * MINUTE, offline(NOON + MINUTE))
    back = NOON + 6 * MINUTE
    story.at(back, Stream(True, True, back)).at(back + SECOND, offline(back + SECOND))
    story.at(back + PACE.resume_warning, offline(back + SECOND))
    assert story.drop.paused
    assert story.drop.resume_at is None
    assert story.drop.paused_at == NOON + 5 * MINUTE


def test_twenty_minutes_off_the_air_close_it():
    story = Story(**WAITS).at(NOON).at(NOON + 5 * MINUTE, offline(NOON + MINUTE))
    story.at(NOON + 21 * MINUTE, offline(NOON + MINUTE))
    assert story.told[-1] == ("closed", "stream")


def test_a_drop_whose_window_ends_before_the_three_minutes_are_over_just_closes():
    story = Story(**WAITS).at(NOON).at(NOON + 15 * MINUTE, offline(NOON + 13 * MINUTE))
    assert story.told[-1] == ("closed", "time")


def test_a_drop_that_runs_regardless_does_not_care_for_the_stream():
    story = Story(while_offline=WhileOffline.RUN).at(NOON, offline(NOON - HOUR)).at(NOON + 15 * MINUTE, offline(0))
    assert story.kinds == ["announced", "opened", "closed"]


def test_a_channel_without_twitch_follows_the_clock_alone():
    assert Story(**WAITS).at(NOON, UNWATCHED).drop.open


def test_an_opening_that_comes_late_keeps_its_whole_window_and_says_so():
    story = Story().at(NOON - HOUR)
    late = NOON + 4 * MINUTE
    fact = due_fact(replace(story.drop, soon_said=True), LIVE, PACE, late)
    assert fact.kind == "drop.opened"
    assert fact.public == {"closes_at": late + 15 * MINUTE, "late": True}


def test_a_window_that_was_slept_through_waits_for_a_cue_instead_of_surprising_everybody():
    story = Story().at(NOON - HOUR).at(NOON + HOUR)
    assert story.told[-1] == ("postponed", "missed")
    assert story.drop.on_cue
    assert story.at(NOON + 2 * HOUR).told[-1] == ("postponed", "missed")


def test_a_close_that_comes_late_says_so():
    story = Story().at(NOON)
    fact = due_fact(story.drop, LIVE, PACE, NOON + HOUR)
    assert fact.public == {"why": "time", "late": True}


def test_a_drop_on_cue_never_opens_by_itself():
    story = Story(opening=Opening.CUE, opens_at=None).at(NOON + HOUR)
    assert story.kinds == ["announced"]


@pytest.mark.parametrize("stream", [LIVE, UNWATCHED, offline(NOON - HOUR), offline(NOON + 2 * MINUTE)])
@pytest.mark.parametrize("waits", list(WhileOffline))
def test_nothing_ever_falls_due_before_the_next_due_instant(stream, waits):
    """The alarm clock's promise: between now and `next_due` a wake-up would find nothing to do."""
    story = Story(while_offline=waits)
    moment = NOON - 2 * HOUR
    for _ in range(12):
        due = next_due(story.drop, stream, PACE)
        if due is None or due > NOON + 3 * HOUR:
            break
        if due > moment:
            assert due_fact(story.drop, stream, PACE, due - 1) is None
        moment = max(moment, due)
        before = len(story.told)
        story.at(moment, stream)
        if len(story.told) == before:
            break
    assert story.drop.state in (DropState.SETTLED, DropState.ANNOUNCED)


def test_a_fact_about_a_drop_that_was_never_planned_is_refused():
    with pytest.raises(ValueError, match="never planned"):
        evolve(None, "drop.opened", {"closes_at": 1}, NOON)


def test_an_unknown_kind_of_fact_is_refused():
    with pytest.raises(ValueError, match="unknown kind"):
        evolve(Drop(plan()), "drop.exploded", {}, NOON)


def test_a_new_plan_of_the_same_drop_never_forgets_a_unit_that_is_out():
    before = replace(Drop(plan()), given=1)
    again = evolve(before, "drop.planned", {"key": "mug", "origin": "config", **plan(supply=3).as_public()}, NOON)
    assert (again.given, again.units_to_give) == (1, 2)


def test_a_drop_whose_time_had_passed_when_it_was_planned_is_never_announced():
    story = Story(announce_at=NOON + HOUR).at(NOON + HOUR)
    assert story.kinds == ["cancelled"]
    assert not story.drop.public
