"""Counting ballots: exact, the same in whatever order they come, and the same again from the same rows.

PyRankVote, the one library of this size, breaks ties by unseeded chance while it sorts, adds in floating point and
knows no weights; the large ones bring numpy and more for what are sums and one loop. So we count ourselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.ballots import Ballot, Method
from bot.domain.tally_ranked import Ranking, Round, Tie, run_off


class Cast(NamedTuple):
    """What one person has cast, and how much it weighs: a whole number, 1 unless the poll declares otherwise."""

    ballot: Ballot
    weight: int = 1


class Count(NamedTuple):
    """What an option has got. `people` have named it: chosen, approved, ranked first, or given it any points but 0;
    `amount` is their weight, or their points by weight."""

    option: int
    amount: int
    people: int


@dataclass(frozen=True, slots=True)
class Result:
    """A tally. `counts` has every option in the order of the poll; for a run-off they are first choices, and
    `rounds` tell the rest. `people` and `weight` are of those who have chosen something, `abstained` those who came
    and chose nothing: they count for the quorum of `quorum` people.

    `leading` is who comes first by the ballots and, where they are level, by the tie order; None when nobody has
    chosen anything."""

    method: Method
    counts: tuple[Count, ...]
    people: int
    weight: int
    abstained: int
    leading: int | None
    ties: tuple[Tie, ...] = ()
    rounds: tuple[Round, ...] = ()
    quorum: int = 0

    @property
    def quorum_met(self) -> bool:
        return self.people + self.abstained >= self.quorum

    @property
    def winner(self) -> int | None:
        """Who is first, unless too few came to decide."""
        return self.leading if self.quorum_met else None

    @property
    def by_draw(self) -> bool:
        """Whether a draw has decided anything, if only who goes first in a run-off."""
        return bool(self.ties)


def tally(method: Method, cast: Iterable[Cast], tie_order: Sequence[int], quorum: int = 0) -> Result:
    """The result of everything that was cast. `tie_order` has the number of every option, once.

    Under score voting the most points win, and an option that somebody has not scored has 0 of theirs. Raises
    ValueError for what the poll cannot have let through: another method's ballot, a weight that is no whole number
    from 1, an unknown option, a tie order that is none."""
    options = len(tie_order)
    if sorted(tie_order) != list(range(1, options + 1)):
        raise ValueError(f"a tie order of {options} options has each of them once")
    chosen: Counter[Ballot] = Counter()
    people: Counter[Ballot] = Counter()
    for ballot, weight in cast:
        _check(method, ballot, weight, options)
        chosen[ballot] += weight
        people[ballot] += 1
    abstained = sum(number for ballot, number in people.items() if ballot.abstains)
    amounts = _amounts(chosen)
    named = _amounts(people, points=False)
    counts = tuple(Count(option, amounts[option], named[option]) for option in range(1, options + 1))
    if method is Method.RANKED:
        rankings: dict[Ranking, int] = {b.choices: weight for b, weight in chosen.items() if not b.abstains}
        decided = run_off(rankings, tie_order)
        leading, ties, rounds = decided.winner, decided.ties, decided.rounds
    else:
        leading, ties = _most(counts, tie_order)
        rounds = ()
    return Result(
        method=method,
        counts=counts,
        people=people.total() - abstained,
        weight=sum(weight for ballot, weight in chosen.items() if not ballot.abstains),
        abstained=abstained,
        leading=leading,
        ties=ties,
        rounds=rounds,
        quorum=quorum,
    )


def _check(method: Method, ballot: Ballot, weight: int, options: int) -> None:
    if ballot.method is not method:
        raise ValueError(f"a ballot of {ballot.method} in a poll of {method}")
    if isinstance(weight, bool) or not isinstance(weight, int) or weight < 1:
        raise ValueError("a ballot weighs a whole number, 1 or more")
    if not all(1 <= choice <= options for choice in ballot.choices):
        raise ValueError("a ballot names an option that the poll does not have")


def _amounts(ballots: Counter[Ballot], *, points: bool = True) -> Counter[int]:
    """How much each option has of the ballots' weights; with `points` multiplied by them under score voting."""
    amounts: Counter[int] = Counter()
    for ballot, weight in ballots.items():
        match ballot.method:
            case Method.RANKED:
                amounts.update(dict.fromkeys(ballot.choices[:1], weight))
            case Method.SCORE:
                scored = zip(ballot.choices, ballot.scores, strict=True)
                amounts.update({choice: weight * (score if points else 1) for choice, score in scored if score})
            case Method.PLURALITY | Method.APPROVAL:
                amounts.update(dict.fromkeys(ballot.choices, weight))
    return amounts


def _most(counts: Sequence[Count], tie_order: Sequence[int]) -> tuple[int | None, tuple[Tie, ...]]:
    most = max((count.amount for count in counts), default=0)
    if not most:
        return None, ()
    level = tuple(count.option for count in counts if count.amount == most)
    first = min(level, key=tie_order.index)
    return first, (Tie(level, first),) if len(level) > 1 else ()


def plain_result(result: Result) -> dict[str, object]:
    """What the ledger keeps of a result: whole numbers, strings and lists, without anybody's ballot."""
    return {
        "method": str(result.method),
        "counts": [list(count) for count in result.counts],
        "people": result.people,
        "weight": result.weight,
        "abstained": result.abstained,
        "quorum": result.quorum,
        "leading": result.leading,
        "winner": result.winner,
        "ties": [[tie.round, list(tie.level), tie.fell_on] for tie in result.ties],
        "rounds": [
            {
                "counts": [list(count) for count in each.counts],
                "exhausted": each.exhausted,
                "eliminated": list(each.eliminated),
                "transfers": [[move.source, move.target, move.weight] for move in each.transfers],
            }
            for each in result.rounds
        ],
    }
