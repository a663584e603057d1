"""Moving an announced drop: how a time is read, why not, what stands in the ledger, and what the file may move."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.announcing import NewsKind, news_of
from bot.domain.control import Deed, DropSteered, SteerDrop, SteerRefusal, SteerStanding, Verb, decide_steer
from bot.domain.drop_plan import Opening
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.due import due_fact, next_due
from bot.domain.ledger import Fact
from bot.domain.moved import REASONS, Move, MoveReason, Window, move_told, read_reason
from bot.domain.moving import DropMoved, MoveDrop, MoveRefusal, MoveRefused, decide_move, read_opening
from bot.domain.plan import Moving, compare_plans
from bot.domain.stream import Pace, Stream
from bot.domain.time import DAY, HOUR, MINUTE, to_instant
from tests.conftest import CHANNEL, MIA, NOON, plan, viewer

NOW = NOON - 30 * MINUTE
ANNOUNCED = Drop(plan(), state=DropState.ANNOUNCED, opens_at=NOON, announced_at=NOON - HOUR)
EARLY = replace(ANNOUNCED, plan=plan(early="vip", early_for=10 * MINUTE, early_units=24))
OPEN = replace(ANNOUNCED, state=DropState.OPEN, opened_at=NOON, closes_at=NOON + 15 * MINUTE)
CLOSED = replace(OPEN, state=DropState.CLOSED, closed_at=NOON + MINUTE)
SECRET = replace(ANNOUNCED, state=DropState.PLANNED, announced_at=None)
CUE = replace(ANNOUNCED, plan=plan(opening=Opening.CUE, opens_at=None), opens_at=None, on_cue=True)
MISSED = replace(ANNOUNCED, on_cue=True, postponed_why="missed")
OTHER = replace(ANNOUNCED, plan=plan("print"))
LIVE = Stream(watched=True, live=True, changed_at=0)


def move(*drops, opens="13:00", why="ill", actor=MIA, now=NOW, **more):
    return decide_move(drops, MoveDrop(CHANNEL, "twitch:1", actor, more.pop("drop", ""), opens, why, **more), now)


def moved(drop, facts, at=NOW):
    for fact in facts:
        drop = evolve(drop, fact.kind, fact.public, at)
    return drop


@pytest.mark.parametrize(
    ("drops", "more", "expected"),
    [
        # Walks MoveRefusal from the top; most rows would also deserve what stands below.
        ([OTHER, ANNOUNCED], {"actor": viewer("ann"), "opens": "", "why": ""}, MoveRefusal.NOT_ALLOWED),
        ([OTHER, ANNOUNCED], {"drop": "cup", "opens": "", "why": ""}, MoveRefusal.UNKNOWN_DROP),
        ([CUE, OPEN], {"opens": "", "why": ""}, MoveRefusal.NOTHING_FITS),
        ([OTHER, ANNOUNCED], {"opens": "", "why": ""}, MoveRefusal.NAME_NEEDED),
        ([CLOSED], {"drop": "mug", "opens": "", "why": ""}, MoveRefusal.ALREADY_OVER),
        ([OPEN], {"drop": "mug", "opens": "", "why": ""}, MoveRefusal.ALREADY_OPEN),
        ([SECRET], {"drop": "mug", "opens": "", "why": ""}, MoveRefusal.NOT_ANNOUNCED),
        ([CUE], {"drop": "mug", "opens": "", "why": ""}, MoveRefusal.ON_CUE),
        ([ANNOUNCED], {"opens": "soon", "lasts": "long", "why": ""}, MoveRefusal.OPENS_UNCLEAR),
        ([ANNOUNCED], {"opens": "", "why": ""}, MoveRefusal.OPENS_UNCLEAR),
        ([ANNOUNCED], {"opens": "2020-01-01 12:00", "lasts": "long", "why": ""}, MoveRefusal.LASTS_UNCLEAR),
        ([ANNOUNCED], {"opens": "-30m", "why": ""}, MoveRefusal.PAST),
        ([EARLY], {"opens": "-20m", "why": ""}, MoveRefusal.PAST),
        ([ANNOUNCED], {"opens": "in 366d 1s", "why": ""}, MoveRefusal.TOO_FAR),
        ([ANNOUNCED], {"opens": "12:00", "why": ""}, MoveRefusal.UNCHANGED),
        ([ANNOUNCED], {"opens": "13:00", "why": ""}, MoveRefusal.REASON_UNCLEAR),
        ([ANNOUNCED], {"opens": "13:00", "why": "undone"}, MoveRefusal.REASON_UNCLEAR),
    ],
)
def test_the_first_reason_that_applies_is_the_answer(drops, more, expected):
    decision, facts = move(*drops, **more)
    assert isinstance(decision, MoveRefused)
    assert (decision.because, facts) == (expected, ())


def test_a_move_says_what_was_announced_and_what_is_true_now():
    decision, (fact,) = move(ANNOUNCED, opens="+45m", why="ill", lasts="20m")
    assert decision == DropMoved("mug", "Teal Mug", NOON, NOON + 45 * MINUTE, 20 * MINUTE, MoveReason.ILL)
    assert fact.public == {
        "opens_at": NOON + 45 * MINUTE,
        "window": 20 * MINUTE,
        "why": "ill",
        "was_opens_at": NOON,
        "was_window": 15 * MINUTE,
    }
    assert fact.private["by"]["name"] == "mia"
    assert move_told(fact.public) == Move(Window(NOON, 15 * MINUTE), Window(NOON + 45 * MINUTE, 20 * MINUTE))


def test_how_long_it_stays_open_may_change_alone():
    decision, _ = move(ANNOUNCED, opens="", lasts="1h")
    assert isinstance(decision, DropMoved)
    assert (decision.opens_at, decision.window) == (NOON, HOUR)


@pytest.mark.parametrize("ahead", [1, -1, 0])
def test_a_drop_moves_up_to_the_moment_before_its_first_people_come_in(ahead):
    """One microsecond ahead of them is early enough; the moment itself is not."""
    decision, _ = move(EARLY, opens="11:45", now=NOON - 25 * MINUTE - ahead)
    allowed = isinstance(decision, DropMoved)
    assert allowed == (ahead > 0)


def test_a_moved_drop_opens_by_its_new_time_and_is_reminded_of_again():
    _, facts = move(replace(ANNOUNCED, soon_said=True), opens="+2h")
    after, pace = moved(ANNOUNCED, facts), Pace()
    assert due_fact(after, LIVE, pace, NOON) is None
    assert next_due(after, LIVE, pace) == NOON + 2 * HOUR - pace.soon_lead
    assert due_fact(after, LIVE, pace, NOON + 2 * HOUR - pace.soon_lead) == Fact("drop.soon", "mug")
    opened = due_fact(replace(after, soon_said=True), LIVE, pace, NOON + 2 * HOUR)
    assert opened is not None
    assert opened.kind == "drop.opened"


def test_a_drop_that_missed_its_time_gets_one_again():
    _, facts = move(MISSED, opens="in 1h", now=NOON + DAY)
    after = moved(MISSED, facts, NOON + DAY)
    assert (after.on_cue, after.postponed_why, after.opens_at) == (False, "", NOON + DAY + HOUR)


def test_an_undone_opening_may_be_given_its_old_time_back():
    returned = replace(ANNOUNCED, on_cue=True)
    decision, _ = move(returned, opens="12:00")
    assert isinstance(decision, DropMoved)


@pytest.mark.parametrize(
    ("text", "announced", "now", "expected"),
    [
        ("21:00", "2026-11-06 20:00", "2026-11-05 12:00", "2026-11-06 21:00"),
        ("9pm", "2026-11-06 20:00", "2026-11-05 12:00", "2026-11-06 21:00"),
        ("00:30", "2026-11-06 23:30", "2026-11-06 18:00", "2026-11-07 00:30"),
        ("23:30", "2026-11-07 00:15", "2026-11-06 18:00", "2026-11-06 23:30"),
        ("19:00", "2026-11-06 20:00", "2026-11-06 19:30", "2026-11-07 19:00"),
        ("19:00", "2026-11-01 20:00", "2026-11-06 18:00", "2026-11-06 19:00"),
        ("2026-12-01 20:00", "2026-11-06 20:00", "2026-11-06 18:00", "2026-12-01 20:00"),
        ("2026-12-01 8pm", "2026-11-06 20:00", "2026-11-06 18:00", "2026-12-01 20:00"),
        ("+30m", "2026-11-06 20:00", "2026-11-06 18:00", "2026-11-06 20:30"),
        ("+30", "2026-11-06 20:00", "2026-11-06 18:00", "2026-11-06 20:30"),
        ("-1h 30m", "2026-11-06 20:00", "2026-11-06 18:00", "2026-11-06 18:30"),
        ("in 2h", "2026-11-06 20:00", "2026-11-06 19:00", "2026-11-06 21:00"),
        # The clocks of Berlin go forward on 2027-03-28: the hour that there is not moves with them.
        ("02:30", "2027-03-28 01:30", "2027-03-27 12:00", "2027-03-28 03:30"),
        ("25:00", "2026-11-06 20:00", "2026-11-06 18:00", None),
        ("2026-13-01 20:00", "2026-11-06 20:00", "2026-11-06 18:00", None),
        ("2026-12-01", "2026-11-06 20:00", "2026-11-06 18:00", None),
        ("+0m", "2026-11-06 20:00", "2026-11-06 18:00", None),
        ("in 0s", "2026-11-06 20:00", "2026-11-06 18:00", None),
        ("+", "2026-11-06 20:00", "2026-11-06 18:00", None),
        ("tomorrow", "2026-11-06 20:00", "2026-11-06 18:00", None),
        ("9999-12-31 23:59", "2026-11-06 20:00", "2026-11-06 18:00", "9999-12-31 23:59"),
        ("", "2026-11-06 20:00", "2026-11-06 18:00", None),
        ("٢١:٠٠", "2026-11-06 20:00", "2026-11-06 18:00", None),
    ],
)
def test_a_time_is_read_as_it_was_meant(text, announced, now, expected):
    berlin = ZoneInfo("Europe/Berlin")

    def at(local: str) -> int:
        return to_instant(datetime.fromisoformat(local), berlin)[0]

    found = read_opening(text, announced_at=at(announced), zone=berlin, moment=at(now))
    assert found == (None if expected is None else at(expected))


@given(
    opens=st.text(max_size=30) | st.from_regex(r"[+-]?[0-9]{0,9}[ :.hdms-]{0,3}[0-9]{0,9}[apm]{0,2}"),
    lasts=st.text(),
)
def test_whatever_is_typed_is_a_move_or_a_refusal(opens, lasts):
    decision, facts = move(ANNOUNCED, opens=opens, lasts=lasts)
    assert isinstance(decision, DropMoved) == bool(facts)
    if isinstance(decision, DropMoved):
        assert NOW < decision.opens_at <= NOW + 366 * DAY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((str(reason), reason) for reason in REASONS),
        ("Technical trouble", MoveReason.TECHNICAL),
        ("tech", MoveReason.TECHNICAL),
        ("sick!", MoveReason.ILL),
        ("sched", MoveReason.SCHEDULE),
        ("te", None),
        ("undone", None),
        ("", None),
        ("because", None),
    ],
)
def test_a_reason_is_one_of_a_few_words(text, expected):
    assert read_reason(text) == expected


def test_news_of_a_move_tell_the_time_that_viewers_knew():
    _, (fact,) = move(ANNOUNCED, opens="13:00")
    (news,) = news_of(ANNOUNCED, moved(ANNOUNCED, [fact]), fact, NOW, Pace())
    assert news.kind is NewsKind.MOVED
    said = (news.about["was_opens_at"], news.about["opens_at"], news.about["why"], news.expires_at)
    assert said == (NOON, NOON + HOUR, "ill", NOON + HOUR)
    _, (fact,) = move(MISSED, opens="13:00")
    (news,) = news_of(MISSED, moved(MISSED, [fact]), fact, NOW, Pace())
    assert news.about["was_opens_at"] is None


def undo(drop, last, now):
    standing = SteerStanding((drop,), LIVE, Pace(), {}, last)
    return decide_steer(standing, SteerDrop(CHANNEL, "twitch:2", MIA, Verb.UNDO), now)


def test_a_move_is_taken_back_by_another_one():
    _, (fact,) = move(ANNOUNCED, opens="13:00")
    after = moved(ANNOUNCED, [fact])
    last = Deed(7, "drop.moved", "mug", NOW, move=move_told(fact.public))
    decision, (back,) = undo(after, last, NOW + MINUTE)
    assert isinstance(decision, DropSteered)
    assert decision.undone == "drop.moved>drop.moved"
    assert (back.public["opens_at"], back.public["why"], back.public["undoes"]) == (NOON, "undone", 7)
    assert moved(after, [back]).plan == ANNOUNCED.plan


@pytest.mark.parametrize(
    ("change", "now", "expected"),
    [
        (lambda drop: replace(drop, state=DropState.OPEN), NOW, SteerRefusal.OVERTAKEN),
        (lambda drop: replace(drop, plan=plan(opens_at=NOON + 2 * HOUR)), NOW, SteerRefusal.OVERTAKEN),
        (lambda drop: drop, NOW + 5 * MINUTE, SteerRefusal.WINDOW_OVER),
    ],
)
def test_a_move_stays_once_something_else_has_happened(change, now, expected):
    """The last row: the old time has passed when the undo comes."""
    soon = replace(ANNOUNCED, plan=plan(opens_at=NOW + 2 * MINUTE), opens_at=NOW + 2 * MINUTE)
    _, (fact,) = move(soon, opens="13:00")
    last = Deed(7, "drop.moved", "mug", NOW, move=move_told(fact.public))
    decision, facts = undo(change(moved(soon, [fact])), last, now)
    assert (decision.because, facts) == (expected, ())


LATER = plan(opens_at=NOON + HOUR)
ILL = Moving({"mug": MoveReason.ILL})


def test_the_file_moves_an_announced_drop_only_with_a_reason():
    (refusal,) = compare_plans([LATER], {"mug": ANNOUNCED}, NOW).refused
    assert str(refusal).endswith(
        "cannot become Sun 2026-11-01 13:00 UTC without a reason; put it back, or write one, "
        'like moved = "schedule"'
    )
    difference = compare_plans([LATER], {"mug": ANNOUNCED}, NOW, moving=ILL)
    assert (difference.moved, difference.refused, difference.unchanged) == (((LATER, MoveReason.ILL),), (), ())


@pytest.mark.parametrize(
    ("wanted", "drop", "now"),
    [
        (LATER, OPEN, NOW),
        (plan(opens_at=NOW), ANNOUNCED, NOW),
        (plan(opens_at=NOW + 367 * DAY), ANNOUNCED, NOW),
        (replace(LATER, supply=49), ANNOUNCED, NOW),
        (plan(opening=Opening.CUE, opens_at=None), ANNOUNCED, NOW),
        (LATER, CUE, NOW),
    ],
    ids=["begun", "into the past", "too far", "and more changes", "to a cue", "from a cue"],
)
def test_with_a_reason_all_else_is_still_refused(wanted, drop, now):
    difference = compare_plans([wanted], {"mug": drop}, now, moving=ILL)
    assert (difference.moved, bool(difference.refused)) == ((), True)


def test_the_file_does_not_take_back_what_a_moderator_has_moved_since():
    _, facts = move(ANNOUNCED, opens="15:00")
    drops = {"mug": moved(ANNOUNCED, facts)}
    known = {"mug": frozenset({Window(NOON, 15 * MINUTE)})}
    difference = compare_plans([plan()], drops, NOW, moving=Moving({"mug": MoveReason.ILL}, known))
    assert (difference.moved, difference.refused, difference.unchanged) == ((), (), ("mug",))
    # A time that it never had is newer than the move.
    difference = compare_plans([LATER], drops, NOW, moving=Moving({"mug": MoveReason.ILL}, known))
    assert difference.moved == ((LATER, MoveReason.ILL),)


def test_a_moved_occurrence_is_left_alone_when_its_rule_has_passed_it_by():
    """Friday's was moved to Sunday: on Saturday the rule speaks of the next Friday, and Sunday's stays."""
    friday = replace(ANNOUNCED, plan=plan("mug-2026-11-01", series="mug"))
    _, facts = move(friday, opens="+2d", drop="mug-2026-11-01")
    drops = {"mug-2026-11-01": moved(friday, facts)}
    known = {"mug-2026-11-01": frozenset({Window(NOON, 15 * MINUTE)})}
    difference = compare_plans([], drops, NOON + DAY, {"mug"}, moving=Moving({}, known))
    assert (difference.refused, difference.removed) == ((), ())
    assert compare_plans([], drops, NOON + DAY, {"mug"}).refused != ()
