"""Tallies under every method: published examples, ties, quorum, and that counting again gives the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ballots import Ballot, Method
from bot.domain.draws import tie_order
from bot.domain.ledger import canonical_bytes
from bot.domain.tally import Cast, Count, plain_result, tally
from bot.domain.tally_ranked import Tie
from tests.domain.ballot_cases import OPTIONS, ballot, ballots

CHEAP = settings(max_examples=40, deadline=None, derandomize=True)
PLURALITY, APPROVAL, RANKED, SCORE = Method
TIE_ORDERS = st.permutations(range(1, OPTIONS + 1))


def cast(method, *rows, options: int) -> list[Cast]:
    """Rows of how many people have cast the same: choices, or for scores the points of every option in a row."""
    made = []
    for people, choices in rows:
        given_points = {option: points for option, points in enumerate(choices, 1) if points is not None}
        each = (
            ballot(method, tuple(given_points), tuple(given_points.values()), options)
            if method is SCORE
            else ballot(method, choices, options=options)
        )
        made += [Cast(each)] * people
    return made


def casts(method: Method) -> st.SearchStrategy[list[Cast]]:
    return st.lists(st.builds(Cast, ballots(method), st.integers(1, 4)), max_size=12)


def amounts(result) -> list[int]:
    return [count.amount for count in result.counts]


# Memphis, Nashville, Chattanooga, Knoxville: https://en.wikipedia.org/wiki/Template:Tenn_voting_example
TENNESSEE = ((42, (1, 2, 3, 4)), (26, (2, 3, 4, 1)), (15, (3, 4, 2, 1)), (17, (4, 3, 2, 1)))
IN_ORDER = (1, 2, 3, 4)


def test_memphis_is_tennessees_capital_by_plurality():
    rows = [(people, order[:1]) for people, order in TENNESSEE]
    result = tally(PLURALITY, cast(PLURALITY, *rows, options=4), IN_ORDER)
    assert amounts(result) == [42, 26, 15, 17]
    assert (result.winner, result.people, result.by_draw) == (1, 100, False)


def test_nashville_is_tennessees_capital_when_everybody_approves_of_two():
    # https://en.wikipedia.org/wiki/STAR_voting: "with each voter selecting their top two cities".
    rows = [(people, order[:2]) for people, order in TENNESSEE]
    result = tally(APPROVAL, cast(APPROVAL, *rows, options=4), IN_ORDER)
    assert amounts(result) == [42, 68, 58, 32]
    assert result.winner == 2


def test_nashville_is_tennessees_capital_by_scores():
    # Points and totals as abiftool has them, in tennessee-example-STAR.abif and starcount_test.py.
    rows = ((42, (5, 2, 1, 0)), (26, (0, 5, 3, 2)), (15, (0, 2, 5, 3)), (17, (0, 1, 3, 5)))
    result = tally(SCORE, cast(SCORE, *rows, options=4), IN_ORDER)
    assert amounts(result) == [210, 261, 246, 182]
    assert result.winner == 2
    assert [count.people for count in result.counts] == [42, 100, 100, 58]


def test_the_least_disliked_wins_by_approval_against_a_majority():
    # David Lippman, "Math in Society", voting theory: 80, 15 and 5 people approve of the first two of their order.
    rows = ((80, (1, 2)), (15, (2, 3)), (5, (3, 2)))
    result = tally(APPROVAL, cast(APPROVAL, *rows, options=3), (1, 2, 3))
    assert amounts(result) == [80, 100, 20]
    assert result.winner == 2


def test_wikiversitys_hundred_people_are_most_satisfied_with_the_third():
    # https://en.wikiversity.org/wiki/Selected_topics_in_finite_mathematics/Approval_voting
    rows = ((40, (1, 3)), (25, (2, 3)), (20, (1, 2, 3)), (15, (1, 2)))
    result = tally(APPROVAL, cast(APPROVAL, *rows, options=3), (1, 2, 3))
    assert amounts(result) == [75, 60, 85]
    assert result.winner == 3


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
@pytest.mark.parametrize(
    ("method", "rows"),
    [
        (PLURALITY, ((3, (1,)), (3, (3,)), (2, (2,)))),
        (APPROVAL, ((3, (1, 3)), (2, (2,)))),
        (SCORE, ((1, (5, 0, 2)), (1, (0, 4, 3)))),
    ],
)
def test_of_those_who_are_level_the_first_in_the_tie_order_wins(method, rows, order):
    result = tally(method, cast(method, *rows, options=3), order)
    first = min((1, 3), key=order.index)
    assert result.ties == (Tie((1, 3), first),)
    assert (result.winner, result.by_draw) == (first, True)


@pytest.mark.parametrize("method", Method)
def test_where_nobody_has_chosen_anything_nobody_wins(method):
    for cast_by_all in ([], [Cast(Ballot(method))] * 3):
        result = tally(method, cast_by_all, IN_ORDER)
        assert (result.winner, result.ties, result.people, result.weight) == (None, (), 0, 0)
        assert result.abstained == len(cast_by_all)
        assert amounts(result) == [0, 0, 0, 0]


def test_points_of_nought_are_a_vote_and_win_nothing():
    result = tally(SCORE, cast(SCORE, (4, (0, 0)), (1, (0, None)), options=2), (1, 2))
    assert (result.winner, result.ties, result.people) == (None, (), 5)
    assert [count.people for count in result.counts] == [0, 0]


def test_an_option_without_points_has_none():
    result = tally(SCORE, cast(SCORE, (1, (5, None)), (1, (1, 3)), options=2), (2, 1))
    assert result.counts == (Count(1, 6, 2), Count(2, 3, 1))
    assert result.winner == 1


def test_a_declared_weight_counts_and_people_stay_people():
    cast_by_all = [Cast(ballot(PLURALITY, (1,)), 3), *cast(PLURALITY, (2, (2,)), options=OPTIONS)]
    result = tally(PLURALITY, cast_by_all, range(1, OPTIONS + 1))
    assert result.counts[:2] == (Count(1, 3, 1), Count(2, 2, 2))
    assert (result.winner, result.people, result.weight) == (1, 3, 5)


@pytest.mark.parametrize(("quorum", "winner"), [(0, 1), (3, 1), (4, 1), (5, None)])
def test_below_the_quorum_nobody_wins_and_who_abstains_has_come(quorum, winner):
    cast_by_all = [*cast(PLURALITY, (2, (1,)), (1, (2,)), options=2), Cast(Ballot(PLURALITY))]
    result = tally(PLURALITY, cast_by_all, (1, 2), quorum)
    assert (result.winner, result.quorum_met) == (winner, winner is not None)
    assert (result.leading, result.people, result.abstained) == (1, 3, 1)


@pytest.mark.parametrize(
    ("cast_by_one", "order"),
    [
        (Cast(ballot(APPROVAL, (1,))), IN_ORDER),
        (Cast(ballot(PLURALITY, (5,))), IN_ORDER),
        (Cast(ballot(PLURALITY, (1,)), 0), IN_ORDER),
        (Cast(ballot(PLURALITY, (1,)), -1), IN_ORDER),
        (Cast(ballot(PLURALITY, (1,)), 1.0), IN_ORDER),
        (Cast(ballot(PLURALITY, (1,)), True), IN_ORDER),
        (Cast(ballot(PLURALITY, (1,))), (1, 1, 2)),
        (Cast(ballot(PLURALITY, (1,))), (0, 1, 2)),
    ],
)
def test_what_no_poll_lets_through_is_never_counted(cast_by_one, order):
    with pytest.raises(ValueError, match=r"ballot|tie order"):
        tally(PLURALITY, [cast_by_one], order)


METHODS_AND_CASTS = st.sampled_from(Method).flatmap(lambda method: st.tuples(st.just(method), casts(method)))


@given(METHODS_AND_CASTS, TIE_ORDERS, st.randoms(use_true_random=False))
@CHEAP
def test_the_order_in_which_ballots_come_never_matters(drawn, order, chance):
    method, cast_by_all = drawn
    result = tally(method, cast_by_all, order)
    again = list(cast_by_all)
    chance.shuffle(again)
    assert tally(method, iter(again), order) == result
    assert canonical_bytes(plain_result(result)) == canonical_bytes(plain_result(tally(method, again, order)))


@given(METHODS_AND_CASTS, TIE_ORDERS)
@CHEAP
def test_a_weight_counts_as_so_many_ballots(drawn, order):
    method, cast_by_all = drawn
    weighed = tally(method, cast_by_all, order)
    singly = tally(method, [Cast(each.ballot) for each in cast_by_all for _ in range(each.weight)], order)
    assert amounts(weighed) == amounts(singly)
    assert weighed.weight == singly.people
    assert (weighed.leading, weighed.ties, weighed.rounds) == (singly.leading, singly.ties, singly.rounds)


@given(METHODS_AND_CASTS, TIE_ORDERS, TIE_ORDERS)
@CHEAP
def test_the_numbers_that_options_happen_to_have_never_matter(drawn, order, renumbered):
    method, cast_by_all = drawn
    new = dict(enumerate(renumbered, 1))
    moved = [
        Cast(ballot(method, [new[choice] for choice in each.ballot.choices], each.ballot.scores), each.weight)
        for each in cast_by_all
    ]
    before, after = tally(method, cast_by_all, order), tally(method, moved, [new[option] for option in order])
    assert after.leading == (None if before.leading is None else new[before.leading])
    assert {new[option]: rest for option, *rest in before.counts} == {o: rest for o, *rest in after.counts}
    assert [(each.fell_on, each.round) for each in after.ties] == [
        (new[each.fell_on], each.round) for each in before.ties
    ]


@given(METHODS_AND_CASTS, TIE_ORDERS, st.integers(0, 3))
@CHEAP
def test_who_abstains_changes_nothing_but_the_quorum(drawn, order, more):
    method, cast_by_all = drawn
    result = tally(method, cast_by_all, order, quorum=4)
    fuller = tally(method, [*cast_by_all, *[Cast(Ballot(method), 2)] * more], order, quorum=4)
    assert fuller == replace(result, abstained=result.abstained + more)


@given(METHODS_AND_CASTS, TIE_ORDERS, TIE_ORDERS)
@CHEAP
def test_the_draw_decides_only_between_those_who_are_level(drawn, order, other):
    method, cast_by_all = drawn
    result = tally(method, cast_by_all, order)
    assert result.by_draw or tally(method, cast_by_all, other) == result
    assert all(tie.fell_on in tie.level and len(tie.level) > 1 for tie in result.ties)
    if method is not RANKED and result.leading is not None:
        most = max(amounts(result))
        level = tuple(count.option for count in result.counts if count.amount == most)
        assert result.leading in level
        assert result.ties == ((Tie(level, result.leading),) if len(level) > 1 else ())


def test_a_result_is_kept_without_anybodys_ballot():
    order = tie_order(bytes(32), "capital", 4)
    result = tally(RANKED, cast(RANKED, *TENNESSEE, options=4), order, quorum=10)
    kept = plain_result(result)
    assert kept["counts"] == [[1, 42, 42], [2, 26, 26], [3, 15, 15], [4, 17, 17]]
    assert kept["rounds"][0]["transfers"] == [[3, 4, 15]]
    assert (kept["winner"], kept["quorum"], kept["ties"]) == (4, 10, [])
    assert canonical_bytes(kept)
