"""What the bot may say in chat without naming anybody, and what is chatter."""

from __future__ import annotations

import pytest

from bot.rehearsal.checks.manners import unasked
from bot.rehearsal.promises import Verdict
from tests.rehearsal.evening import OPENS, SECOND, Evening, good_evening

AWAY = "I was away for a moment: if you claimed Teal Mug and got no answer, type !md claim"


def chatter(evening: Evening) -> tuple[str, ...]:
    promise = unasked(evening.case())
    return promise.details if promise.verdict is Verdict.BROKEN else ()


def test_news_and_answers_with_names_are_no_chatter() -> None:
    assert chatter(good_evening()) == ()


def test_a_line_that_nobody_asked_for_is_chatter() -> None:
    evening = good_evening()
    evening.bot("Reminder: type !claim, as long as there are some!", OPENS + 10 * SECOND)
    assert chatter(evening) == ("Nobody had asked for “Reminder: type !claim, as long as there are some!”",)


def test_whoever_asks_what_is_on_gets_a_line_to_all() -> None:
    evening = good_evening()
    evening.says("finn", "!drop", OPENS + 8 * SECOND)
    evening.bot("Next: nothing for now.", OPENS + 9 * SECOND)
    assert chatter(evening) == ()
    evening.bot("And nothing later.", OPENS + 10 * SECOND)
    assert len(chatter(evening)) == 1


@pytest.mark.parametrize(("claims", "allowed"), [(10, 0), (40, 1), (400, 19)])
def test_a_crowd_is_answered_by_a_few_lines_not_by_one_for_each(claims: int, allowed: int) -> None:
    evening = Evening()
    for number in range(claims):
        evening.says(f"viewer{number}", "!claim mug", OPENS + number)
    for number in range(allowed):
        evening.bot(f"Teal Mug is sold out; {number} of you asked with !claim", OPENS + SECOND + number)
    assert chatter(evening) == ()
    for number in range(claims):
        evening.bot(f"Too late, number {number}", OPENS + 2 * SECOND + number)
    assert chatter(evening)


def test_after_a_fault_the_bot_may_say_that_it_was_away() -> None:
    evening = good_evening()
    evening.see(OPENS + 7 * SECOND, "stage", "fault", data={"name": "twitch-close", "state": "begins"})
    evening.bot(AWAY, OPENS + 9 * SECOND)
    assert chatter(evening) == ()


def test_without_twitch_nothing_is_judged() -> None:
    assert unasked(Evening().case(twitch=False)).verdict is Verdict.UNCHECKED
