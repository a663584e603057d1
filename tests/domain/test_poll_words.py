"""What keeps a poll from being put: every mistake in order, and labels made fit to be shown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.poll_words import (
    ALL_CHARACTERS_MAX,
    OPTION_CHARACTERS_MAX,
    OPTIONS_MAX,
    QUESTION_CHARACTERS_MAX,
    PollFault,
    PollMistake,
    PollMistakes,
    PollWords,
    Unfit,
    check_poll,
    option_key,
    whole_number,
)
from bot.domain.time import DAY, MINUTE, SECOND

CHEAP = settings(max_examples=100, deadline=None, derandomize=True)
NEXT_GAME = "Next game?"


def mistakes(question, options, duration=None) -> list[tuple]:
    """Fault, option, other and why of each mistake."""
    checked = check_poll(question, options, duration)
    assert isinstance(checked, PollMistakes), checked
    return [(each.fault, each.option, each.other, each.why) for each in checked.mistakes]


def test_labels_are_shown_on_one_line_with_nothing_invisible():
    checked = check_poll(" Next\u200b  game? ", ["Hades\n", "\u202eCe“les”te\U000e0000"], 90 * SECOND + 1)
    assert checked == PollWords("Next game?", ("Hades", "Ce'les'te"), 91 * SECOND)


def test_everything_that_is_wrong_is_told_in_order():
    options = ["Hades", "hades\u200b", "", "x" * 41, "@ann", "3"]
    assert mistakes("*" * (QUESTION_CHARACTERS_MAX + 1), options, 0) == [
        (PollFault.QUESTION_TOO_LONG, 0, 0, None),
        (PollFault.QUESTION_UNFIT, 0, 0, Unfit.MARKUP),
        (PollFault.OPTION_EMPTY, 3, 0, None),
        (PollFault.OPTION_TOO_LONG, 4, 0, None),
        (PollFault.OPTION_UNFIT, 5, 0, Unfit.MENTION),
        (PollFault.OPTION_REPEATED, 2, 1, None),
        (PollFault.OPTION_IS_NUMBER, 6, 3, None),
        (PollFault.DURATION_TOO_SHORT, 0, 0, None),
    ]


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "few"), (1, "few"), (2, ""), (12, ""), (13, "many"), (30, "many")]
)
def test_a_poll_has_two_to_twelve_options(count, expected):
    options = [f"option {number}" for number in range(1, count + 1)]
    if not expected:
        assert check_poll(NEXT_GAME, options) == PollWords(NEXT_GAME, tuple(options))
    else:
        fault = PollFault.TOO_FEW_OPTIONS if expected == "few" else PollFault.TOO_MANY_OPTIONS
        assert mistakes(NEXT_GAME, options) == [(fault, 0, count, None)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Teal", "teal"),
        ("Teal", "te\u200bal"),
        ("Teal", "Teal\U000e0000"),
        ("Teal", "ｔｅａｌ"),
        ("Straße", "STRASSE"),
        ("é", "e\u0301"),
        ("❤", "❤\ufe0f"),
        ("Tea  Time", "tea time"),
    ],
)
def test_options_that_nobody_can_tell_apart_are_one_option(one, other):
    assert mistakes(NEXT_GAME, ["Plum", one, other]) == [(PollFault.OPTION_REPEATED, 3, 2, None)]


@pytest.mark.parametrize(
    "pair", [("C", "C++"), ("teal", "teals"), ("Portal", "Portal 2"), ("2019", "2020"), ("1", "2")]
)
def test_options_that_people_can_tell_apart_are_two(pair):
    assert check_poll(NEXT_GAME, pair) == PollWords(NEXT_GAME, pair)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\U000e0000", "\n", "\ufe0f"])
def test_what_has_no_visible_character_is_empty(text):
    assert mistakes(text, ["a", "b"]) == [(PollFault.QUESTION_MISSING, 0, 0, None)]
    assert mistakes(NEXT_GAME, ["a", text]) == [(PollFault.OPTION_EMPTY, 2, 0, None)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@everyone", Unfit.MENTION),
        ("ask @ann", Unfit.MENTION),
        ("<#123>", Unfit.MENTION),
        ("/timeout ann", Unfit.BEGINNING),
        ("!claim", Unfit.BEGINNING),
        ("#one", Unfit.BEGINNING),
        ("- a", Unfit.BEGINNING),
        ("**teal**", Unfit.MARKUP),
        ("a|b", Unfit.MARKUP),
        ("<b>", Unfit.MARKUP),
        ("[teal](x)", Unfit.MARKUP),
        ("https://teal", Unfit.ADDRESS),
        ("www.teal", Unfit.ADDRESS),
        ("teal.com", Unfit.ADDRESS),
        ("see Teal.TV/mug", Unfit.ADDRESS),
        ("ｔｅａｌ．ｃｏｍ", Unfit.ADDRESS),
        ("discord.gg/teal.", Unfit.ADDRESS),
    ],
)
def test_mentions_commands_formats_and_addresses_are_refused(text, why):
    assert mistakes(NEXT_GAME, ["Plum", text]) == [(PollFault.OPTION_UNFIT, 2, 0, why)]
    assert (PollFault.QUESTION_UNFIT, 0, 0, why) in mistakes(text, ["a", "b"])


@pytest.mark.parametrize(
    "text", ["St. Ives", "Node.js", "Mr.Robot", "a.m. or p.m.", "teal.community", "50/50", "a-b", "+1"]
)
def test_names_with_dots_and_signs_are_fit(text):
    assert check_poll(NEXT_GAME, ["Plum", text]) == PollWords(NEXT_GAME, ("Plum", text))


@pytest.mark.parametrize(
    ("duration", "fault"),
    [
        (-SECOND, PollFault.DURATION_TOO_SHORT),
        (0, PollFault.DURATION_TOO_SHORT),
        (4 * SECOND, PollFault.DURATION_TOO_SHORT),
        (5 * SECOND, None),
        (DAY, None),
        (DAY + 1, PollFault.DURATION_TOO_LONG),
        (365 * DAY, PollFault.DURATION_TOO_LONG),
        (10**30, PollFault.DURATION_TOO_LONG),
    ],
)
def test_a_poll_runs_from_five_seconds_to_a_day(duration, fault):
    if fault is None:
        assert check_poll(NEXT_GAME, ["a", "b"], duration) == PollWords(NEXT_GAME, ("a", "b"), duration)
    else:
        assert mistakes(NEXT_GAME, ["a", "b"], duration) == [(fault, 0, 0, None)]


def test_a_poll_fits_into_one_line_of_chat():
    options = [f"{number:02} {'x' * (OPTION_CHARACTERS_MAX - 3)}" for number in range(OPTIONS_MAX)]
    assert mistakes(NEXT_GAME, options) == [(PollFault.ALL_TOO_LONG, 0, 0, None)]
    fitting = options[: (ALL_CHARACTERS_MAX - len(NEXT_GAME)) // OPTION_CHARACTERS_MAX]
    assert check_poll(NEXT_GAME, fitting) == PollWords(NEXT_GAME, tuple(fitting))


def test_an_option_called_like_anothers_number_would_take_its_votes():
    assert mistakes("How many?", ["3", "5", "７"]) == [(PollFault.OPTION_IS_NUMBER, 1, 3, None)]
    assert mistakes("How many?", ["2.", "(1)"]) == [
        (PollFault.OPTION_IS_NUMBER, 1, 2, None),
        (PollFault.OPTION_IS_NUMBER, 2, 1, None),
    ]
    assert check_poll("How many?", ["1", "2", "3"]) == PollWords("How many?", ("1", "2", "3"))
    assert check_poll("How many?", ["5", "10", "15"]) == PollWords("How many?", ("5", "10", "15"))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("02", 2),
        ("٢", 2),
        ("1234", 1234),
        ("12345", None),
        ("", None),
        ("²", None),
        ("-1", None),
        ("a", None),
    ],
)
def test_a_number_is_a_few_digits_of_any_script(text, number):
    assert whole_number(text) == number


def test_a_mistake_shows_what_stands_there_and_not_all_of_it():
    checked = check_poll("x" * 5_000, ["y" * 5_000, "@" * 5_000], 10**30)
    assert isinstance(checked, PollMistakes)
    assert all(len(each.text) <= 60 for each in checked.mistakes)
    assert PollMistake(PollFault.DURATION_TOO_LONG, text="10000d") in checked.mistakes


@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=4), st.none() | st.integers(-DAY, 2 * DAY))
@CHEAP
def test_any_texts_make_a_poll_or_mistakes(question, options, duration):
    checked = check_poll(question, options, duration)
    if isinstance(checked, PollWords):
        assert check_poll(checked.question, checked.options, checked.duration) == checked
        assert len(set(map(option_key, checked.options))) == len(options)
        assert checked.duration is None or checked.duration % SECOND == 0
        assert all(each.isprintable() for each in (checked.question, *checked.options))
    else:
        assert checked.mistakes
        assert all(0 <= each.option <= len(options) for each in checked.mistakes)


def test_a_minute_is_a_minute():
    assert check_poll(NEXT_GAME, ["a", "b"], MINUTE) == PollWords(NEXT_GAME, ("a", "b"), 60 * SECOND)
