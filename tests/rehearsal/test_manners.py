"""What the bot may say in chat without naming anybody, and what is chatter."""

from __future__ import annotations

import pytest

from bot.rehearsal.checks.manners import shared, unasked
from bot.rehearsal.moments import SECOND
from bot.rehearsal.promises import Verdict
from tests.rehearsal.evening import OPENS, Evening, good_evening

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


def flood(evening: Evening) -> tuple[str, ...]:
    promise = shared(evening.case())
    return promise.details if promise.verdict is Verdict.BROKEN else ()


NOTHING = "@{name} holds nothing yet; !drop says more"


def ask_each(evening: Evening, lines: int, every: int, text: str = NOTHING) -> None:
    for number in range(lines):
        evening.says(f"viewer{number}", "!mine", OPENS + number * every)
        evening.bot(text.format(name=f"viewer{number}", number=number + 1), OPENS + number * every + 1)


def test_seventy_single_lines_of_the_same_are_a_flood_that_is_told_with_its_wording() -> None:
    evening = Evening()
    ask_each(evening, 7, SECOND // 25)
    assert flood(evening) == (
        "7 lines in 0.2 s said the same to one person each: “@viewer6 holds nothing yet; !drop says more”",
    )
    ask_each(evening, 70, SECOND // 25, "@{name} holds Teal Print #{number} of 48.")
    assert len(flood(evening)) > 1


def test_a_trickle_of_single_lines_is_no_flood_nor_is_a_line_shared_by_many() -> None:
    evening = Evening()
    ask_each(evening, 30, SECOND)
    everybody = ", ".join(f"@viewer{number}" for number in range(15))
    for number in range(9):
        evening.bot(f"{everybody}: Teal Mug is closed, for the {number}th time.", OPENS + 40 * SECOND + number)
    assert flood(evening) == ()


def test_winners_are_told_one_by_one_but_not_once_more() -> None:
    evening, text = Evening(), "@{name} Teal Mug #{number} of 48 is yours!"
    ask_each(evening, 20, SECOND // 25, text)
    assert flood(evening) == ()
    ask_each(evening, 20, SECOND // 25, text)
    assert len(flood(evening)) > 0


def test_who_chat_refused_in_company_may_be_told_alone() -> None:
    evening = Evening()
    everybody = ", ".join(f"@viewer{number}" for number in range(9))
    ask_each(evening, 9, SECOND // 25)
    assert flood(evening)
    evening.see(OPENS, "twitch", "refused", author="bot", text=f"{everybody}: nothing", data={"reason": "automod"})
    assert flood(evening) == ()
