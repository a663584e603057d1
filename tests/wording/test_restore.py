"""What a card shows of the numbers is read back, in whatever words the channel has put it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.wording.announcing import live_card
from bot.wording.catalogue import Wording
from bot.wording.moderating import control_card
from bot.wording.restore import ranges_text, read_last_number, restore_command
from tests.wording.saying import CLOSED, NOW, OPEN, PAUSED, about

OVERRIDES = (
    {},
    {"card-last-number": "Nr. {number} ({supply} gesamt)", "card-field-last-number": "Zuletzt vergeben"},
    {"card-last-number": "{supply} in all; the last was {number}"},
    {"card-last-number": "{number} {number}"},
    {"card-last-number": "[{number}] (+.*)"},
)


@pytest.mark.parametrize("overrides", OVERRIDES)
@pytest.mark.parametrize("drop", [OPEN, PAUSED, CLOSED])
@pytest.mark.parametrize("number", [1, 31, 48])
def test_the_last_number_of_a_card_can_be_read_back(overrides, drop, number):
    words = Wording(overrides)
    for render in (live_card, control_card):
        fields = render(words, about(replace(drop, last_number=number)), NOW).fields
        assert read_last_number(words, fields) == number


def test_a_card_before_the_first_number_shows_none():
    assert read_last_number(Wording(), live_card(Wording(), about(replace(OPEN, claimed=0)), NOW).fields) is None


def test_a_card_that_says_it_without_the_number_or_in_other_words_cannot_be_read():
    shown = live_card(Wording(), about(replace(OPEN, last_number=31)), NOW).fields
    assert read_last_number(Wording({"card-last-number": "many of {supply}"}), shown) is None
    assert read_last_number(Wording({"card-field-last-number": "Zuletzt"}), shown) is None
    assert read_last_number(Wording(), (("Last number out", "#31 of 48 and more"),)) is None


def test_many_runs_of_numbers_are_shortened_and_counted():
    runs = [(n, n) for n in range(1, 30, 2)]
    assert ranges_text(Wording(), runs, discord=False) == "#1, #3, #5, #7, #9, #11 and 9 more"


def test_the_command_is_the_one_that_the_program_takes():
    assert restore_command("mug", 31) == "microdrops restore --last-public mug=31"
