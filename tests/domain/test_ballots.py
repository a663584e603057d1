"""Ballots: one form for each choice, kept as plain values, and the reasons why a choice does not count."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ballots import SCORE_MAX, Ballot, BallotFault, Method, fill_in, plain_ballot, read_plain
from bot.domain.ledger import canonical_bytes
from tests.domain.ballot_cases import OPTIONS, ballot, ballots

CHEAP = settings(max_examples=80, deadline=None, derandomize=True)
PLURALITY, APPROVAL, RANKED, SCORE = Method


@pytest.mark.parametrize(
    ("method", "choices", "scores", "plain"),
    [
        (PLURALITY, (2,), (), [2]),
        (PLURALITY, (2, 2), (), [2]),
        (APPROVAL, (3, 1), (), [1, 3]),
        (APPROVAL, (3, 1, 3), (), [1, 3]),
        (APPROVAL, (1, 2, 3, 4, 5), (), [1, 2, 3, 4, 5]),
        (RANKED, (3, 1), (), [3, 1]),
        (SCORE, (3, 1), (0, 5), [[1, 5], [3, 0]]),
        *((method, (), (), []) for method in Method),
    ],
)
def test_equal_choices_are_equal_ballots_in_one_form(method, choices, scores, plain):
    filled = ballot(method, choices, scores)
    assert plain_ballot(filled) == plain
    assert read_plain(method, OPTIONS, plain) == filled
    assert filled.abstains == (not plain)


@pytest.mark.parametrize(
    ("method", "choices", "scores", "expected"),
    [
        # Walks BallotFault: each row would also deserve every reason below its own that its method knows.
        (PLURALITY, (1, 2, 6), (), BallotFault.UNKNOWN_OPTION),
        (PLURALITY, (1, 1, 2), (), BallotFault.TOO_MANY),
        (APPROVAL, (0, 1), (), BallotFault.UNKNOWN_OPTION),
        (RANKED, (1, 1, 6), (), BallotFault.UNKNOWN_OPTION),
        (RANKED, (1, 2, 1), (), BallotFault.REPEATED),
        (SCORE, (1, 1, 6), (None, 6, 5), BallotFault.UNKNOWN_OPTION),
        (SCORE, (1, 1, 2), (None, 6, 5), BallotFault.REPEATED),
        (SCORE, (1, 2), (None, 6), BallotFault.SCORE_MISSING),
        (SCORE, (1, 2), (0, SCORE_MAX + 1), BallotFault.BAD_SCORE),
        (SCORE, (1, 2), (0, -1), BallotFault.BAD_SCORE),
        (SCORE, (1,), (True,), BallotFault.BAD_SCORE),
        (PLURALITY, (True,), (), BallotFault.UNKNOWN_OPTION),
    ],
)
def test_the_first_reason_that_applies_is_the_answer(method, choices, scores, expected):
    assert fill_in(method, OPTIONS, choices, scores) is expected


@pytest.mark.parametrize(("method", "scores"), [(SCORE, ()), (SCORE, (1, 2)), (APPROVAL, (1,))])
def test_scores_that_belong_to_no_choice_are_the_callers_mistake(method, scores):
    with pytest.raises(ValueError, match="score"):
        fill_in(method, OPTIONS, (1,), scores)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    "plain",
    [
        None,
        2,
        "2",
        {},
        {"1": 2},
        [None],
        ["2"],
        [True],
        [1.0],
        [[1]],
        [[1, 2, 3]],
        [[1, None]],
        [[1, True]],
        [[1, 9]],
    ],
)
def test_what_was_never_written_is_not_read(method, plain):
    assert isinstance(read_plain(method, OPTIONS, plain), BallotFault)


@pytest.mark.parametrize(
    ("method", "plain"), [(APPROVAL, [3, 1]), (APPROVAL, [1, 1]), (PLURALITY, [2, 2]), (SCORE, [[3, 1], [1, 1]])]
)
def test_a_kept_ballot_in_another_form_has_been_tampered_with(method, plain):
    assert read_plain(method, OPTIONS, plain) is BallotFault.UNCLEAR


@given(st.sampled_from(Method).flatmap(ballots))
@CHEAP
def test_a_kept_ballot_is_read_back_the_same(drawn):
    assert read_plain(drawn.method, OPTIONS, plain_ballot(drawn)) == drawn
    assert canonical_bytes({"ballot": plain_ballot(drawn)})
    assert Ballot(drawn.method, drawn.choices, drawn.scores) == drawn


@given(st.sampled_from(Method), st.lists(st.integers(-1, 7), max_size=6), st.data())
@CHEAP
def test_any_choice_is_a_ballot_or_a_reason(method, choices, data):
    points = st.lists(st.none() | st.integers(-1, 6), min_size=len(choices), max_size=len(choices))
    scores = data.draw(points) if method is SCORE else ()
    filled = fill_in(method, OPTIONS, choices, scores)
    if isinstance(filled, Ballot):
        assert set(filled.choices) == set(choices)
        assert fill_in(method, OPTIONS, filled.choices, filled.scores) == filled
    else:
        assert filled in BallotFault
