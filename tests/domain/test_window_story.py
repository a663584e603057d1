"""What the entries make of a drop's window in a calendar."""

from __future__ import annotations

from bot.domain.calendar_file import CalendarStatus
from bot.domain.drop_plan import DropPlan, Opening
from bot.domain.time import DAY, HOUR, MINUTE
from bot.domain.window_story import PlannedWindow, WindowFact, window_stories
from tests.conftest import NOON, plan

BEGIN = NOON - 7 * DAY
CANCELLED = WindowFact("drop.cancelled", "mug", {}, NOON)


def planned(what: DropPlan, at: int = BEGIN) -> WindowFact:
    return WindowFact("drop.planned", what.key, {"key": what.key, "origin": "config", **what.as_public()}, at)


def announced(at: int = BEGIN) -> WindowFact:
    return WindowFact("drop.announced", "mug", {}, at)


def told(*facts: WindowFact) -> PlannedWindow:
    (window,) = window_stories(facts)
    return window


def test_a_planned_drop_is_an_event_that_nobody_was_told_of() -> None:
    window = told(planned(plan()))
    event = window.event
    assert (event.key, event.title, event.opens_at, event.closes_at) == (
        "mug",
        "Teal Mug",
        NOON,
        NOON + 15 * MINUTE,
    )
    assert (event.sequence, event.changed_at, event.status) == (0, BEGIN, CalendarStatus.CONFIRMED)
    assert (window.announced, told(planned(plan()), announced()).announced) == (False, True)


def test_planned_again_at_the_same_time_is_no_change() -> None:
    window = told(planned(plan()), planned(plan(supply=60, announce_at=NOON - MINUTE), NOON - DAY))
    assert (window.event.sequence, window.event.changed_at, window.plan.supply) == (0, BEGIN, 60)


def test_each_change_of_time_and_the_cancelling_raise_the_sequence() -> None:
    facts = [
        planned(plan()),
        planned(plan(opens_at=NOON + HOUR), BEGIN + 1),
        announced(BEGIN + 2),
        WindowFact("drop.moved", "mug", {"opens_at": NOON + 2 * HOUR, "window": HOUR, "why": "ill"}, BEGIN + 3),
        WindowFact("drop.rescheduled", "mug", {"opens_at": NOON + 3 * HOUR}, BEGIN + 4),
        WindowFact("drop.cancelled", "mug", {}, BEGIN + 5),
    ]
    seen = [told(*facts[:count]).event for count in range(1, 7)]
    assert [event.sequence for event in seen] == [0, 1, 1, 2, 3, 4]
    assert [event.changed_at - BEGIN for event in seen] == [0, 1, 1, 3, 4, 5]
    assert [event.opens_at - NOON for event in seen] == [0, HOUR, HOUR, 2 * HOUR, 3 * HOUR, 3 * HOUR]
    assert seen[4].closes_at == NOON + 4 * HOUR
    assert seen[5].status is CalendarStatus.CANCELLED


def test_what_was_removed_and_comes_back_stands_again() -> None:
    window = told(planned(plan()), CANCELLED, planned(plan(), NOON + 1))
    assert (window.event.status, window.event.sequence) == (CalendarStatus.CONFIRMED, 2)


def test_a_new_title_is_a_change() -> None:
    assert told(planned(plan()), planned(plan(title="Blue Mug"), NOON)).event.sequence == 1


def test_a_drop_on_cue_has_no_window_to_show() -> None:
    cue = plan(opening=Opening.CUE, opens_at=None)
    assert list(window_stories([planned(cue), announced(), CANCELLED])) == []
    assert list(window_stories([planned(plan()), planned(cue, NOON)])) == []


def test_every_drop_has_a_story_of_its_own() -> None:
    keys = [window.event.key for window in window_stories([planned(plan()), planned(plan("cap")), CANCELLED])]
    assert keys == ["mug", "cap"]
