"""Instant run-off: the last goes, round by round, until one option has more than half of what still counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Where votes go when nothing that is ranked on their ballots is left.
EXHAUSTED = 0

Ranking = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """Options that were level, in ascending order, and on which of them the draw fell: in a round of a run-off that
    goes on it goes, anywhere else it wins. `round` is 0 where there are none."""

    level: tuple[int, ...]
    fell_on: int
    round: int = 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Weight that moved from an option that went to the next on those ballots, or to EXHAUSTED."""

    source: int
    target: int
    weight: int


@dataclass(frozen=True, slots=True)
class Round:
    """One line of the table. `counts` are the options still in it with the weight of the ballots that now count for
    them, in ascending order; `exhausted` is the weight of those that count for nothing any more. The last round
    eliminates nothing."""

    number: int
    counts: tuple[tuple[int, int], ...]
    exhausted: int
    eliminated: tuple[int, ...] = ()
    transfers: tuple[Transfer, ...] = ()


@dataclass(frozen=True, slots=True)
class RunOff:
    """`winner` is None when no ballot ranks anything."""

    rounds: tuple[Round, ...]
    winner: int | None
    ties: tuple[Tie, ...]


def run_off(rankings: Mapping[Ranking, int], tie_order: Sequence[int]) -> RunOff:
    """The rounds of an instant run-off. `rankings` gives each ballot's order, the best first, with the weight that
    was cast for it; `tie_order` has every option.

    Options for which nothing counts go together: whatever their order, nothing would move. Of several that are last
    and level the one goes that stands last in the tie order; of the last two when they are level, the first in it
    wins."""
    rank = {option: at for at, option in enumerate(tie_order)}
    left = set(rank)
    rounds: list[Round] = []
    ties: list[Tie] = []
    counts = _counted(rankings, left)
    if not any(counts[option] for option in left):
        return RunOff((_round(1, counts, left),), None, ())
    while True:
        now = _round(len(rounds) + 1, counts, left)
        most = max(counts[option] for option in left)
        leading = sorted(option for option in left if counts[option] == most)
        if len(left) <= 2 or 2 * most > counts.total() - counts[EXHAUSTED]:
            winner = min(leading, key=rank.__getitem__)
            ties += [Tie(tuple(leading), winner, now.number)] if len(leading) > 1 else []
            return RunOff((*rounds, now), winner, tuple(ties))
        going = _last(counts, left)
        if counts[going[0]] and len(going) > 1:
            gone = max(going, key=rank.__getitem__)
            ties.append(Tie(going, gone, now.number))
            going = (gone,)
        transfers = _moved(rankings, left, set(going))
        left -= set(going)
        rounds.append(Round(now.number, now.counts, now.exhausted, going, transfers))
        counts = _counted(rankings, left)


def _first(ranking: Ranking, left: set[int]) -> int:
    return next((option for option in ranking if option in left), EXHAUSTED)


def _counted(rankings: Mapping[Ranking, int], left: set[int]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for ranking, weight in rankings.items():
        counts[_first(ranking, left)] += weight
    return counts


def _round(number: int, counts: Counter[int], left: set[int]) -> Round:
    return Round(number, tuple((option, counts[option]) for option in sorted(left)), counts[EXHAUSTED])


def _last(counts: Counter[int], left: set[int]) -> tuple[int, ...]:
    least = min(counts[option] for option in left)
    return tuple(sorted(option for option in left if counts[option] == least))


def _moved(rankings: Mapping[Ranking, int], left: set[int], going: set[int]) -> tuple[Transfer, ...]:
    moved: Counter[tuple[int, int]] = Counter()
    for ranking, weight in rankings.items():
        source = _first(ranking, left)
        if source in going:
            moved[source, _first(ranking, left - going)] += weight
    return tuple(Transfer(source, target, weight) for (source, target), weight in sorted(moved.items()))
