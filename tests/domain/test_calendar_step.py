"""What is wanted of Discord's calendar, when Discord is asked at all, and the next step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.calendar_step import (
    AHEAD,
    DESCRIPTION_CHARACTERS_MAX,
    ENDED,
    FOUND,
    GONE,
    CalendarEvent,
    Change,
    Create,
    EventStatus,
    KnownEvent,
    Note,
    SeenEvent,
    Wish,
    asks_for_a_step,
    drop_marked,
    marked,
    next_step,
    wish_of,
)
from bot.domain.drop_plan import Opening
from bot.domain.drops import Drop, DropState
from bot.domain.time import DAY, HOUR, MINUTE
from tests.conftest import NOON, plan

NOW = NOON - HOUR
END = NOON + 15 * MINUTE
EVENT = CalendarEvent("mug", "Teal Mug", "drop: mug", "https://twitch.tv/teapot", NOON, END)
MOVED = replace(EVENT, starts_at=NOON + DAY, ends_at=END + DAY)
BEGUN = replace(EVENT, starts_at=None)
LONGER = replace(BEGUN, ends_at=END + 5 * MINUTE)
TOLD = KnownEvent("7", EVENT.digest)
SCHEDULED = SeenEvent("7", "mug", EventStatus.SCHEDULED, NOON, END)
ACTIVE, DONE, OFF = (
    replace(SCHEDULED, status=each) for each in (EventStatus.ACTIVE, EventStatus.COMPLETED, EventStatus.CANCELLED)
)

ANNOUNCED = Drop(plan(), state=DropState.ANNOUNCED, opens_at=NOON, announced_at=NOON - DAY)
OPEN = replace(ANNOUNCED, state=DropState.OPEN, opened_at=NOON, closes_at=END)


@pytest.mark.parametrize(
    ("drop", "expected"),
    [
        (replace(ANNOUNCED, state=DropState.PLANNED), Wish.NONE),
        (ANNOUNCED, Wish.SHOWN),
        (replace(ANNOUNCED, on_cue=True), Wish.NONE),
        (replace(ANNOUNCED, plan=plan(opening=Opening.CUE, opens_at=None), opens_at=None), Wish.NONE),
        (replace(ANNOUNCED, postponed_why="offline"), Wish.LEFT),
        (replace(ANNOUNCED, postponed_why="missed", on_cue=True), Wish.NONE),
        (replace(ANNOUNCED, frozen_at=NOW), Wish.LEFT),
        (OPEN, Wish.SHOWN),
        (replace(OPEN, paused_at=NOON), Wish.LEFT),
        (replace(OPEN, state=DropState.CLOSED), Wish.NONE),
        (replace(OPEN, state=DropState.SETTLED), Wish.NONE),
        (replace(ANNOUNCED, state=DropState.CANCELLED), Wish.NONE),
    ],
)
def test_a_drop_has_an_event_while_its_time_is_known(drop, expected):
    assert wish_of(drop) is expected


@pytest.mark.parametrize(
    ("wish", "event", "known", "now", "expected"),
    [
        (Wish.SHOWN, EVENT, None, NOW, True),
        (Wish.SHOWN, EVENT, None, NOON - AHEAD - 1, True),
        (Wish.SHOWN, EVENT, None, NOON - AHEAD, False),
        (Wish.SHOWN, BEGUN, None, NOW, False),
        (Wish.NONE, None, None, NOW, False),
        (Wish.SHOWN, EVENT, TOLD, NOW, False),
        (Wish.SHOWN, MOVED, TOLD, NOW, True),
        (Wish.SHOWN, replace(EVENT, starts_at=NOW + AHEAD), TOLD, NOW, False),
        (Wish.SHOWN, BEGUN, TOLD, NOON, True),
        (Wish.SHOWN, EVENT, KnownEvent("7", FOUND), NOW, True),
        (Wish.LEFT, None, TOLD, NOON, False),
        (Wish.NONE, None, TOLD, NOW, True),
        (Wish.NONE, None, KnownEvent("7", ENDED), NOW, False),
        (Wish.SHOWN, BEGUN, KnownEvent("7", ENDED), NOW, False),
        (Wish.SHOWN, MOVED, KnownEvent("7", ENDED), NOW, True),
        (Wish.SHOWN, MOVED, KnownEvent("7", GONE), NOW, False),
        (Wish.NONE, None, KnownEvent("7", GONE), NOW, False),
    ],
)
def test_discord_is_asked_only_when_something_has_changed(wish, event, known, now, expected):
    assert asks_for_a_step(wish, event, known, now) is expected


def ending(status):
    return Change("7", status=status, then=ENDED)


@pytest.mark.parametrize(
    ("event", "known", "seen", "expected"),
    [
        # Nothing is known of an event.
        (EVENT, None, None, Create(EVENT)),
        (EVENT, None, SCHEDULED, Note("7", FOUND)),
        (EVENT, None, OFF, Create(EVENT)),
        (None, None, SCHEDULED, None),
        (MOVED, KnownEvent("7", ENDED), None, Create(MOVED)),
        (MOVED, KnownEvent("6", ENDED), SCHEDULED, Note("7", FOUND)),
        # It was told otherwise before.
        (MOVED, TOLD, SCHEDULED, Change("7", MOVED, MOVED.starts_at, MOVED.ends_at, then=MOVED.digest)),
        (EVENT, KnownEvent("7", FOUND), SCHEDULED, Change("7", EVENT, NOON, END, then=EVENT.digest)),
        (MOVED, TOLD, ACTIVE, ending(EventStatus.COMPLETED)),
        # The drop is open.
        (BEGUN, TOLD, SCHEDULED, Change("7", None, None, END, EventStatus.ACTIVE, then=BEGUN.digest)),
        (BEGUN, TOLD, ACTIVE, Note("7", BEGUN.digest)),
        (LONGER, TOLD, ACTIVE, Change("7", None, None, LONGER.ends_at, None, then=LONGER.digest)),
        # Opened by hand so early that it closes before the event was to start.
        (
            replace(BEGUN, ends_at=NOON - MINUTE),
            TOLD,
            SCHEDULED,
            Change("7", None, None, None, EventStatus.ACTIVE, then=replace(BEGUN, ends_at=NOON - MINUTE).digest),
        ),
        (replace(BEGUN, ends_at=NOON), TOLD, ACTIVE, Note("7", replace(BEGUN, ends_at=NOON).digest)),
        # The drop is over, or has no time any more.
        (None, TOLD, SCHEDULED, ending(EventStatus.CANCELLED)),
        (None, TOLD, ACTIVE, ending(EventStatus.COMPLETED)),
        (None, TOLD, DONE, Note("7", ENDED)),
        (None, TOLD, None, Note("7", ENDED)),
        # Somebody has taken it away, or it has ended by itself.
        (MOVED, TOLD, None, Note("7", GONE)),
        (MOVED, TOLD, OFF, Note("7", GONE)),
        (MOVED, TOLD, DONE, Note("7", ENDED)),
        (BEGUN, TOLD, None, Note("7", ENDED)),
        (LONGER, TOLD, DONE, Note("7", ENDED)),
    ],
)
def test_one_step_brings_the_event_nearer(event, known, seen, expected):
    assert next_step(event, known, seen, NOW) == expected


@pytest.mark.parametrize(("seen", "before"), [(None, GONE), (OFF, GONE), (DONE, ENDED)])
def test_an_event_that_has_begun_since_may_come_anew_with_a_later_time(seen, before):
    """While the drop waited for the stream, its event began and ended by itself, and Discord forgot it."""
    assert next_step(MOVED, TOLD, seen, NOON - 1) == Note("7", before)
    assert next_step(MOVED, TOLD, seen, NOON) == Note("7", ENDED)


def test_a_description_says_in_its_last_line_whose_event_it_is():
    described = marked("48 units.", "teal-mug-2026-11-06")
    assert described == "48 units.\n\ndrop: teal-mug-2026-11-06"
    assert drop_marked(described) == "teal-mug-2026-11-06"
    longest = marked("x" * 2_000, "mug")
    assert (len(longest), drop_marked(longest)) == (DESCRIPTION_CHARACTERS_MAX, "mug")


@pytest.mark.parametrize("described", ["", "drop: Mug", "a drop: mug", "drop: mug, soon", "drop: " + "x" * 41])
def test_what_only_looks_like_a_mark_is_none(described):
    assert drop_marked(described) == ""


def test_the_last_mark_counts():
    assert drop_marked(marked("drop: cap\n", "mug")) == "mug"


def test_every_change_of_what_is_shown_has_a_digest_of_its_own():
    changes = [{"name": "Cup"}, {"description": "x"}, {"place": "y"}, {"starts_at": None}, {"ends_at": 1}]
    assert len({EVENT.digest, *(replace(EVENT, **change).digest for change in changes)}) == 6
