"""Lines in both directions: what was typed, made plain, and what we say, made fit to send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.twitch.lines import clean_line, clean_reply, fit_line


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("!claim Mug", "!claim Mug"),
        ("！ｃｌａｉｍ", "!claim"),
        ("!claim\U000e0000", "!claim"),
        ("!claim ͏", "!claim"),
        ("!cl​aim", "!claim"),
        ("!claim\tMug", "!claim Mug"),
        ("!claim  Mug ", "!claim Mug"),
        ("!Claim. mug", "!Claim mug"),  # a phone that takes two spaces for the end of a sentence
        ("!claim, mug", "!claim mug"),
        ("!claim!", "!claim"),
        ("!mine?", "!mine"),
        ("! claim mug", "!claim mug"),
        ("! Vote, teal", "!Vote teal"),
        ("! !", "! !"),
        ("!claim mug.", "!claim mug."),
        ("well, that was it", "well, that was it"),
        ("!!", "!!"),
        ("!claim.mug", "!claim.mug"),
        ("!сlaim", "!сlaim"),  # a Cyrillic letter stays one
        ("", ""),
    ],
)
def test_a_typed_line_is_made_plain(typed: str, plain: str) -> None:
    assert clean_line(typed) == plain


def test_a_poll_that_fills_a_whole_line_keeps_its_end() -> None:
    line = '!poll "Which colour?" ' + ", ".join(f"{letter * 38}" for letter in "abcdefghij") + " 90s"
    assert 400 < len(line) <= 500
    assert clean_line(line) == line


def test_the_name_before_a_reply_is_no_part_of_the_command() -> None:
    assert clean_reply("@Ann !claim mug") == "!claim mug"
    assert clean_reply("!claim @Ann") == "!claim @Ann"


@given(st.text())
def test_a_plain_line_is_short_and_stays_as_it_is(text: str) -> None:
    plain = clean_line(text)
    assert len(plain) <= 500
    assert clean_line(plain) == plain


@given(st.text(max_size=1200))
def test_a_line_that_is_sent_is_never_a_command_nor_too_long(text: str) -> None:
    line = fit_line(text)
    assert len(line) <= 500
    assert not line.startswith(("/", "."))
    assert "\n" not in line


def test_a_long_line_is_cut_between_words() -> None:
    line = fit_line("Ann #1, Bob #2, " * 50)
    assert line.endswith(("Ann…", "Bob…", "#1…", "#2…"))
    assert len(line) > 480


def test_a_long_word_is_cut_where_it_must_be() -> None:
    assert fit_line("a" * 600) == "a" * 499 + "…"
