"""How moderators put a poll from a phone: what is read from their line, and what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.poll_reading import TEXT_CHARACTERS_MAX, read_more_time, read_poll
from bot.domain.poll_words import PollFault, PollMistakes, PollWords, check_poll, poll_text
from bot.domain.time import DAY, HOUR, MINUTE, SECOND

CHEAP = settings(max_examples=150, deadline=None, derandomize=True)
MUG = PollWords("Colour of the next mug?", ("teal", "plum", "sand"), 90 * SECOND)
GAME = PollWords("Next game?", ("Hades", "Celeste"), 2 * MINUTE)


@pytest.mark.parametrize(
    "typed",
    [
        '"Colour of the next mug?" teal, plum, sand 90s',
        "“Colour of the next mug?” teal, plum, sand 90s",
        "”Colour of the next mug?” teal, plum, sand 90s",
        "„Colour of the next mug?“ teal, plum, sand 90s",
        "«Colour of the next mug?» teal, plum, sand 90s",
        "「Colour of the next mug?」 teal、plum、sand 90s",
        "Colour of the next mug? teal, plum, sand 90s",
        "Colour of the next mug?teal,plum,sand,90s",
        '"Colour of the next mug? teal, plum, sand 90s',
        "Colour of the next mug? teal | plum | sand | 90s",
        "Colour of the next mug? teal｜plum｜sand ９０ｓ",
        "Colour of the next mug? | teal | plum | sand | 90s",
        "Colour of the next mug? teal; plum; sand; 1m30s",
        "Colour of the next mug? teal, plum, sand 1m30",
        "Colour of the next mug? teal, plum, sand 90 seconds",
        "Colour of the next mug? teal, plum, sand 1 min 30 sec",
        "Colour of the next mug? teal, plum, sand 90s.",
        "Colour of the next mug? teal, plum, sand 90’s",
        "Colour of the next mug? teal, plum, sand — 90S",
        "Colour of the next mug? teal, plum, sand for 90s",
        "Colour of the next mug? teal, plum, or sand 90s",
        "Colour of the next mug? teal, plum, sand, 1.5m",
        '"Colour of the next mug?" "teal" "plum" "sand" 90s',
        '"Colour of the next mug?" "teal", plum, “sand” 90s',
        '"Colour of the next mug?" "teal" or "plum" or "sand" 90s',
        "Colour of the next mug? teal/plum/sand 90s",
        "Colour of the next mug? teal or plum or sand 90s",
        "  Colour  of the\u200b next mug?\u00a0teal,\tplum, sand\n90s \U000e0000",
        "Colour of the next mug? , teal, plum, sand, 90s",
    ],
)
def test_one_poll_is_read_however_a_phone_writes_it(typed):
    assert read_poll(typed) == MUG


@pytest.mark.parametrize(
    ("typed", "question", "options", "duration"),
    [
        ("Next game? Hades, Celeste 2m", "Next game?", ("Hades", "Celeste"), 2 * MINUTE),
        ("Next game: Hades, Celeste", "Next game", ("Hades", "Celeste"), None),
        ("Next game | Hades | Celeste | 2m", "Next game", ("Hades", "Celeste"), 2 * MINUTE),
        ("Next game? Hades, the old | Celeste", "Next game?", ("Hades, the old", "Celeste"), None),
        ("Next game? Zelda: Tears, Hades", "Next game?", ("Zelda: Tears", "Hades"), None),
        ("Next game? Hades 2, Portal 2 2m", "Next game?", ("Hades 2", "Portal 2"), 2 * MINUTE),
        ("Next game? AC/DC, Queen", "Next game?", ("AC/DC", "Queen"), None),
        ('"Next: game?!" Hades, Who?', "Next: game?!", ("Hades", "Who?"), None),
        ("Well, which colour? teal, plum", "Well, which colour?", ("teal", "plum"), None),
        ("Really? Next game? Hades, Celeste", "Really? Next game?", ("Hades", "Celeste"), None),
        ("Next game? Hades, Who? me, Celeste", "Next game?", ("Hades", "Who? me", "Celeste"), None),
        ("Best of 3? yes, no", "Best of 3?", ("yes", "no"), None),
        ("次は？ハデス、セレステ２ｍ", "次は？", ("ハデス", "セレステ２ｍ"), None),
        ("次は？ハデス、セレステ ２ｍ", "次は？", ("ハデス", "セレステ"), 2 * MINUTE),
        ("‘Colour?’ teal, plum", "Colour?", ("teal", "plum"), None),
        ("'What's next' Hades, Celeste 2m", "What's next", ("Hades", "Celeste"), 120 * SECOND),
        ("'Twas the players' choice? yes, no", "'Twas the players' choice?", ("yes", "no"), None),
        ('"Next game?"Hades,Celeste 2m', "Next game?", ("Hades", "Celeste"), 120 * SECOND),
        ("How long? 1h, 2h, 3h", "How long?", ("1h", "2h", "3h"), None),
        ("How long? 1h, 2h, 3h 90s", "How long?", ("1h", "2h", "3h"), 90 * SECOND),
        ("How long? 1h, 2h 30m", "How long?", ("1h", "2h"), 30 * MINUTE),
        ("How long? 30m or 1h 90s", "How long?", ("30m", "1h"), 90 * SECOND),
        ('How long? "30m" "1h"', "How long?", ("30m", "1h"), None),
        ("How many? 1, 2, 3 30s", "How many?", ("1", "2", "3"), 30 * SECOND),
        ('5" or 6"? 5" pipe, 6" pipe', "5' or 6'?", ("5' pipe", "6' pipe"), None),
        ("Teal? yes, no, 1 day", "Teal?", ("yes", "no"), DAY),
    ],
)
def test_a_poll_is_read_as_it_was_meant(typed, question, options, duration):
    assert read_poll(typed) == PollWords(question, options, duration)


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ("", [PollFault.QUESTION_MISSING]),
        ("   \u200b", [PollFault.QUESTION_MISSING]),
        ("90s", [PollFault.QUESTION_MISSING]),
        ("teal, plum 90s", [PollFault.QUESTION_MISSING]),
        ('"" teal, plum', [PollFault.QUESTION_MISSING]),
        ("teal, plum 0s", [PollFault.QUESTION_MISSING, PollFault.DURATION_TOO_SHORT]),
        ("Next game?", [PollFault.TOO_FEW_OPTIONS]),
        ("Next game? Hades", [PollFault.TOO_FEW_OPTIONS]),
        ("Next game? Hades 2m", [PollFault.TOO_FEW_OPTIONS]),
        ("Next game? 2m", [PollFault.TOO_FEW_OPTIONS]),
        ("Next game? Hades Celeste", [PollFault.TOO_FEW_OPTIONS]),
        ("Letter? " + ", ".join("abcdefghijklm"), [PollFault.TOO_MANY_OPTIONS]),
        ("Letter? " + ", ".join(f"x{number}" for number in range(30)), [PollFault.TOO_MANY_OPTIONS]),
        ("Next game? Hades,, Celeste", [PollFault.OPTION_EMPTY]),
        ("Next game? Hades, \u200b, Celeste", [PollFault.OPTION_EMPTY]),
        ('Next game? "", Celeste', [PollFault.OPTION_EMPTY]),
        ("Next game? Hades, HADES", [PollFault.OPTION_REPEATED]),
        ("Next game? Hades, Ha\u200bdes", [PollFault.OPTION_REPEATED]),
        ("Next game? Hades, Celeste 0s", [PollFault.DURATION_TOO_SHORT]),
        ("Next game? Hades, Celeste 0 minutes", [PollFault.DURATION_TOO_SHORT]),
        ("Next game? Hades, Celeste 25h", [PollFault.DURATION_TOO_LONG]),
        ("Next game? Hades, Celeste 365d", [PollFault.DURATION_TOO_LONG]),
        ("Next game? Hades, Celeste 1 year", [PollFault.DURATION_TOO_LONG]),
        ("Next game? Hades, Celeste 2w", [PollFault.DURATION_TOO_LONG]),
        ("Next game? Hades, @ann 25h", [PollFault.OPTION_UNFIT, PollFault.DURATION_TOO_LONG]),
        ("x" * (TEXT_CHARACTERS_MAX + 1), [PollFault.TEXT_TOO_LONG]),
    ],
)
def test_every_mistake_in_a_line_is_told(typed, faults):
    read = read_poll(typed)
    assert isinstance(read, PollMistakes), read
    assert [each.fault for each in read.mistakes] == faults


@pytest.mark.parametrize(
    "typed", ["Next game? Hades, Celeste,", "Next game? Hades, Celeste |", "Next game?, Hades, Celeste"]
)
def test_a_separator_too_many_at_either_end_is_no_option(typed):
    read = read_poll(typed)
    assert isinstance(read, PollWords)
    assert len(read.options) == 2


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+60", 60 * SECOND),
        ("＋６０", 60 * SECOND),
        (" + 60 s", 60 * SECOND),
        ("+60\U000e0000", 60 * SECOND),
        ("+2m", 2 * MINUTE),
        ("+1h30m", HOUR + 30 * MINUTE),
        ("+0", 0),
        ("60", None),
        ("+", None),
        ("+x", None),
        ("++60", None),
        ("+60 teal", None),
        ("+-60", None),
        ("", None),
    ],
)
def test_more_time_is_seconds_unless_it_says_otherwise(typed, expected):
    assert read_more_time(typed) == expected


LABELS = st.text(
    st.sampled_from("aéß漢👍 0129'?!.:;,&()s=or") | st.characters(categories=["L", "N", "P"]), max_size=12
)


@given(LABELS, st.lists(LABELS, min_size=2, max_size=4), st.none() | st.integers(5, 86_400))
@example("Next game?", ["1h", "2m"], 90)
@example("'a' b", ["or", "for", "or 2m"], None)
@CHEAP
def test_a_poll_written_back_is_read_as_the_same_poll(question, options, seconds):
    words = check_poll(question, options, None if seconds is None else seconds * SECOND)
    if isinstance(words, PollWords):
        assert read_poll(poll_text(words)) == words


WORDS = st.sampled_from(
    [*'"“”?？,，|/:; \u200b\né-’@👍.', " ", "or", "for", "teal", "plum", "2", "90s", "2m", "0s", "1 year", "1h30m"]
)


@given(st.text() | st.lists(WORDS, max_size=25).map("".join) | st.lists(WORDS, max_size=15).map(" ".join))
@example('"')
@example('""" "')
@example("?,?")
@CHEAP
def test_any_line_at_all_is_read_or_its_mistakes_are_told(typed):
    read = read_poll(typed)
    if isinstance(read, PollWords):
        assert read_poll(poll_text(read)) == read
    else:
        assert read.mistakes
    read_more_time(typed)
