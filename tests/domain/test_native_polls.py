"""Twitch's own poll beside ours: what fits, when it is wanted, which one is ours, and what its votes come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.ballots import Method
from bot.domain.native_polls import Native, NativeEnd, NativeFault, NativePoll, NativeStatus, fitted
from bot.domain.native_rules import (
    SKEW_MAX,
    NativeWish,
    NoteNative,
    end_of,
    is_casual,
    native_ask,
    native_fact,
    native_fault,
    native_for,
    native_snapshot,
    native_wish,
    ours_among,
    together,
)
from bot.domain.poll_control import PollVerb
from bot.domain.poll_news import poll_news
from bot.domain.polls import PassRole, PollKind, PollPlan, evolve_poll
from bot.domain.time import DAY, MINUTE, SECOND
from tests.conftest import CHANNEL, NOON
from tests.domain.poll_world import World, back, offline, poll_plan

QUESTION, OPTIONS = "Colour of the next mug?", ("teal", "plum", "sand")


def on_twitch(**changes) -> NativePoll:
    values = {
        "id": "a1",
        "title": QUESTION,
        "choices": OPTIONS,
        "counts": (5, 30, 2),
        "status": NativeStatus.COMPLETED,
        "started_at": NOON + SECOND,
        "ended_at": NOON + 90 * SECOND,
    }
    return NativePoll(**{**values, **changes})


def note(poll: str = "colour-of-the-next-mug", counts=(5, 30, 2)) -> NoteNative:
    return NoteNative(CHANNEL, poll, NativeEnd("a1", tuple(counts), "completed", NOON + 90 * SECOND))


def noted(world: World, *counts: int) -> None:
    world.come()
    fact = native_fact(world.poll, note(counts=counts))
    assert fact is not None
    world.fold([fact])


@pytest.mark.parametrize(
    ("question", "options", "window", "expected"),
    [
        (QUESTION, OPTIONS, 90 * SECOND, (QUESTION, OPTIONS)),
        ("x" * 60, ("y" * 25, "n"), 15 * SECOND, ("x" * 60, ("y" * 25, "n"))),
        ("x" * 60, ("y", "n"), 1800 * SECOND, ("x" * 60, ("y", "n"))),
        # Closing punctuation may go; a word, a letter, or the sign that makes a face may not.
        ("x" * 60 + "?", ("y", "n"), MINUTE, ("x" * 60, ("y", "n"))),
        ("x" * 60 + " ?!", ("y", "n"), MINUTE, ("x" * 60, ("y", "n"))),
        ("x" * 58 + " or", ("y", "n"), MINUTE, NativeFault.QUESTION_TOO_LONG),
        ("x" * 60 + "+", ("y", "n"), MINUTE, NativeFault.QUESTION_TOO_LONG),
        ("?" * 61, ("y", "n"), MINUTE, NativeFault.QUESTION_TOO_LONG),
        (QUESTION, ("y" * 25 + "!", "n"), MINUTE, (QUESTION, ("y" * 25, "n"))),
        (QUESTION, ("y" * 26, "n"), MINUTE, NativeFault.OPTION_TOO_LONG),
        (QUESTION, ("y" * 25 + "!", "y" * 25), MINUTE, NativeFault.OPTION_TOO_LONG),
        (QUESTION, ("Y" * 25 + "!", "y" * 25), MINUTE, NativeFault.OPTION_TOO_LONG),
        (QUESTION, tuple("abcde"), MINUTE, (QUESTION, tuple("abcde"))),
        (QUESTION, tuple("abcdef"), MINUTE, NativeFault.TOO_MANY_OPTIONS),
        (QUESTION, OPTIONS, 15 * SECOND - 1, NativeFault.TOO_SHORT),
        (QUESTION, OPTIONS, 1800 * SECOND + 1, NativeFault.TOO_LONG),
        ("x" * 99, tuple("abcdef"), DAY, NativeFault.TOO_MANY_OPTIONS),
    ],
)
def test_what_twitch_shows_is_what_was_asked_or_nothing(question, options, window, expected):
    assert fitted(question, options, window) == expected


@pytest.mark.parametrize(
    ("changes", "casual", "fault"),
    [
        ({}, True, None),
        ({"method": Method.APPROVAL}, False, NativeFault.NOT_ONE_CHOICE),
        ({"method": Method.RANKED, "hidden": True}, False, NativeFault.NOT_ONE_CHOICE),
        ({"hidden": True, "window": DAY}, False, NativeFault.HIDDEN),
        ({"window": DAY}, True, NativeFault.TOO_LONG),
        ({"kind": PollKind.MOD_VOTE}, False, None),
        ({"electorate": "moderator"}, False, None),
        ({"quorum": 1}, False, None),
        ({"pass_role": PassRole.ENTRY}, False, None),
        ({"pass_weight": 2}, False, None),
    ],
)
def test_votes_are_added_only_where_it_does_not_matter_who_votes(changes, casual, fault):
    plan = poll_plan(**changes)
    assert (is_casual(plan), native_fault(plan)) == (casual, fault)
    fits = fault is None
    assert native_for(plan, Native.OFF) is Native.OFF
    assert native_for(plan, Native.BESIDE) is (Native.BESIDE if fits else Native.OFF)
    added = Native.ADDED if casual else Native.BESIDE
    assert native_for(plan, Native.ADDED) is (added if fits else Native.OFF)


def test_twitch_shows_it_while_ours_runs_unbroken():
    world = World()
    world.open(native=Native.BESIDE, window=10 * MINUTE)
    wishes = [native_wish(world.poll)]
    world.come(NOON + 5 * MINUTE, offline(NOON + MINUTE))
    wishes.append(native_wish(world.poll))
    world.come(NOON + 6 * MINUTE, back(NOON + 6 * MINUTE))
    assert world.poll.resume_at is not None
    wishes.append(native_wish(world.poll))
    world.come(world.poll.resume_at)
    wishes.append(native_wish(world.poll))
    world.steer(PollVerb.CLOSE)
    wishes.append(native_wish(world.poll))
    assert wishes == ["shown", "ended", "ended", "shown", "ended"]
    noted(world, 1, 0, 0)
    assert native_wish(world.poll) is NativeWish.NOTHING


def test_a_poll_that_goes_on_without_the_stream_leaves_twitch_and_a_cancelled_one_is_taken_away():
    world = World()
    world.open(native=Native.ADDED, window=10 * MINUTE, goes_on_for=10 * MINUTE)
    world.come(NOON + 20 * MINUTE, offline(NOON))
    assert world.poll.goes_on
    assert native_wish(world.poll) is NativeWish.ENDED
    world.steer(PollVerb.CANCEL)
    assert native_wish(world.poll) is NativeWish.TAKEN_AWAY
    assert native_fact(world.poll, note()) is None


def test_a_poll_without_one_wants_nothing_and_takes_nothing():
    world = World()
    world.open()
    assert native_wish(world.poll) is NativeWish.NOTHING
    assert native_fact(world.poll, note()) is None
    assert native_fact(None, note()) is None


@pytest.mark.parametrize(
    ("window", "late", "expected"),
    [
        (90 * SECOND, 0, 89),
        (90 * SECOND, SECOND // 2, 88),
        (90 * SECOND, SECOND, 88),
        (15 * SECOND, 0, 15),
        (16 * SECOND, 0, 15),
        (90 * SECOND, 74 * SECOND, 15),
        (90 * SECOND, 75 * SECOND, 15),
        (90 * SECOND, 75 * SECOND + 1, NativeFault.TOO_SHORT),
        (1800 * SECOND, 0, 1799),
    ],
)
def test_it_is_over_before_ours_where_it_can_be(window, late, expected):
    world = World()
    poll = world.open(native=Native.BESIDE, window=window)
    ask = native_ask(poll, NOON + late)
    assert getattr(ask, "seconds", ask) == expected


def test_a_longer_time_than_twitch_knows_is_cut_to_its_longest():
    world = World()
    world.open(native=Native.BESIDE, window=1700 * SECOND)
    world.steer(PollVerb.EXTEND, added=10 * MINUTE)
    ask = native_ask(world.poll, NOON)
    assert getattr(ask, "seconds", ask) == 1800


def test_ours_is_the_one_with_our_words_and_our_time_and_no_other_polls():
    world = World()
    poll = world.open(native=Native.BESIDE)
    near, far = on_twitch(id="near"), on_twitch(id="far", started_at=NOON - MINUTE)
    before = on_twitch(id="before", started_at=NOON - SKEW_MAX - 1)
    after = on_twitch(id="after", started_at=poll.closes_at + SKEW_MAX + 1)
    other = on_twitch(id="other", title="Colour of the next cup?")
    turned = on_twitch(id="turned", choices=OPTIONS[::-1])
    over = on_twitch(id="over", started_at=NOON - 1, ended_at=NOON)
    seen = [before, after, other, turned, over, far, near]
    assert ours_among(poll, seen, ()) == near
    assert ours_among(poll, seen, {"near"}) == far
    assert ours_among(poll, seen, {"near", "far"}) is None


def test_ours_is_found_in_the_words_that_fitted():
    world = World()
    poll = world.open(question="x" * 60 + "?", native=Native.BESIDE)
    ask = native_ask(poll, NOON)
    assert not isinstance(ask, NativeFault)
    assert ours_among(poll, [on_twitch(title=ask.title)], ()) is not None
    hidden = replace(poll, plan=replace(poll.plan, hidden=True))
    assert ours_among(hidden, [on_twitch(title=ask.title)], ()) is None


@pytest.mark.parametrize("status", list(NativeStatus))
def test_only_votes_that_stand_are_noted(status):
    end = end_of(on_twitch(status=status), NOON)
    stands = status in ("completed", "terminated", "archived")
    assert end == (NativeEnd("a1", (5, 30, 2), str(status), NOON + 90 * SECOND) if stands else None)


def test_an_end_without_a_time_ended_when_it_was_seen():
    end = end_of(on_twitch(ended_at=None), NOON + 3)
    assert end is not None
    assert end.ended_at == NOON + 3


@pytest.mark.parametrize("first", ["before the close", "after the close"])
def test_the_end_is_noted_once_in_whatever_order_it_comes(first):
    world = World()
    world.open(native=Native.ADDED)
    if first == "before the close":
        noted(world, 5, 30, 2)
    world.come(NOON + 90 * SECOND)
    if first == "after the close":
        assert together(world.poll) is None
        noted(world, 5, 30, 2)
    assert native_fact(world.poll, note(counts=(9, 9, 9))) is None
    both = together(world.poll)
    assert both is not None
    assert (both.counts, both.votes, both.sums) == ((5, 30, 2), 37, (5, 30, 2))
    assert world.kinds.count("poll.native") == 1
    with pytest.raises(ValueError, match="has no use for it"):
        evolve_poll(world.poll, "poll.native", note().end.as_public(), NOON)


def test_an_end_that_counts_other_options_is_nobodys():
    world = World()
    world.open(native=Native.BESIDE)
    assert native_fact(world.poll, note(counts=(1, 2))) is None


@pytest.mark.parametrize(
    ("native", "twitch", "sums", "ahead"),
    [
        (Native.ADDED, (0, 5, 0), (2, 6, 0), (2,)),
        (Native.ADDED, (0, 1, 2), (2, 2, 2), (1, 2, 3)),
        (Native.ADDED, (0, 1, 0), (2, 2, 0), (1, 2)),
        (Native.ADDED, (0, 0, 0), (2, 1, 0), (1,)),
        (Native.BESIDE, (0, 5, 0), (), ()),
    ],
)
def test_what_is_added_is_told_apart_from_what_was_cast(native, twitch, sums, ahead):
    world = World()
    world.open(native=native)
    for person, choice in ((1, 1), (2, 1), (3, 2)):
        world.vote(person, choice)
    world.come(NOON + 90 * SECOND)
    cast = world.poll.result
    noted(world, *twitch)
    both = together(world.poll)
    assert both is not None
    assert (both.sums, both.ahead) == (sums, ahead)
    assert world.poll.result == cast
    assert native_snapshot(world.poll) == {
        "native_counts": list(twitch),
        "native_sums": list(sums),
        "native_ahead": list(ahead),
    }


def test_nobody_is_ahead_where_nobody_voted_anywhere():
    world = World()
    world.open(native=Native.ADDED)
    world.come(NOON + 90 * SECOND)
    noted(world, 0, 0, 0)
    both = together(world.poll)
    assert both is not None
    assert (both.sums, both.ahead) == ((0, 0, 0), ())


def test_what_a_poll_declares_beyond_the_casual_is_never_added_to():
    """Whoever declares both: the stricter one holds."""
    plan: PollPlan = poll_plan(native=Native.ADDED, quorum=2)
    world = World()
    world.open(native=plan.native, quorum=plan.quorum)
    world.come(NOON + 90 * SECOND)
    noted(world, 5, 30, 2)
    both = together(world.poll)
    assert both is not None
    assert (both.counts, both.sums) == ((5, 30, 2), ())


def test_nothing_is_told_before_both_are_over():
    world = World()
    world.open(native=Native.BESIDE)
    assert native_snapshot(world.poll) == {}
    noted(world, 5, 30, 2)
    assert native_snapshot(world.poll) == {}


def test_what_is_known_at_the_close_is_part_of_the_result_and_no_news_of_its_own():
    world = World()
    world.open(native=Native.ADDED)
    fact = native_fact(world.poll, note())
    assert fact is not None
    world.fold([fact])
    assert poll_news(world.poll, fact, world.now) == ()
    world.come(NOON + 90 * SECOND)
    (closed,) = poll_news(world.poll, world.entries[-1][0], world.now)
    assert (closed.kind, closed.about["native_counts"]) == (NewsKind.POLL_CLOSED, [5, 30, 2])


def test_what_is_known_later_is_news_for_a_while():
    world = World()
    world.open(native=Native.ADDED)
    world.come(NOON + 90 * SECOND)
    (closed,) = poll_news(world.poll, world.entries[-1][0], world.now)
    assert "native_counts" not in closed.about
    noted(world, 5, 30, 2)
    (late,) = poll_news(world.poll, world.entries[-1][0], world.now)
    assert (late.kind, late.about["native_ahead"]) == (NewsKind.POLL_NATIVE, [2])
    assert late.places == closed.places
    assert late.expires_at == world.now + 10 * MINUTE


@pytest.mark.parametrize(
    ("plan", "changes", "why"),
    [
        ({"native": Native.OFF}, {}, "no use for it"),
        ({}, {"counts": [1, 2]}, "no use for it"),
        ({}, {"counts": [1, 2, "3"]}, "no whole numbers"),
        ({}, {"counts": [1, 2, True]}, "no whole numbers"),
        ({}, {"counts": [1, 2, -3]}, "no whole numbers"),
        ({}, {"ended_at": "soon"}, "no whole numbers"),
    ],
)
def test_what_no_lane_writes_is_not_folded(plan, changes, why):
    """Whoever checks a ledger folds its entries, and refuses what cannot be."""
    world = World()
    world.open(**{"native": Native.BESIDE, **plan})
    with pytest.raises(ValueError, match=why):
        evolve_poll(world.poll, "poll.native", {**note().end.as_public(), **changes}, NOON)
