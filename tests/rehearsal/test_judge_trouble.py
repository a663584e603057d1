"""The judge and what a full disk, a held ledger and a restart leave behind: told again, not taken, told to all."""

from __future__ import annotations

import pytest

from tests.rehearsal.evening import CLOSES, OPENS, SECOND, Evening, good_evening
from tests.rehearsal.test_judge import broken
from tests.rehearsal.test_judge_faults import fault

TRY_AGAIN = "I could not take that just now and nothing happened: please type !md claim in a few seconds."
ASKED = OPENS + 8 * SECOND


def evening_of(trouble: str, said: str = TRY_AGAIN, at: int = ASKED + SECOND) -> Evening:
    """Eve asks while something is wrong with the disk, and nothing is decided."""
    evening = good_evening()
    fault(evening, trouble, ASKED - SECOND, ASKED + 2 * SECOND)
    evening.says("eve", "!claim mug", ASKED)
    evening.bot(said, at)
    return evening


@pytest.mark.parametrize("trouble", ["disk-full", "database-busy"])
@pytest.mark.parametrize("at", [ASKED + SECOND, ASKED - 4 * SECOND])
def test_whom_the_ledger_could_not_take_is_answered_by_the_line_that_says_so(trouble: str, at: int) -> None:
    """Also by one that stands in the chat since a moment: it is not said again within the gap."""
    assert "answered" not in broken(evening_of(trouble, at=at))


@pytest.mark.parametrize(
    "evening",
    [
        evening_of("disk-full", said="Nice weather."),
        evening_of("disk-full", at=ASKED - 20 * SECOND),
        evening_of("twitch-html"),
    ],
    ids=["another line", "long ago", "the disk was fine"],
)
def test_whom_nobody_told_to_ask_again_is_missed(evening: Evening) -> None:
    assert "answered" in broken(evening)


def refused_twice(text: str, *, restarted: bool) -> Evening:
    """Dan is told once more that all is gone, within the gap."""
    evening = good_evening()
    evening.bot("@dan: Teal Mug is sold out, nothing is left.", OPENS + 7 * SECOND)
    if restarted:
        fault(evening, "bot-killed", OPENS + 8 * SECOND, OPENS + 9 * SECOND)
    evening.bot(text, OPENS + 10 * SECOND)
    return evening


def test_a_refusal_may_be_told_again_after_a_restart_in_whatever_company() -> None:
    text = "@ann, @dan: Teal Mug is sold out, nothing is left."
    assert "once" not in broken(refused_twice(text.replace("@ann, ", ""), restarted=True))
    assert "once" in broken(refused_twice(text.replace("@ann, ", ""), restarted=False))
    assert "once" in broken(refused_twice("@dan: Teal Mug is not for you.", restarted=True))


def test_a_refusal_that_is_told_again_after_a_restart_may_tell_how_things_stand_by_then() -> None:
    evening = refused_twice("@dan: Teal Mug is open now: type !claim.", restarted=True)
    assert "once" in broken(evening)
    evening.enter("drop.paused", OPENS + 8 * SECOND, {"why": "moderator"}, {})
    assert "once" not in broken(evening)


def told_again(*, restarted: bool) -> Evening:
    """Ann has a number of two drops' worth of lines: both are told again, one right after the other."""
    evening = good_evening()
    if restarted:
        fault(evening, "bot-killed", OPENS + 12 * SECOND, OPENS + 13 * SECOND)
    evening.bot("@ann: Teal Mug is sold out, nothing is left.", OPENS + 14 * SECOND)
    evening.bot("I was away and still owe an answer: Teal Mug is yours, @ann #1 (of 3)", OPENS + 15 * SECOND)
    return evening


def test_a_number_told_again_after_a_restart_does_not_come_too_soon_after_another_line() -> None:
    assert "seldom" not in broken(told_again(restarted=True))
    assert "seldom" in broken(told_again(restarted=False))


def left_thinking(*, restarted: bool) -> Evening:
    """Fay presses, the bot puts the answer off, and that is the last she sees of it."""
    evening = good_evening()
    request = evening.presses("fay", ASKED)
    data = {"interaction_id": request.partition(":")[2]}
    evening.see(ASKED + SECOND, "discord", "deferred", visible_to="id-fay", data=data)
    if restarted:
        fault(evening, "bot-killed", ASKED + 2 * SECOND, ASKED + 3 * SECOND)
    return evening


def test_whose_press_was_put_off_when_the_bot_went_down_has_discords_word_for_it() -> None:
    assert "answered" not in broken(left_thinking(restarted=True))
    assert "answered" in broken(left_thinking(restarted=False))


def claimed_late(by: float) -> Evening:
    """Gus claims two seconds after the close by the stage's clock, and gets the last mug."""
    evening = good_evening()
    evening.record = [seen for seen in evening.record if "cat" not in seen["name"] and "#3" not in seen["text"]]
    evening.entries = [entry for entry in evening.entries if b'"number": 3' not in entry.canonical][:3]
    evening.units = evening.units[:2]
    fault(evening, "clock-moved", CLOSES - 8 * SECOND, options={"by": by})
    gus = evening.says("gus", "!claim mug", CLOSES + 2 * SECOND)
    evening.grant("gus", gus, 3, CLOSES + 2 * SECOND + round(by * SECOND))
    evening.enter("drop.closed", CLOSES, {"why": "time"}, {})
    return evening


def test_a_clock_that_was_set_back_leaves_a_drop_open_longer() -> None:
    assert "windows" not in broken(claimed_late(-3.0))
    assert "windows" in broken(claimed_late(0.0))
    assert claimed_late(-3.0).case().on_stage(CLOSES) == CLOSES + 3 * SECOND
    assert claimed_late(-3.0).case().on_stage(CLOSES - 9 * SECOND) == CLOSES - 9 * SECOND


def closed_twice(*, reopened: bool) -> Evening:
    """The moderators' mistake: a close that was taken back, and the real one."""
    evening = good_evening()
    if reopened:
        evening.enter("drop.reopened", CLOSES, {"closes_at": CLOSES + 9 * SECOND}, {})
        evening.enter("drop.closed", CLOSES + 9 * SECOND, {"why": "time"}, {})
    evening.announce("closed", "Teal Mug is closed, now for good: 3 of 3.", CLOSES + 9 * SECOND)
    return evening


def test_a_drop_that_closed_twice_is_told_to_be_closed_twice() -> None:
    assert "announced" not in broken(closed_twice(reopened=True))
    assert "announced" in broken(closed_twice(reopened=False))


def refused_late(*, restarted: bool) -> Evening:
    """Ann was refused before it opened, and hears of that when she has her number."""
    evening = good_evening()
    if restarted:
        fault(evening, "bot-killed", OPENS + 8 * SECOND, OPENS + 9 * SECOND)
    evening.bot("@ann: Teal Mug opens at 20:00; type !claim mug then.", OPENS + 12 * SECOND)
    return evening


def test_a_refusal_that_a_restart_held_up_may_come_after_the_number() -> None:
    assert "consistent" not in broken(refused_late(restarted=True))
    assert "consistent" in broken(refused_late(restarted=False))
