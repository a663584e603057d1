"""What a voter types: what is a vote under each method, what is a mistaken one, and what is only talk."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.ballots import Ballot, BallotFault, Method
from bot.domain.vote_words import VoteMistake, read_bare, read_vote, vote_text
from tests.domain.ballot_cases import ballot, ballots

CHEAP = settings(max_examples=100, deadline=None, derandomize=True)
PLURALITY, APPROVAL, RANKED, SCORE = Method
OPTIONS = ("Teal", "Plum", "Sand", "Tan & Co", "Portal", "Portal 2", "👍 yes", "Hades, the old", "2027")
TALK = (
    "2 minutes left", "1v1 me", "2 2", "1 3", "2?", "2 please", "teal", "-2", "+2", "2nd", "1.5", "2:30", "x2",
    "", "2x", "\u200b", "100", "2026", "gg", "!2", "½", "no. 2", "2 > 1", "1=5", "Ⅱ", "2 👍", "@2",
)  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "2",
        "２",
        "2.",
        "#2",
        "(2)",
        "2)",
        "2!",
        " 2 ",
        "02",
        "2\U000e0000",
        "\u200b2\u200d",
        "2\ufe0f\u20e3",
        "②",
        "٢",
        "𝟐",
    ],
)
@pytest.mark.parametrize("method", [PLURALITY, APPROVAL, RANKED])
def test_a_number_that_stands_alone_is_a_vote(method, line):
    assert read_bare(method, OPTIONS, line) == ballot(method, (2,), options=len(OPTIONS))
    assert read_vote(method, OPTIONS, line) == ballot(method, (2,), options=len(OPTIONS))


@pytest.mark.parametrize("line", TALK)
@pytest.mark.parametrize("method", Method)
def test_talk_is_no_vote(method, line):
    assert read_bare(method, OPTIONS, line) is None


@pytest.mark.parametrize("line", ["0", "10", "99", "#12"])
def test_a_number_alone_that_no_option_has_is_a_mistaken_vote(line):
    assert read_bare(PLURALITY, OPTIONS, line) == VoteMistake(BallotFault.UNKNOWN_OPTION, line)


def test_a_number_that_an_option_is_called_is_a_vote_for_it():
    assert read_bare(PLURALITY, OPTIONS, "2027") == Ballot(PLURALITY, (9,))
    assert read_bare(PLURALITY, ("5", "10", "15"), "10") == Ballot(PLURALITY, (2,))


@pytest.mark.parametrize("line", ["2", "#2", "9", "2027"])
def test_points_are_never_given_by_a_number_alone(line):
    assert read_bare(SCORE, OPTIONS, line) is None


@pytest.mark.parametrize(
    ("method", "typed", "expected"),
    [
        (PLURALITY, "teal", (1,)),
        (PLURALITY, " TEAL! ", (1,)),
        (PLURALITY, "te\u200bal", (1,)),
        (PLURALITY, "ｔｅａｌ", (1,)),
        (PLURALITY, "te", (1,)),
        (PLURALITY, "pl", (2,)),
        (PLURALITY, "portal", (5,)),
        (PLURALITY, "portal 2", (6,)),
        (PLURALITY, "tan & co", (4,)),
        (PLURALITY, "tan co", (4,)),
        (PLURALITY, "👍", (7,)),
        (PLURALITY, "hades", (8,)),
        (PLURALITY, "hades, the old", (8,)),
        (PLURALITY, "hades the", (8,)),
        (PLURALITY, "2027", (9,)),
        (PLURALITY, "teal teal", (1,)),
        (PLURALITY, "abstain", ()),
        (APPROVAL, "1 3", (1, 3)),
        (APPROVAL, "3,1", (1, 3)),
        (APPROVAL, "1+3", (1, 3)),
        (APPROVAL, "１　３", (1, 3)),
        (APPROVAL, "teal, plum & sand", (1, 2, 3)),
        (APPROVAL, "teal and plum", (1, 2)),
        (APPROVAL, "pl sa", (2, 3)),
        (APPROVAL, "portal 2 portal", (5, 6)),
        (APPROVAL, "portal 2", (6,)),
        (APPROVAL, "portal, 2", (2, 5)),
        (APPROVAL, "hades, the old, teal", (1, 8)),
        (APPROVAL, "hades the teal", (1, 8)),
        (APPROVAL, "teal teal", (1,)),
        (APPROVAL, "teal,", (1,)),
        (APPROVAL, "Abstain", ()),
        (RANKED, "plum > teal", (2, 1)),
        (RANKED, "plum>teal>sand", (2, 1, 3)),
        (RANKED, "plum ＞ teal", (2, 1)),
        (RANKED, "plum -> teal", (2, 1)),
        (RANKED, "plum → teal", (2, 1)),
        (RANKED, "> plum > teal >", (2, 1)),
        (RANKED, "portal > 2", (5, 2)),
        (RANKED, "portal 2 > tan", (6, 4)),
        (RANKED, "3 1 2", (3, 1, 2)),
        (RANKED, "plum, teal", (2, 1)),
        (RANKED, "plum then teal", (2, 1)),
        (RANKED, "plum", (2,)),
    ],
)
def test_options_are_named_as_people_name_them(method, typed, expected):
    assert read_vote(method, OPTIONS, typed) == Ballot(method, expected)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("teal=5 plum=2", {1: 5, 2: 2}),
        ("plum = 2, teal = 5", {1: 5, 2: 2}),
        ("teal:5 plum:2", {1: 5, 2: 2}),
        ("teal＝５；plum＝２", {1: 5, 2: 2}),
        ("1=5 2=0", {1: 5, 2: 0}),
        ("tan & co=3 portal 2=1", {4: 3, 6: 1}),
        ("te=5", {1: 5}),
        ("hades, the old=4, teal=1", {1: 1, 8: 4}),
        ("abstain", {}),
    ],
)
def test_points_are_given_by_name_or_number(typed, expected):
    assert read_vote(SCORE, OPTIONS, typed) == Ballot(SCORE, tuple(expected), tuple(expected.values()))


@pytest.mark.parametrize(
    ("method", "typed", "because", "choices"),
    [
        *((method, text, BallotFault.NOTHING_SAID, ()) for method in Method for text in ("", " ", "\U000e0000")),
        (PLURALITY, "xyz", BallotFault.UNKNOWN_OPTION, ()),
        (PLURALITY, "teel", BallotFault.UNKNOWN_OPTION, (1,)),
        (PLURALITY, "12", BallotFault.UNKNOWN_OPTION, ()),
        (PLURALITY, "0", BallotFault.UNKNOWN_OPTION, ()),
        (PLURALITY, "20", BallotFault.UNKNOWN_OPTION, (9,)),
        (PLURALITY, "???", BallotFault.UNKNOWN_OPTION, ()),
        (PLURALITY, "t", BallotFault.AMBIGUOUS, (1, 4)),
        (PLURALITY, "por", BallotFault.AMBIGUOUS, (5, 6)),
        (PLURALITY, "teal plum", BallotFault.TOO_MANY, (1, 2)),
        (PLURALITY, "1,3", BallotFault.TOO_MANY, (1, 3)),
        (APPROVAL, "teal nope", BallotFault.UNKNOWN_OPTION, ()),
        (APPROVAL, "t plum", BallotFault.AMBIGUOUS, (1, 4)),
        (APPROVAL, "t nope", BallotFault.UNKNOWN_OPTION, ()),
        (APPROVAL, "1 99", BallotFault.UNKNOWN_OPTION, ()),
        (APPROVAL, "1 " * 100, BallotFault.UNCLEAR, ()),
        (APPROVAL, "and", BallotFault.UNCLEAR, ()),
        (SCORE, "and", BallotFault.UNCLEAR, ()),
        (APPROVAL, ",", BallotFault.UNCLEAR, ()),
        (RANKED, "plum > > teal", BallotFault.UNCLEAR, ()),
        (RANKED, "plum = teal > sand", BallotFault.UNCLEAR, ()),
        (RANKED, "plum = teal", BallotFault.UNCLEAR, ()),
        (RANKED, "plum < teal", BallotFault.UNCLEAR, ()),
        (RANKED, ">", BallotFault.UNCLEAR, ()),
        (RANKED, "nope > t", BallotFault.UNKNOWN_OPTION, ()),
        (RANKED, "plum > teal > plum", BallotFault.REPEATED, (2, 1)),
        (RANKED, "1 1", BallotFault.REPEATED, (1,)),
        (SCORE, "nope=3", BallotFault.UNKNOWN_OPTION, ()),
        (SCORE, "=3", BallotFault.UNKNOWN_OPTION, ()),
        (SCORE, "nope", BallotFault.UNKNOWN_OPTION, ()),
        (SCORE, "teal=5 teal=4", BallotFault.REPEATED, (1,)),
        (SCORE, "teal", BallotFault.SCORE_MISSING, (1,)),
        (SCORE, "teal 5 plum 2", BallotFault.SCORE_MISSING, (1,)),
        (SCORE, "teal= plum=2", BallotFault.SCORE_MISSING, (1, 2)),
        (SCORE, "plum=2 teal", BallotFault.SCORE_MISSING, (2, 1)),
        (SCORE, "teal=6", BallotFault.BAD_SCORE, (1,)),
        (SCORE, "teal=-1", BallotFault.BAD_SCORE, (1,)),
        (SCORE, "teal=4.5", BallotFault.BAD_SCORE, (1,)),
        (SCORE, "teal=five", BallotFault.BAD_SCORE, (1,)),
    ],
)
def test_a_mistaken_vote_has_one_reason_and_what_may_be_meant(method, typed, because, choices):
    read = read_vote(method, OPTIONS, typed)
    assert isinstance(read, VoteMistake), read
    assert (read.because, read.choices) == (because, choices)


def test_of_several_mistakes_the_first_reason_in_order_is_told():
    assert read_vote(SCORE, OPTIONS, "t=9 nope=1") == VoteMistake(BallotFault.UNKNOWN_OPTION, "nope")
    assert read_vote(SCORE, OPTIONS, "teal=9 t=1").because is BallotFault.AMBIGUOUS


def test_words_for_choosing_nothing_give_way_to_an_option_of_that_name():
    assert read_vote(PLURALITY, OPTIONS, "weiß nicht", ("weiß nicht",)) == Ballot(PLURALITY)
    assert read_vote(PLURALITY, ("go", "Abstain"), "abstain") == Ballot(PLURALITY, (2,))


def test_options_with_nothing_but_signs_are_named_by_number_or_to_the_letter():
    for method in (PLURALITY, APPROVAL, RANKED):
        assert read_vote(method, ("???", "..."), "...") == Ballot(method, (2,))
        assert read_vote(method, ("???", "..."), "1") == Ballot(method, (1,))


def test_two_names_with_the_same_letters_are_told_apart_by_their_signs():
    options = ("C", "C++", "C#")
    assert [read_vote(PLURALITY, options, each) for each in ("c", "c++", "c#")] == [
        Ballot(PLURALITY, (number,)) for number in (1, 2, 3)
    ]
    assert read_vote(PLURALITY, options, "c!") == VoteMistake(BallotFault.AMBIGUOUS, "c!", (1, 2, 3))


@given(st.sampled_from(Method).flatmap(lambda method: ballots(method, len(OPTIONS))))
@CHEAP
def test_a_ballot_written_back_is_read_as_the_same_ballot(drawn):
    assert read_vote(drawn.method, OPTIONS, vote_text(drawn)) == drawn


SIMPLE = ("Teal", "Plum Jam", "Sand", "Tan", "Portal 2")
SEPARATOR = {APPROVAL: ", ", RANKED: " > "}


@given(st.sampled_from([APPROVAL, RANKED]).flatmap(ballots))
@CHEAP
def test_a_ballot_written_with_names_is_read_as_the_same_ballot(drawn):
    if drawn.choices:
        named = SEPARATOR[drawn.method].join(SIMPLE[choice - 1] for choice in drawn.choices)
        assert read_vote(drawn.method, SIMPLE, named) == drawn


TYPED = st.sampled_from(
    [
        *"29>=:5,;& <👍\u200b.!#é７\u0301t",
        " ",
        "->",
        "12",
        "teal",
        "plum",
        "portal",
        "abstain",
        "te",
        "and",
        "hades",
        "the",
    ]
)


@given(
    st.sampled_from(Method), st.text() | st.lists(TYPED, max_size=15).map("".join) | st.lists(TYPED).map(" ".join)
)
@example(SCORE, "=")
@example(RANKED, "> >")
@CHEAP
def test_any_text_at_all_is_a_vote_a_mistake_or_talk(method, typed):
    read = read_vote(method, OPTIONS, typed)
    bare = read_bare(method, OPTIONS, typed)
    assert bare is None or bare == read
    if isinstance(read, Ballot):
        assert read_vote(method, OPTIONS, vote_text(read)) == read
    else:
        assert len(read.text) <= 40
        assert all(1 <= choice <= len(OPTIONS) for choice in read.choices)


def test_a_ballot_that_fills_a_whole_line_is_read_to_its_end() -> None:
    options = tuple(letter * 38 for letter in "abcdefghij")
    typed = " > ".join(reversed(options))
    assert 300 < len(typed) <= 500
    assert read_vote(RANKED, options, typed) == ballot(RANKED, range(10, 0, -1), options=10)
    scores = " ".join(f"{option}=3" for option in options)
    assert read_vote(SCORE, options, scores) == Ballot(SCORE, tuple(range(1, 11)), (3,) * 10)
