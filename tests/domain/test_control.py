"""What a moderator may do, why not, and how each deed is taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.control import (
    EXTEND_MINUTES_MAX,
    REASON_CHARACTERS_MAX,
    Deed,
    DropSteered,
    SteerDrop,
    SteerNeedsYes,
    SteerRefusal,
    SteerStanding,
    Verb,
    decide_steer,
    fits,
    meant_drop,
)
from bot.domain.drop_plan import WhileOffline
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.stream import Pace, Stream
from bot.domain.time import HOUR, MINUTE, SECOND
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer

NOW = NOON + 2 * MINUTE
LIVE = Stream(watched=True, live=True, changed_at=0)
OFF = Stream(watched=True, live=False, changed_at=0)
PLANNED = Drop(plan(while_offline=WhileOffline.WAIT), opens_at=NOON)
ANNOUNCED = replace(PLANNED, state=DropState.ANNOUNCED, announced_at=NOON - HOUR)
OPEN = replace(ANNOUNCED, state=DropState.OPEN, opened_at=NOON, closes_at=NOON + 15 * MINUTE)
PAUSED = replace(OPEN, paused_at=NOON + MINUTE, paused_why="moderator")
PAUSED_OFFLINE = replace(PAUSED, paused_why="offline")
CLOSED = replace(OPEN, state=DropState.CLOSED, closed_at=NOON + MINUTE, closed_why="moderator")
SETTLED = replace(CLOSED, state=DropState.SETTLED)
CANCELLED = replace(ANNOUNCED, state=DropState.CANCELLED)
BOB = viewer("bob")
GONE = replace(OPEN, claimed=48)
HELD_BACK = replace(OPEN, plan=plan(held_back=1), claimed=47)


def steer(verb, *drops, actor=MIA, stream=LIVE, numbers=(), last=None, now=NOW, **more):
    more.setdefault("receiver", BOB if verb is Verb.GIVE else None)
    more.setdefault("minutes", 5 if verb is Verb.EXTEND else 0)
    standing = SteerStanding(
        drops=drops,
        stream=stream,
        pace=Pace(),
        next_numbers={drop.key: drop.units_out + 1 for drop in drops},
        last=last,
        receiver_id=7,
        receiver_holder="holder",
        receiver_numbers=numbers,
    )
    return decide_steer(standing, SteerDrop(CHANNEL, "twitch:1", actor, verb, **more), now)


def after(drop, facts):
    for fact in facts:
        drop = evolve(drop, fact.kind, fact.public, NOW)
    return drop


OTHER = replace(OPEN, plan=plan("print"))


@pytest.mark.parametrize(
    ("verb", "drops", "more", "expected"),
    [
        # Walks SteerRefusal from the top; the rows of one verb would also deserve what stands below.
        (Verb.OPEN, [OPEN, OTHER], {"actor": viewer("ann")}, SteerRefusal.NOT_ALLOWED),
        (Verb.UNDO, [OPEN], {"actor": viewer("ann")}, SteerRefusal.NOT_ALLOWED),
        (Verb.CLOSE, [OPEN, OTHER], {}, SteerRefusal.NAME_NEEDED),
        (Verb.CLOSE, [OPEN], {"drop": "cup"}, SteerRefusal.UNKNOWN_DROP),
        (Verb.CLOSE, [ANNOUNCED], {}, SteerRefusal.NOTHING_FITS),
        (Verb.RESUME, [OPEN], {}, SteerRefusal.NOTHING_FITS),
        (Verb.OPEN, [ANNOUNCED], {"stream": OFF}, SteerRefusal.STREAM_OFFLINE),
        (Verb.RESUME, [PAUSED], {"stream": OFF}, SteerRefusal.STREAM_OFFLINE),
        (Verb.OPEN, [OPEN], {"drop": "mug", "stream": OFF}, SteerRefusal.ALREADY_OPEN),
        (Verb.CLOSE, [ANNOUNCED], {"drop": "mug"}, SteerRefusal.NOT_OPEN),
        (Verb.PAUSE, [PLANNED], {"drop": "mug"}, SteerRefusal.NOT_OPEN),
        (Verb.RESUME, [ANNOUNCED], {"drop": "mug"}, SteerRefusal.NOT_OPEN),
        (Verb.EXTEND, [ANNOUNCED], {"drop": "mug"}, SteerRefusal.NOT_OPEN),
        (Verb.PAUSE, [PAUSED], {"drop": "mug"}, SteerRefusal.ALREADY_PAUSED),
        (Verb.RESUME, [OPEN], {"drop": "mug"}, SteerRefusal.NOT_PAUSED),
        (Verb.OPEN, [CLOSED], {"drop": "mug"}, SteerRefusal.ALREADY_OVER),
        (Verb.CLOSE, [SETTLED], {"drop": "mug"}, SteerRefusal.ALREADY_OVER),
        (Verb.PAUSE, [CANCELLED], {"drop": "mug"}, SteerRefusal.ALREADY_OVER),
        (Verb.CANCEL, [CLOSED], {"drop": "mug"}, SteerRefusal.ALREADY_OVER),
        (Verb.GIVE, [CANCELLED], {"drop": "mug", "receiver": None}, SteerRefusal.ALREADY_OVER),
        (Verb.EXTEND, [OPEN], {"minutes": 0}, SteerRefusal.BAD_MINUTES),
        (Verb.EXTEND, [OPEN], {"minutes": -5}, SteerRefusal.BAD_MINUTES),
        (Verb.EXTEND, [OPEN], {"minutes": EXTEND_MINUTES_MAX + 1}, SteerRefusal.BAD_MINUTES),
        (
            Verb.GIVE,
            [GONE],
            {"receiver": None, "numbers": (1,)},
            SteerRefusal.RECEIVER_UNKNOWN,
        ),
        (Verb.GIVE, [GONE], {"numbers": (1,)}, SteerRefusal.RECEIVER_HAS_ENOUGH),
        (Verb.GIVE, [GONE], {}, SteerRefusal.NO_UNIT_LEFT),
        (Verb.UNDO, [OPEN], {}, SteerRefusal.NOTHING_TO_UNDO),
    ],
)
def test_the_first_reason_that_applies_is_the_answer_and_nothing_happens(verb, drops, more, expected):
    decision, facts = steer(verb, *drops, **more)
    assert decision.because is expected
    assert facts == ()


@pytest.mark.parametrize(
    ("verb", "before", "kinds", "check"),
    [
        (Verb.OPEN, PLANNED, ["drop.announced", "drop.opened"], lambda d: d.open and d.public),
        (Verb.OPEN, ANNOUNCED, ["drop.opened"], lambda d: d.closes_at == NOW + 15 * MINUTE),
        (Verb.CLOSE, OPEN, ["drop.closed"], lambda d: d.closed_why == "moderator"),
        (Verb.PAUSE, OPEN, ["drop.paused"], lambda d: d.paused and d.paused_why == "moderator"),
        (Verb.PAUSE, PAUSED_OFFLINE, ["drop.paused"], lambda d: d.paused_why == "moderator"),
        (Verb.RESUME, PAUSED, ["drop.resumed"], lambda d: d.closes_at == NOON + 16 * MINUTE and not d.paused),
        (Verb.EXTEND, OPEN, ["drop.extended"], lambda d: d.closes_at == NOON + 20 * MINUTE),
        (Verb.EXTEND, PAUSED, ["drop.extended"], lambda d: d.closes_at == NOON + 20 * MINUTE),
        (Verb.GIVE, OPEN, ["unit.granted"], lambda d: (d.given, d.claimed) == (1, 0)),
        (Verb.GIVE, CLOSED, ["unit.granted"], lambda d: d.given == 1),
        (Verb.GIVE, SETTLED, ["unit.granted"], lambda d: d.given == 1),
        (
            Verb.GIVE,
            replace(OPEN, plan=plan(held_back=1), claimed=47),
            ["unit.granted"],
            lambda d: d.units_out == 48,
        ),
    ],
)
def test_each_deed_makes_its_facts(verb, before, kinds, check):
    decision, facts = steer(verb, before, drop="mug")
    assert isinstance(decision, DropSteered)
    assert [fact.kind for fact in facts] == kinds
    assert check(after(before, facts))


def test_an_extension_may_be_as_long_as_the_limit():
    decision, _ = steer(Verb.EXTEND, OPEN, minutes=EXTEND_MINUTES_MAX)
    assert decision.closes_at == OPEN.closes_at + EXTEND_MINUTES_MAX * MINUTE


def test_a_drop_that_runs_regardless_opens_by_hand_while_the_stream_is_off():
    runs = replace(ANNOUNCED, plan=plan(while_offline=WhileOffline.RUN))
    assert isinstance(steer(Verb.OPEN, runs, stream=OFF)[0], DropSteered)


def test_cancelling_waits_for_a_yes_and_says_how_many_units_are_out():
    decision, facts = steer(Verb.CANCEL, replace(OPEN, claimed=3, given=1))
    assert (decision, facts) == (SteerNeedsYes(Verb.CANCEL, "mug", "Teal Mug", 4), ())
    decision, facts = steer(Verb.CANCEL, OPEN, confirmed=True)
    assert [fact.kind for fact in facts] == ["drop.cancelled"]


def test_a_unit_given_by_hand_says_to_whom_by_whom_and_why_in_private_alone():
    _, (fact,) = steer(Verb.GIVE, OPEN, why="w" * 500)
    assert fact.public == {"number": 1, "how": "hand", "holder": "holder"}
    assert fact.private["why"] == "w" * REASON_CHARACTERS_MAX
    assert (fact.private["user"], fact.private["by"]["user"]) == ("id-bob", "id-mia")
    assert fact.person_id == 7


def test_an_unknown_name_is_answered_with_those_that_are_alive():
    decision, _ = steer(Verb.CLOSE, OPEN, SETTLED, OTHER, drop="cup")
    assert decision.choices == ("mug", "print")


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.UNDO])
def test_with_two_drops_that_fit_a_bare_deed_never_guesses(verb):
    fitting = {Verb.OPEN: ANNOUNCED, Verb.RESUME: PAUSED}.get(verb, OPEN)
    other = replace(fitting, plan=plan("print"))
    assert fits(verb, fitting)
    refused = meant_drop([fitting, other], verb, "")
    assert (refused.because, refused.choices) == (SteerRefusal.NAME_NEEDED, ("mug", "print"))
    assert meant_drop([fitting, CANCELLED], verb, "") is fitting


def deed(kind, minutes_ago=1, **more):
    return Deed(9, kind, "mug", NOW - minutes_ago * MINUTE, **more)


@pytest.mark.parametrize(
    ("last", "before", "kind", "check"),
    [
        (deed("drop.opened"), OPEN, "drop.returned", lambda d: d.state is DropState.ANNOUNCED and d.on_cue),
        (deed("drop.opened"), replace(OPEN, claimed=1), "drop.paused", lambda d: d.paused),
        (deed("drop.opened"), replace(OPEN, given=1), "drop.paused", lambda d: d.paused),
        (deed("drop.closed"), CLOSED, "drop.reopened", lambda d: d.open and d.closes_at == OPEN.closes_at),
        (deed("drop.paused"), PAUSED, "drop.resumed", lambda d: d.closes_at == NOON + 16 * MINUTE),
        (deed("drop.resumed"), OPEN, "drop.paused", lambda d: d.paused),
        (deed("drop.extended", minutes=5), OPEN, "drop.extended", lambda d: d.closes_at == NOON + 10 * MINUTE),
        (deed("unit.granted", number=3), replace(OPEN, given=3), "unit.voided", lambda d: d.given == 2),
    ],
)
def test_each_deed_is_taken_back_by_a_new_fact_that_names_it(last, before, kind, check):
    decision, (fact,) = steer(Verb.UNDO, before, last=last)
    assert fact.kind == kind
    assert fact.public["undoes"] == 9
    assert decision.undone == f"{last.kind}>{kind}"
    assert check(after(before, [fact]))


@pytest.mark.parametrize(
    ("last", "before", "expected"),
    [
        (deed("drop.opened"), CLOSED, SteerRefusal.OVERTAKEN),
        (deed("drop.opened"), ANNOUNCED, SteerRefusal.OVERTAKEN),
        (deed("drop.closed"), OPEN, SteerRefusal.OVERTAKEN),
        (deed("drop.closed"), SETTLED, SteerRefusal.OVERTAKEN),
        (deed("drop.closed"), replace(CLOSED, closes_at=NOW), SteerRefusal.WINDOW_OVER),
        (deed("drop.paused"), OPEN, SteerRefusal.OVERTAKEN),
        (deed("drop.paused"), CLOSED, SteerRefusal.OVERTAKEN),
        (deed("drop.resumed"), PAUSED, SteerRefusal.OVERTAKEN),
        (deed("drop.extended", minutes=5), CLOSED, SteerRefusal.OVERTAKEN),
        (deed("drop.extended", minutes=13), OPEN, SteerRefusal.WINDOW_OVER),
        (deed("drop.cancelled"), CANCELLED, SteerRefusal.NOTHING_TO_UNDO),
    ],
)
def test_what_others_or_time_have_overtaken_stays(last, before, expected):
    decision, facts = steer(Verb.UNDO, before, last=last)
    assert (decision.because, facts) == (expected, ())


@pytest.mark.parametrize(("late", "done"), [(0, True), (1, False)])
def test_five_minutes_are_left_to_take_something_back(late, done):
    last = Deed(9, "drop.paused", "mug", NOON)
    decision, _ = steer(Verb.UNDO, replace(PAUSED, paused_at=NOON), last=last, now=NOON + 5 * MINUTE + late)
    assert isinstance(decision, DropSteered) == done


def test_a_pause_that_outlasted_the_window_can_be_closed_by_mistake_and_taken_back():
    """The window waits while a drop is paused, so its end has not come."""
    before = replace(PAUSED, state=DropState.CLOSED, closed_at=NOON + 20 * MINUTE)
    last = Deed(9, "drop.closed", "mug", NOON + 20 * MINUTE)
    decision, (fact,) = steer(Verb.UNDO, before, last=last, now=NOON + 20 * MINUTE + SECOND)
    assert isinstance(decision, DropSteered)
    assert after(before, [fact]).paused


def test_an_opening_that_was_taken_back_leaves_no_trace_of_a_pause():
    before = replace(PAUSED, paused_why="offline", resume_at=NOW + SECOND)
    _, (fact,) = steer(Verb.UNDO, before, last=deed("drop.opened"))
    returned = after(before, [fact])
    assert (returned.paused_at, returned.paused_why, returned.resume_at) == (None, "", None)


def test_a_gift_does_not_tell_of_a_drop_that_is_still_a_secret():
    decision, facts = steer(Verb.GIVE, PLANNED, drop="mug")
    assert decision.because is SteerRefusal.NOT_OPEN
    assert facts == ()


def test_undo_is_about_the_named_drop_or_about_nothing():
    poster = replace(OPEN, plan=plan("poster"))
    last = deed("drop.extended", minutes=5)
    decision, facts = steer(Verb.UNDO, OPEN, poster, last=last, drop="poster")
    assert (decision.because, decision.title) == (SteerRefusal.LAST_DEED_ELSEWHERE, "Teal Mug")
    assert facts == ()
    decision, facts = steer(Verb.UNDO, OPEN, poster, last=last, drop="mug")
    assert isinstance(decision, DropSteered)
    assert len(facts) == 1


def test_a_pause_is_not_taken_back_into_a_stream_that_is_off():
    decision, facts = steer(Verb.UNDO, PAUSED_OFFLINE, last=deed("drop.paused"), stream=OFF)
    assert decision.because is SteerRefusal.STREAM_OFFLINE
    assert facts == ()


def test_minutes_added_before_a_pause_can_be_taken_back_while_its_window_waits():
    paused = replace(PAUSED, closes_at=NOON + 8 * MINUTE, paused_at=NOON + MINUTE)
    decision, _ = steer(Verb.UNDO, paused, last=deed("drop.extended", minutes=5), now=NOON + 5 * MINUTE)
    assert isinstance(decision, DropSteered)
    assert decision.closes_at == NOON + 3 * MINUTE


def test_an_opening_that_lets_in_some_people_first_says_whom_how_many_and_until_when():
    early = plan(early="subscriber", early_for=10 * MINUTE, early_units=24)
    decision, (fact,) = steer(Verb.OPEN, replace(ANNOUNCED, plan=early), now=NOON)
    assert (decision.early, decision.units_left, decision.public_at) == ("subscriber", 24, NOON + 10 * MINUTE)
    assert (decision.closes_at, fact.public["public_at"]) == (NOON + 25 * MINUTE, NOON + 10 * MINUTE)
