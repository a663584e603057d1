"""Which lines to everybody are an answer to somebody whose claim reached nobody."""

from __future__ import annotations

import pytest

from bot.rehearsal.checks.answers import answered
from bot.rehearsal.promises import Verdict
from tests.rehearsal.evening import CLOSES, OPENS, SECOND, Evening


def evening_with_a_gap(said: str = "", kind: str = "") -> Evening:
    """One mug of three is claimed; then ann claims while the bot is away, and afterwards it says something."""
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
