"""Claims and votes second by second, in pieces: nothing happens between two drops that are a week apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.rehearsal.evidence import Case
from bot.rehearsal.moments import SECOND

# A pause that is longer divides an evening, and no piece is drawn with more points than this.
_PAUSE = 600 * SECOND
_POINTS_MAX = 1200


@dataclass(frozen=True, slots=True)
class Series:
    """`asked[n]` claims came in the nth step after `begins_at` (microseconds UTC), and `granted[n]` of those became
    a unit; `voted[n]` votes came. A step is one second, more only in a piece of more than twenty minutes."""

    begins_at: int
    ends_at: int
    step_seconds: int
    asked: tuple[int, ...]
    granted: tuple[int, ...]
    voted: tuple[int, ...]

    @property
    def seconds(self) -> float:
        return (self.ends_at - self.begins_at) / SECOND

    @property
    def busiest(self) -> float:
        """The most claims in one second, on average over its step."""
        return max(self.asked, default=0) / self.step_seconds

    @property
    def busiest_votes(self) -> float:
        """The most votes in one second, on average over its step."""
        return max(self.voted, default=0) / self.step_seconds

    def as_public(self, begins_at: int) -> dict[str, object]:
        """Seconds count from `begins_at`."""
        return {
            "at": round((self.begins_at - begins_at) / SECOND, 3),
            "step_seconds": self.step_seconds,
            "asked": list(self.asked),
            "granted": list(self.granted),
            "voted": list(self.voted),
        }


def second_by_second(case: Case, voted_at: Iterable[int], instants: Iterable[int]) -> tuple[Series, ...]:
    """`voted_at` has a moment for each vote; `instants` are those at which anything happened, every claim and every
    vote among them."""
    won = {row.request for row in case.ledger.outcomes if row.kind == "claim.granted"}
    claims = [(ask.at, ask.request in won) for ask in case.asks]
    votes = list(voted_at)
    return tuple(_series(begin, end, claims, votes) for begin, end in _pieces(instants))


def _pieces(instants: Iterable[int]) -> list[tuple[int, int]]:
    """Spans [from, to) in which something went on, whole seconds long."""
    pieces: list[tuple[int, int]] = []
    for at in sorted(instants):
        if pieces and at - pieces[-1][1] <= _PAUSE:
            begin = pieces[-1][0]
            pieces[-1] = (begin, begin + ((at - begin) // SECOND + 1) * SECOND)
        else:
            pieces.append((at, at + SECOND))
    return pieces


def _series(begin: int, end: int, claims: list[tuple[int, bool]], votes: list[int]) -> Series:
    seconds = (end - begin) // SECOND
    step = -(-seconds // _POINTS_MAX)
    points = -(-seconds // step)

    def counts(moments: Iterable[int]) -> tuple[int, ...]:
        found = Counter((at - begin) // (step * SECOND) for at in moments if begin <= at < end)
        return tuple(found[point] for point in range(points))

    return Series(
        begins_at=begin,
        ends_at=begin + points * step * SECOND,
        step_seconds=step,
        asked=counts(at for at, _ in claims),
        granted=counts(at for at, has_won in claims if has_won),
        voted=counts(votes),
    )
