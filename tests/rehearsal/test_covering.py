"""Which lines to everybody are an answer to somebody whose claim reached nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.rehearsal.checks.answers import answered
from bot.rehearsal.promises import Verdict
from tests.rehearsal.evening import CLOSES, MUG, OPENS, SECOND, Evening


def evening_with_a_gap(said: str = "", kind: str = "", too_late: str = "") -> Evening:
    """One mug of three is claimed; then ann claims while the bot is away, and afterwards it says something:
    while the mug is open, or `too_late` after it has closed."""
    evening = Evening()
    evening.announce("opened", "Teal Mug is open: 3 to claim. Type !claim mug", OPENS)
    evening.enter("drop.opened", OPENS, {"closes_at": CLOSES}, {})
    bob = evening.says("bob", "!claim mug", OPENS + SECOND)
    evening.grant("bob", bob, 1, OPENS + SECOND + 1)
    evening.bot("@bob Teal Mug #1 of 3 is yours!", OPENS + SECOND + 2)
    lost = evening.says("ann", "!claim mug", OPENS + 3 * SECOND).removeprefix("twitch:")
    evening.see(OPENS + 3 * SECOND, "twitch", "undelivered", data={"message_id": lost, "why": "nobody listens"})
    if kind:
        evening.announce(kind, said, OPENS + 9 * SECOND)
    elif said:
        evening.bot(said, OPENS + 9 * SECOND)
    evening.enter("drop.closed", CLOSES, {"why": "time"}, {})
    evening.announce("closed", "Teal Mug is closed: 1 of 3 found an owner.", CLOSES)
    if too_late:
        evening.bot(too_late, CLOSES + SECOND)
    return evening


def test_that_it_is_closed_is_no_answer_to_somebody_who_asked_while_there_was_something_left() -> None:
    promise = answered(evening_with_a_gap().case())
    assert promise.verdict is Verdict.BROKEN
    assert promise.details[0].startswith("ann (twitch) got no answer to “!claim mug”")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("I was away: if you claimed Teal Mug and got no answer, type !md claim and its name.", ""),
        ("Teal Mug is sold out.", "sold-out"),
        ("Teal Mug is paused; nothing is lost.", "paused"),
    ],
)
def test_to_be_asked_again_or_told_how_things_stand_is_an_answer(said: str, kind: str) -> None:
    assert answered(evening_with_a_gap(said, kind).case()).verdict is Verdict.KEPT


TOO_LATE = "I was away, and meanwhile Teal Mug closed with 2 left. What was typed did not count; see !mine."


def test_to_be_told_that_it_was_too_late_is_an_answer() -> None:
    assert answered(evening_with_a_gap(too_late=TOO_LATE).case()).verdict is Verdict.KEPT


@pytest.mark.parametrize(
    "weaker",
    [
        TOO_LATE.replace("2 left", "3 left"),
        TOO_LATE.replace("with 2 left", "meanwhile"),
        TOO_LATE.replace("Mug", "Mugs"),
        TOO_LATE.replace("; see !mine", ""),
        f"@bob {TOO_LATE}",
    ],
)
def test_a_line_that_does_not_say_which_drop_closed_and_with_how_many_left_is_none(weaker: str) -> None:
    assert answered(evening_with_a_gap(too_late=weaker).case()).verdict is Verdict.BROKEN


def test_that_a_drop_closed_is_no_answer_while_it_is_open() -> None:
    assert answered(evening_with_a_gap(TOO_LATE).case()).verdict is Verdict.BROKEN


def test_it_answers_nobody_who_asked_for_another_drop_or_was_heard() -> None:
    evening = evening_with_a_gap(too_late=TOO_LATE)
    evening.says("eve", "!claim cap", CLOSES - SECOND)
    cap = replace(MUG, key="cap", title="Teal Cap")
    promise = answered(evening.case((MUG, cap)))
    assert [detail.split(" got no answer")[0] for detail in promise.details] == ["eve (twitch)"]
    late = evening_with_a_gap(too_late=TOO_LATE)
    late.refuse("eve", late.says("eve", "!claim mug", CLOSES + 1), "closed", CLOSES + 2)
    late.record = [seen for seen in late.record if "is closed" not in seen["text"]]
    assert [detail.split(" got no answer")[0] for detail in answered(late.case()).details] == ["eve (twitch)"]


def test_a_number_that_a_moderator_has_just_given_away_may_be_counted_as_left_or_not() -> None:
    for left, kept in ((2, True), (1, True), (0, False)):
        evening = evening_with_a_gap(too_late=TOO_LATE.replace("2 left", f"{left} left"))
        evening.enter("unit.granted", CLOSES + SECOND // 2, {"number": 3, "how": "hand"}, {})
        assert (answered(evening.case()).verdict is Verdict.KEPT) == kept
