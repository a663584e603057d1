"""Ballots and what is cast with them, by chance, for the tests of tallies and of reading."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.domain.ballots import SCORE_MAX, Ballot, Method, fill_in

OPTIONS = 5


def ballot(method: Method, choices=(), scores=(), options: int = OPTIONS) -> Ballot:
    """A ballot that is known to be filled in well."""
    filled = fill_in(method, options, choices, scores)
    assert isinstance(filled, Ballot), filled
    return filled


def ballots(method: Method, options: int = OPTIONS) -> st.SearchStrategy[Ballot]:
    """Any ballot under the method, abstentions too."""
    numbers = st.lists(st.integers(1, options), unique=True, max_size=1 if method is Method.PLURALITY else options)
    if method is not Method.SCORE:
        return numbers.map(lambda chosen: ballot(method, chosen, options=options))
    points = st.dictionaries(st.integers(1, options), st.integers(0, SCORE_MAX))
    return points.map(lambda given: ballot(method, tuple(given), tuple(given.values()), options))
