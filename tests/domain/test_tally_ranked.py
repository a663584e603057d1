"""Instant run-off: published elections round by round, ties for the last place, and a second way of counting."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.tally_ranked import EXHAUSTED, Round, RunOff, Tie, Transfer, run_off

CHEAP = settings(max_examples=80, deadline=None, derandomize=True)
IN_ORDER = (1, 2, 3, 4)

# Memphis, Nashville, Chattanooga, Knoxville: https://en.wikipedia.org/wiki/Instant-runoff_voting
TENNESSEE = {(1, 2, 3, 4): 42, (2, 3, 4, 1): 26, (3, 4, 2, 1): 15, (4, 3, 2, 1): 17}
MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE = IN_ORDER


def test_knoxville_is_tennessees_capital_by_instant_run_off():
    assert run_off(TENNESSEE, IN_ORDER) == RunOff(
        (
            Round(1, ((1, 42), (2, 26), (3, 15), (4, 17)), 0, (CHATTANOOGA,), (Transfer(3, 4, 15),)),
            Round(2, ((1, 42), (2, 26), (4, 32)), 0, (NASHVILLE,), (Transfer(2, 4, 26),)),
            Round(3, ((1, 42), (4, 58)), 0),
        ),
        KNOXVILLE,
        (),
    )


def test_tennessees_ballots_can_end_level_and_the_draw_decides():
    # abiftool's tennessee-example-irv-tie.abif: 42 to 42 in the end.
    ballots = {(1, 2, 3, 4): 42, (2, 3, 4, 1): 20, (3, 4, 2, 1): 10, (4, 3, 2, 1): 12}
    for order, winner in (((1, 2, 3, 4), MEMPHIS), ((2, 3, 4, 1), KNOXVILLE)):
        decided = run_off(ballots, order)
        assert [dict(each.counts) for each in decided.rounds] == [
            {1: 42, 2: 20, 3: 10, 4: 12},
            {1: 42, 2: 20, 4: 22},
            {1: 42, 4: 42},
        ]
        assert (decided.winner, decided.ties) == (winner, (Tie((1, 4), winner, 3),))


# The mayor of Burlington, Vermont, in 2009: https://en.wikipedia.org/wiki/2009_Burlington_mayoral_election. Kiss,
# Wright, Montroll, Smith, and far behind James Simpson (j) and the write-ins (o). These are the published ballots
# without the ranks that no round comes to; one with two marks in its third rank is read as the city read it.
BURLINGTON = """
    w 2951  k 2585  mk 1081  mw 637  sk 370  m 345  sw 332  smk 242  s 132  smw 127  sm 103  jk 14  o 10  omk 8
    ok 6  jsk 5  om 5  ow 5  jw 4  j 3  jmw 3  jsw 2  os 1  jsmk 1  jo 1  osk 1  jm 1  jsm 1
"""
KISS, WRIGHT, MONTROLL, SMITH, SIMPSON, WRITE_IN = range(1, 7)


def burlington() -> dict[tuple[int, ...], int]:
    words = BURLINGTON.split()
    rows = zip(words[::2], words[1::2], strict=True)
    return {tuple("kwmsjo".index(each) + 1 for each in order): int(people) for order, people in rows} | {(): 4}


def test_burlington_elects_its_mayor_of_2009_as_it_did():
    decided = run_off(burlington(), range(1, 7))
    first, *_, second, third = decided.rounds
    assert dict(first.counts) == {KISS: 2585, WRIGHT: 2951, MONTROLL: 2063, SMITH: 1306, SIMPSON: 35, WRITE_IN: 36}
    assert first.exhausted == 4
    # The city eliminated Smith, Simpson and the write-ins at once.
    assert [each.eliminated for each in decided.rounds] == [(SIMPSON,), (WRITE_IN,), (SMITH,), (MONTROLL,), ()]
    assert (dict(second.counts), second.exhausted) == ({KISS: 2981, WRIGHT: 3294, MONTROLL: 2554}, 151)
    assert second.transfers == (
        Transfer(MONTROLL, EXHAUSTED, 455),
        Transfer(MONTROLL, KISS, 1332),
        Transfer(MONTROLL, WRIGHT, 767),
    )
    assert (dict(third.counts), third.exhausted) == ({KISS: 4313, WRIGHT: 4061}, 606)
    assert (decided.winner, decided.ties) == (KISS, ())


def test_more_than_half_of_what_still_counts_ends_it_at_once():
    decided = run_off({(1, 2): 3, (2,): 1, (3,): 1, (): 9}, (1, 2, 3))
    assert decided.rounds == (Round(1, ((1, 3), (2, 1), (3, 1)), 9),)
    assert (decided.winner, decided.ties) == (1, ())


def test_just_half_is_not_more_than_half():
    decided = run_off({(1,): 2, (2, 3): 1, (3, 2): 1}, (2, 3, 1))
    assert [each.eliminated for each in decided.rounds] == [(3,), ()]
    assert decided.ties == (Tie((2, 3), 3, 1), Tie((1, 2), 2, 2))
    assert decided.winner == 2


def test_of_those_level_in_the_last_place_the_last_in_the_tie_order_goes():
    # Who goes first decides who wins: an example in which the order is everything.
    ballots = {(1,): 4, (2, 1): 3, (3, 2): 3}
    assert run_off(ballots, (2, 3, 1)) == RunOff(
        (
            Round(1, ((1, 4), (2, 3), (3, 3)), 0, (3,), (Transfer(3, 2, 3),)),
            Round(2, ((1, 4), (2, 6)), 0),
        ),
        2,
        (Tie((2, 3), 3, 1),),
    )
    assert run_off(ballots, (3, 2, 1)).winner == 1


def test_options_that_nothing_counts_for_go_together_and_without_a_draw():
    decided = run_off({(1, 4): 2, (2, 5): 2, (3, 1): 1}, (5, 4, 3, 2, 1))
    assert decided.rounds[0].eliminated == (4, 5)
    assert decided.rounds[0].transfers == ()
    assert decided.ties == ()
    assert decided.winner == 1


def test_all_level_is_one_draw_after_the_other():
    decided = run_off({(1,): 1, (2,): 1, (3,): 1}, (2, 1, 3))
    assert decided.ties == (Tie((1, 2, 3), 3, 1), Tie((1, 2), 2, 2))
    assert [each.exhausted for each in decided.rounds] == [0, 1]
    assert decided.winner == 2


def test_a_poll_in_which_nobody_ranks_anything_has_no_winner():
    assert run_off({}, (1, 2)) == RunOff((Round(1, ((1, 0), (2, 0)), 0),), None, ())
    assert run_off({(): 3}, (1, 2)) == RunOff((Round(1, ((1, 0), (2, 0)), 3),), None, ())


OPTIONS = 5
RANKINGS = st.dictionaries(
    st.lists(st.integers(1, OPTIONS), unique=True).map(tuple), st.integers(1, 6), max_size=10
)
TIE_ORDERS = st.permutations(range(1, OPTIONS + 1))


def winner_one_by_one(ballots: list[list[int]], order: list[int]) -> int | None:
    """The textbook's way: one goes at a time until one is left, every ballot in hand, without stopping early."""
    left, piles = list(order), [list(each) for each in ballots]
    if not any(piles):
        return None
    while len(left) > 1:
        tops = Counter(pile[0] for pile in piles if pile)
        going = min(reversed(left), key=lambda option: tops[option])
        left.remove(going)
        piles = [[option for option in pile if option != going] for pile in piles]
    return left[0]


@given(RANKINGS, TIE_ORDERS)
@CHEAP
def test_eliminating_one_by_one_to_the_very_end_finds_the_same_winner(rankings, order):
    ballots = [list(ranking) for ranking, weight in rankings.items() for _ in range(weight)]
    assert run_off(rankings, order).winner == winner_one_by_one(ballots, order)


@given(RANKINGS, TIE_ORDERS)
@CHEAP
def test_no_vote_is_lost_from_one_round_to_the_next(rankings, order):
    decided = run_off(rankings, order)
    cast = sum(rankings.values())
    for now, after in zip(decided.rounds, decided.rounds[1:], strict=False):
        counts = Counter(dict(now.counts)) + Counter({EXHAUSTED: now.exhausted})
        assert counts.total() == cast
        for move in now.transfers:
            assert move.source in now.eliminated
            assert move.target not in now.eliminated
            counts[move.source] -= move.weight
            counts[move.target] += move.weight
        assert not any(counts[option] for option in now.eliminated)
        assert {o: counts[o] for o, _ in now.counts if o not in now.eliminated} == dict(after.counts)
        assert counts[EXHAUSTED] == after.exhausted
        assert min(count for _, count in now.counts) == min(dict(now.counts)[option] for option in now.eliminated)
    last = decided.rounds[-1]
    assert last.eliminated == ()
    assert [each.number for each in decided.rounds] == list(range(1, len(decided.rounds) + 1))
    if decided.winner is not None:
        assert dict(last.counts)[decided.winner] * 2 >= cast - last.exhausted
