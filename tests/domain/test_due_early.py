"""What time and the stream make of a drop that opens early for some: all of its borders move together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.control import Deed, SteerDrop, SteerStanding, Verb, decide_steer
from bot.domain.drop_plan import Opening, WhileOffline
from bot.domain.drops import DropState, evolve
from bot.domain.due import due_fact, next_due
from bot.domain.restore import ThawDrop, decide_thaw
from bot.domain.stream import Pace, Stream
from bot.domain.time import HOUR, MINUTE, SECOND
from tests.conftest import CHANNEL, MIA, NOON, plan

PACE = Pace()
EARLY = {"early": "subscriber", "early_for": 10 * MINUTE, "early_units": 2}
BEGINS, PUBLIC, CLOSES = NOON - 10 * MINUTE, NOON, NOON + 15 * MINUTE
LIVE = Stream(watched=True, live=True, changed_at=NOON - HOUR)


def offline(since: int) -> Stream:
    return Stream(watched=True, live=False, changed_at=since)


def back(at: int) -> Stream:
    return Stream(watched=True, live=True, changed_at=at)


class Story:
    """A drop with an early window, and the facts that became due, as a run of moments and stream states."""

    def __init__(self, **changes):
        public = plan(**{**EARLY, **changes}).as_public()
        self.drop = evolve(None, "drop.planned", {"key": "mug", "origin": "config", **public}, 0)
        self.told = []

    def at(self, *moments: int, stream: Stream = LIVE) -> Story:
        for moment in moments:
            while (fact := due_fact(self.drop, stream, PACE, moment)) is not None:
                assert len(self.told) < 50, "facts without end"
                self.fold(fact, moment)
        return self

    def fold(self, fact, moment: int) -> None:
        self.drop = evolve(self.drop, fact.kind, fact.public, moment)
        self.told.append(fact.kind.removeprefix("drop."))

    def steer(self, verb: Verb, moment: int, *, last: Deed | None = None, stream: Stream = LIVE, **more) -> Story:
        """A moderator's deed, after what is due."""
        self.at(moment, stream=stream)
        standing = SteerStanding((self.drop,), stream, PACE, {}, last)
        for fact in decide_steer(standing, SteerDrop(CHANNEL, "twitch:1", MIA, verb, "mug", **more), moment)[1]:
            self.fold(fact, moment)
        return self

    def thaw(self, moment: int) -> Story:
        for fact in decide_thaw({"mug": self.drop}, (), ThawDrop(CHANNEL, "mug", None), moment)[1]:
            self.fold(fact, moment)
        return self

    @property
    def borders(self) -> tuple[int, int]:
        assert self.drop.public_at is not None
        assert self.drop.closes_at is not None
        return self.drop.public_at, self.drop.closes_at

    @property
    def phase(self) -> str:
        drop = self.drop
        return "paused" if drop.paused else "early" if drop.early else "public" if drop.open else str(drop.state)


def opened(**changes) -> Story:
    return Story(**changes).at(NOON - HOUR, BEGINS)


WAITS = {"while_offline": WhileOffline.WAIT}
BORDERS = [
    (BEGINS - 1_000, "announced"),
    (BEGINS - 1, "announced"),
    (BEGINS, "early"),
    (BEGINS + 1, "early"),
    (PUBLIC - 1_000, "early"),
    (PUBLIC - 1, "early"),
    (PUBLIC, "public"),
    (PUBLIC + 1, "public"),
    (CLOSES - 1_000, "public"),
    (CLOSES - 1, "public"),
    (CLOSES, "closed"),
    (CLOSES + 1_000, "closed"),
]


@pytest.mark.parametrize(("moment", "phase"), BORDERS)
def test_both_windows_are_half_open_to_the_microsecond(moment, phase):
    # Woken at every border that has come, as the lane's timer does.
    story = Story().at(*(at for at in (NOON - HOUR, BEGINS, PUBLIC, CLOSES) if at <= moment), moment)
    assert story.phase == phase


def test_each_border_is_told_once_and_in_order():
    story = Story().at(*(moment for moment, _ in BORDERS), CLOSES + PACE.settle_after)
    assert story.told == ["announced", "opened", "public", "closed", "settled"]
    assert story.borders == (PUBLIC, CLOSES)


def test_a_process_that_slept_over_the_end_of_the_early_window_lets_everybody_in_before_it_does_anything_else():
    story = opened().at(PUBLIC + MINUTE)
    assert (story.told[-1], story.phase, story.borders) == ("public", "public", (PUBLIC, CLOSES))


def test_one_that_slept_over_both_ends_tells_both():
    assert opened().at(CLOSES + MINUTE).told == ["announced", "opened", "public", "closed"]


def test_the_reminder_comes_ahead_of_the_early_window():
    story = Story().at(NOON - HOUR, BEGINS - PACE.soon_lead - 1)
    assert story.told == ["announced"]
    assert story.at(BEGINS - PACE.soon_lead).told == ["announced", "soon"]


@pytest.mark.parametrize(
    ("woken", "late"), [(BEGINS + PACE.late_after, False), (BEGINS + PACE.late_after + 1, True), (NOON, True)]
)
def test_an_opening_that_comes_late_keeps_both_windows_whole(woken, late):
    begins = woken if late else BEGINS
    assert Story().at(NOON - HOUR, woken).borders == (begins + 10 * MINUTE, begins + 25 * MINUTE)


def test_a_drop_is_missed_only_when_its_public_window_has_passed_as_well():
    assert Story().at(NOON - HOUR, CLOSES - 1).phase == "early"
    missed = Story().at(NOON - HOUR, CLOSES)
    assert (missed.told, missed.drop.on_cue) == (["announced", "postponed"], True)


def test_on_cue_the_early_window_opens_first_and_is_as_long():
    story = Story(opening=Opening.CUE, opens_at=None).at(NOON - HOUR)
    assert story.drop.begins_at is None
    assert next_due(story.drop, LIVE, PACE) is None
    cue = NOON + 7 * SECOND
    story.steer(Verb.OPEN, cue)
    assert (story.phase, story.borders) == ("early", (cue + 10 * MINUTE, cue + 25 * MINUTE))
    assert [story.at(cue + 10 * MINUTE + by).phase for by in (-1, 0)] == ["early", "public"]


def test_a_moderator_who_opens_before_the_time_moves_both_windows():
    story = Story().at(NOON - HOUR).steer(Verb.OPEN, NOON - 30 * MINUTE)
    assert story.borders == (NOON - 20 * MINUTE, NOON - 5 * MINUTE)


def test_a_pause_in_the_early_window_moves_both_ends_by_the_time_that_was_lost():
    story = opened().steer(Verb.PAUSE, BEGINS + MINUTE)
    assert story.at(PUBLIC, CLOSES).phase == "paused"
    story.steer(Verb.RESUME, BEGINS + 31 * MINUTE)
    assert (story.phase, story.borders) == ("early", (PUBLIC + 30 * MINUTE, CLOSES + 30 * MINUTE))
    assert [story.at(PUBLIC + 30 * MINUTE + by).phase for by in (-1, 0)] == ["early", "public"]


def test_a_pause_in_the_public_window_leaves_the_early_one_over():
    story = opened().at(PUBLIC).steer(Verb.PAUSE, PUBLIC + MINUTE).steer(Verb.RESUME, PUBLIC + 3 * MINUTE)
    assert (story.phase, story.drop.closes_at) == ("public", CLOSES + 2 * MINUTE)


@pytest.mark.parametrize(
    ("gone", "still_early"),
    [
        # Off the air so long before the border that the pause came first, at the border, and after it.
        (PUBLIC - PACE.offline_pause - 1, True),
        (PUBLIC - PACE.offline_pause, False),
        (PUBLIC - PACE.offline_pause + 1, False),
    ],
)
def test_a_pause_that_was_due_before_the_border_comes_before_it_though_nobody_has_looked(gone, still_early):
    story = opened(**WAITS).at(PUBLIC + MINUTE, stream=offline(gone))
    assert (story.phase, story.drop.early) == ("paused", still_early)
    assert ("public" in story.told) is not still_early


def test_a_pause_in_time_keeps_the_border_from_coming_until_the_stream_is_back():
    gone, paused = PUBLIC - PACE.offline_pause - MINUTE, PUBLIC - MINUTE
    story = opened(**WAITS).at(paused, PUBLIC, PUBLIC + 10 * MINUTE, stream=offline(gone))
    returned = PUBLIC + 12 * MINUTE
    story.at(returned, returned + PACE.resume_warning, stream=back(returned))
    lost = 13 * MINUTE + PACE.resume_warning
    assert (story.phase, story.borders) == ("early", (PUBLIC + lost, CLOSES + lost))


def test_the_stream_gone_for_good_closes_it_in_the_early_window():
    story = opened(**WAITS, early_for=40 * MINUTE, opens_at=NOON + 30 * MINUTE)
    story.at(BEGINS + 10 * MINUTE, BEGINS + 25 * MINUTE, stream=offline(BEGINS))
    assert (story.told[-2:], story.drop.early) == (["paused", "closed"], False)


def test_while_the_stream_is_off_both_windows_wait_and_begin_after_the_warning():
    story = Story(**WAITS).at(NOON - HOUR).at(BEGINS, NOON, stream=offline(NOON - HOUR))
    assert story.told[-1] == "postponed"
    returned = NOON + 20 * MINUTE
    begins = returned + PACE.resume_warning
    story.at(returned, stream=back(returned))
    assert story.drop.begins_at == begins
    assert [story.at(begins + by, stream=back(returned)).phase for by in (-1, 0)] == ["announced", "early"]
    assert story.borders == (begins + 10 * MINUTE, begins + 25 * MINUTE)


def test_an_opening_that_is_taken_back_begins_with_the_early_window_again():
    story = opened().steer(Verb.UNDO, BEGINS + MINUTE, last=Deed(3, "drop.opened", "mug", BEGINS))
    assert (story.phase, story.drop.public_at, story.drop.on_cue) == ("announced", None, True)
    story.at(PUBLIC, CLOSES).steer(Verb.OPEN, CLOSES + HOUR)
    assert (story.phase, story.borders[0]) == ("early", CLOSES + HOUR + 10 * MINUTE)


@pytest.mark.parametrize(("undone", "phase"), [(PUBLIC - 1, "early"), (PUBLIC, "public"), (CLOSES - 1, "public")])
def test_a_close_that_is_taken_back_goes_on_where_the_clock_has_come_to(undone, phase):
    closed = BEGINS + 6 * MINUTE
    story = opened().steer(Verb.CLOSE, closed)
    assert story.phase == "closed"
    # The clock settles a drop after a while: the undo has to come before.
    story.drop = replace(story.drop, closed_at=undone - MINUTE)
    story.steer(Verb.UNDO, undone, last=Deed(4, "drop.closed", "mug", undone - MINUTE)).at(undone)
    assert (story.phase, story.borders) == (phase, (PUBLIC, CLOSES))


def test_minutes_that_are_added_are_the_public_windows():
    story = opened().steer(Verb.EXTEND, BEGINS + MINUTE, minutes=5)
    assert story.borders == (PUBLIC, CLOSES + 5 * MINUTE)


def test_a_frozen_drop_keeps_its_early_window_and_gives_back_what_was_lost():
    story = opened()
    story.drop = evolve(story.drop, "drop.frozen", {"why": "restored", "since": BEGINS + MINUTE}, NOON)
    assert story.at(PUBLIC, CLOSES).phase == "early"
    story.thaw(BEGINS + 21 * MINUTE)
    assert (story.phase, story.borders) == ("early", (PUBLIC + 20 * MINUTE, CLOSES + 20 * MINUTE))


def test_frozen_in_the_public_window_only_the_end_moves():
    story = opened().at(PUBLIC)
    story.drop = evolve(story.drop, "drop.frozen", {"why": "restored", "since": PUBLIC + MINUTE}, NOON + HOUR)
    story.thaw(PUBLIC + 2 * MINUTE)
    assert (story.phase, story.borders) == ("public", (PUBLIC, CLOSES + MINUTE))


def test_a_pause_and_a_freeze_in_the_early_window_give_back_the_same_minute_only_once():
    story = opened()
    story.drop = evolve(story.drop, "drop.frozen", {"why": "restored", "since": BEGINS + MINUTE}, NOON)
    story.steer(Verb.PAUSE, BEGINS + 3 * MINUTE).thaw(BEGINS + 5 * MINUTE).steer(Verb.RESUME, BEGINS + 9 * MINUTE)
    assert story.borders == (PUBLIC + 8 * MINUTE, CLOSES + 8 * MINUTE)


def test_a_moved_window_takes_its_early_part_along():
    story = Story().at(NOON - HOUR)
    moved = {"opens_at": NOON + HOUR, "window": 20 * MINUTE, "why": "ill"}
    story.drop = evolve(story.drop, "drop.moved", moved, NOON - HOUR)
    assert (story.drop.begins_at, next_due(story.drop, LIVE, PACE)) == (
        NOON + 50 * MINUTE,
        NOON + 50 * MINUTE - PACE.soon_lead,
    )
    assert story.at(BEGINS, PUBLIC, NOON + 50 * MINUTE - 1).phase == "announced"
    assert story.at(NOON + 50 * MINUTE).borders == (NOON + HOUR, NOON + 80 * MINUTE)


@pytest.mark.parametrize("waits", [WhileOffline.WAIT, WhileOffline.RUN])
@pytest.mark.parametrize("stream", [LIVE, offline(BEGINS + 5 * MINUTE), offline(NOON - HOUR)])
def test_nothing_ever_falls_due_before_the_next_due_instant(stream, waits):
    story, moment = Story(while_offline=waits), NOON - 2 * HOUR
    for _ in range(20):
        due = next_due(story.drop, stream, PACE)
        if due is None:
            break
        if due > moment:
            assert due_fact(story.drop, stream, PACE, due - 1) is None, (story.told, due)
        before, moment = story.drop, max(due, moment)
        story.at(moment, stream=stream)
        assert story.drop != before, f"nothing was due at {due}, after {story.told}"
    assert story.drop.state in (DropState.SETTLED, DropState.ANNOUNCED)
