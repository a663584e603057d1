"""What time, the stream and moderators make of a poll, one fact after the other."""

from __future__ import annotations

import pytest

from bot.domain.drop_plan import WhileOffline
from bot.domain.poll_control import (
    OpenPoll,
    PollNeedsYes,
    PollRefusal,
    PollRefused,
    PollSteered,
    PollVerb,
    SteerPoll,
    decide_open,
    decide_steer_poll,
    meant_poll,
)
from bot.domain.polls_due import due_in_poll, next_due_in_poll
from bot.domain.recounting import closed_poll
from bot.domain.stream import Stream
from bot.domain.time import DAY, HOUR, MINUTE, SECOND
from tests.conftest import CHANNEL, MIA, NOON, viewer
from tests.domain.poll_world import LIVE, PACE, SEED, World, back, offline, poll_plan

CLOSES = NOON + 90 * SECOND
OFF = NOON + 10 * SECOND


def opened(**changes) -> World:
    world = World()
    world.open(**changes)
    return world


def test_a_poll_says_its_last_call_and_closes_by_the_clock():
    world = opened()
    world.vote(1, 2)
    assert world.come(CLOSES - 15 * SECOND - 1) == []
    assert world.come(CLOSES - 15 * SECOND) == ["poll.ending"]
    assert world.come(CLOSES - 1) == []
    assert world.come(CLOSES) == ["poll.closed"]
    assert world.come(CLOSES + HOUR) == []
    assert (world.poll.closed_why, world.entries[-1][0].public["late"]) == ("time", False)


def test_a_poll_that_is_found_too_late_closes_without_a_last_call_and_says_that_it_is_late():
    world = opened()
    assert world.come(CLOSES + HOUR) == ["poll.closed"]
    assert world.entries[-1][0].public["late"] is True


@pytest.mark.parametrize(
    ("changes", "stream"),
    [
        ({"while_offline": WhileOffline.RUN}, offline(OFF)),
        ({}, Stream(watched=False, live=None, changed_at=0)),
        ({}, Stream(watched=True, live=None, changed_at=OFF)),
    ],
)
def test_what_need_not_wait_for_the_stream_goes_by_the_clock_alone(changes, stream):
    world = opened(window=HOUR, last_call=0, **changes)
    assert world.come(NOON + 50 * MINUTE, stream) == []
    assert world.come(NOON + HOUR) == ["poll.closed"]


def test_a_poll_pauses_with_the_stream_and_goes_on_with_all_the_time_it_had():
    world = opened(window=5 * MINUTE)
    assert world.come(OFF + 3 * MINUTE - 1, offline(OFF)) == []
    assert world.come(OFF + 3 * MINUTE) == ["poll.paused"]
    assert world.come(NOON + 10 * MINUTE) == []
    again = NOON + 10 * MINUTE
    assert world.come(again, back(again)) == ["poll.resuming"]
    assert world.come(again + 30 * SECOND) == ["poll.resumed"]
    assert world.poll.closes_at == again + 30 * SECOND + (2 * MINUTE - 10 * SECOND)
    assert world.come(world.poll.closes_at) == ["poll.closed"]


def test_a_bot_that_sleeps_uses_up_no_time_of_a_poll_that_is_paused():
    world = opened(window=5 * MINUTE)
    world.come(NOON + 15 * MINUTE, offline(OFF))
    assert world.poll.paused_at == OFF + 3 * MINUTE
    world.come(NOON + 15 * MINUTE, back(NOON + 15 * MINUTE))
    world.come(NOON + 16 * MINUTE)
    assert world.poll.closes_at == NOON + 16 * MINUTE + (2 * MINUTE - 10 * SECOND)


def test_a_stream_that_goes_again_while_it_comes_back_prolongs_the_pause():
    world = opened(window=5 * MINUTE)
    world.come(OFF + 4 * MINUTE, offline(OFF))
    world.come(OFF + 5 * MINUTE, back(OFF + 5 * MINUTE))
    gone = OFF + 5 * MINUTE + SECOND
    assert world.come(gone, offline(gone)) == ["poll.paused"]
    assert (world.poll.paused_at, world.poll.resume_at) == (OFF + 3 * MINUTE, None)
    assert world.come(gone) == []


def test_a_poll_ends_with_the_stream():
    world = opened(window=HOUR)
    world.vote(1, 3)
    assert world.come(OFF + 20 * MINUTE, offline(OFF)) == ["poll.paused", "poll.closed"]
    assert (world.poll.closed_why, world.poll.result["winner"]) == ("stream", 3)


def test_a_vote_that_outlives_the_stream_goes_on_for_long_enough_and_follows_it_no_more():
    world = opened(window=5 * MINUTE, goes_on_for=10 * MINUTE)
    over = OFF + 20 * MINUTE
    assert world.come(over, offline(OFF)) == ["poll.paused", "poll.went-on"]
    assert (world.poll.closes_at, world.poll.goes_on, world.poll.paused) == (over + 10 * MINUTE, True, False)
    assert next_due_in_poll(world.poll, offline(OFF), PACE) == over + 10 * MINUTE - 15 * SECOND
    assert world.come(over + 10 * MINUTE) == ["poll.closed"]
    longer = opened(window=HOUR, goes_on_for=10 * MINUTE)
    longer.come(over, offline(OFF))
    assert longer.poll.closes_at == over + HOUR - (OFF + 3 * MINUTE - NOON), "what was left is more than that"


def test_a_poll_whose_time_is_up_before_the_pause_closes():
    world = opened()
    assert world.come(NOON + 4 * MINUTE, offline(OFF)) == ["poll.closed"]
    assert world.poll.closed_why == "time"


STORIES = [
    ({}, [(0, LIVE)]),
    ({"last_call": 0}, [(0, LIVE)]),
    ({"window": HOUR}, [(OFF - NOON, offline(OFF))]),
    ({"window": HOUR, "goes_on_for": MINUTE}, [(OFF - NOON, offline(OFF))]),
    ({"window": HOUR}, [(OFF - NOON, offline(OFF)), (6 * MINUTE, back(NOON + 6 * MINUTE))]),
]


@pytest.mark.parametrize(("changes", "reports"), STORIES)
def test_nothing_is_due_before_the_moment_that_is_waited_for(changes, reports):
    world = opened(**changes)
    for after, stream in reports:
        world.come(NOON + after, stream)
        if stream.live is False:
            world.come(next_due_in_poll(world.poll, stream, PACE))
    for _ in range(20):
        at = next_due_in_poll(world.poll, world.stream, PACE)
        if at is None:
            break
        assert due_in_poll(world.poll, world.stream, PACE, at - 1) is None
        assert world.come(at), "something was waited for in vain"
    assert not world.poll.open


# -- by hand ----------------------------------------------------------------------------------------------------


def test_an_extension_moves_the_close_and_the_last_call_is_said_again():
    world = opened()
    world.come(CLOSES - 10 * SECOND)
    done = world.steer(PollVerb.EXTEND, added=MINUTE)
    assert isinstance(done, PollSteered)
    assert (done.closes_at, world.poll.closes_at) == (CLOSES + MINUTE, CLOSES + MINUTE)
    assert world.come(CLOSES) == []
    assert world.come(CLOSES + 45 * SECOND) == ["poll.ending"]
    assert world.come(CLOSES + MINUTE) == ["poll.closed"]


def test_a_poll_is_cancelled_after_a_yes_and_closed_without_one():
    world = opened()
    world.vote(1, 2)
    assert world.steer(PollVerb.CANCEL, confirmed=False) == PollNeedsYes(
        PollVerb.CANCEL, world.poll.key, world.poll.plan.question, 1
    )
    assert world.poll.open
    assert isinstance(world.steer(PollVerb.CLOSE, confirmed=False), PollSteered)
    assert world.entries[-1][0].private["by"]["name"] == "mia"


@pytest.mark.parametrize(
    ("command", "because"),
    [
        ({"actor": viewer("ann"), "added": 0}, PollRefusal.NOT_ALLOWED),
        ({"meant": PollRefused(PollRefusal.NOTHING_ON, PollVerb.EXTEND), "added": 0}, PollRefusal.NOTHING_ON),
        ({"over": True, "added": 0}, PollRefusal.ALREADY_OVER),
        ({"added": 0}, PollRefusal.BAD_TIME),
        ({"added": DAY + 1}, PollRefusal.BAD_TIME),
    ],
)
def test_a_deed_is_refused_for_the_first_reason_that_applies(command, because):
    world = opened()
    if command.get("over"):
        world.steer(PollVerb.CLOSE)
    meant = command.get("meant", world.poll)
    deed = SteerPoll(CHANNEL, "twitch:1", command.get("actor", MIA), PollVerb.EXTEND, added=command["added"])
    decision, facts = decide_steer_poll(meant, world.box(world.poll.key), deed, world.now)
    assert isinstance(decision, PollRefused)
    assert (decision.because, facts) == (because, ())


@pytest.mark.parametrize(
    ("actor", "running", "stream", "because"),
    [
        (viewer("ann"), True, offline(OFF), PollRefusal.NOT_ALLOWED),
        (MIA, True, offline(OFF), PollRefusal.ONE_IS_ON),
        (MIA, False, offline(OFF), PollRefusal.STREAM_OFFLINE),
    ],
)
def test_a_poll_does_not_open_for_the_first_reason_that_applies(actor, running, stream, because):
    polls = (opened().poll,) if running else ()
    command = OpenPoll(CHANNEL, "twitch:1", actor, poll_plan())
    decision, facts = decide_open(polls, stream, command, SEED, NOON)
    assert isinstance(decision, PollRefused)
    assert (decision.because, facts) == (because, ())


def test_another_poll_opens_while_one_has_outlived_the_stream():
    world = opened(window=5 * MINUTE, goes_on_for=HOUR)
    world.come(OFF + 20 * MINUTE, offline(OFF))
    world.come(OFF + 21 * MINUTE, back(OFF + 21 * MINUTE))
    assert world.open().key == "colour-of-the-next-mug-2"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("", "next-game"), ("Next game?", "next-game"), ("mug", "unknown-poll"), ("colour-of-the-next-mug", "colour")],
)
def test_a_deed_is_about_the_poll_that_was_named_or_the_only_one_that_is_open(typed, meant):
    world = opened()
    world.steer(PollVerb.CLOSE)
    world.open(question="Next game?")
    found = meant_poll(tuple(world.polls.values()), PollVerb.CLOSE, typed)
    name = found.because if isinstance(found, PollRefused) else found.key
    assert name.startswith(meant)


def test_of_two_polls_that_asked_the_same_the_one_that_is_open_is_meant():
    world = opened(window=5 * MINUTE, goes_on_for=HOUR)
    world.come(OFF + 20 * MINUTE, offline(OFF))
    world.come(OFF + 21 * MINUTE, back(OFF + 21 * MINUTE))
    second = world.open().key
    question = world.poll.plan.question
    assert meant_poll(tuple(world.polls.values()), PollVerb.CLOSE, question).key == second
    world.steer(PollVerb.CLOSE)
    assert meant_poll(tuple(world.polls.values()), PollVerb.CLOSE, question).key == "colour-of-the-next-mug"


@pytest.mark.parametrize(
    ("typed", "meant"), [("次の ゲームは何？", "poll"), ("色は?", "unknown-poll"), ("??", "unknown-poll")]
)
def test_a_question_without_a_latin_letter_is_named_by_its_own_words_alone(typed, meant):
    world = World()
    world.open(question="次の ゲームは何?")
    polls = tuple(world.polls.values())
    found = meant_poll(polls, PollVerb.CLOSE, typed)
    assert (found.because if isinstance(found, PollRefused) else found.key) == meant
    world.steer(PollVerb.CLOSE)
    again = closed_poll(tuple(world.polls.values()), typed)
    assert (again.because if isinstance(again, PollRefused) else again.key) == meant


def test_with_several_open_or_none_nothing_is_guessed():
    world = opened(goes_on_for=HOUR)
    assert meant_poll((), PollVerb.CLOSE, "").because is PollRefusal.NOTHING_ON
    other = World()
    other.open(question="Next game?")
    several = meant_poll((world.poll, other.poll), PollVerb.CLOSE, "")
    assert (several.because, several.choices) == (
        PollRefusal.NAME_NEEDED,
        ("colour-of-the-next-mug", "next-game"),
    )
