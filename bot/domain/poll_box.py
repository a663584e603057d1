"""The ballot box of a poll: which ballots count, the result that closes it, the recount, and passes given back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.domain.ballots import Ballot
from bot.domain.draws import commitment, is_revealed, tie_order, tie_table
from bot.domain.ledger import Fact, canonical_bytes
from bot.domain.passes import returned_fact
from bot.domain.polls import Poll
from bot.domain.tally import Cast, Result, plain_result, tally

# Why a pass comes back that was spent on a ballot which another one of the same person has replaced.
ONE_EACH = "one-vote-each"


class Vote(NamedTuple):
    """A person's ballot as it is kept, also after the close: `entry` cast it, `voter` is their pseudonym in this
    poll and `pass_number` the pass that was spent on it, 0 for none."""

    entry: int
    person_id: int
    voter: str
    ballot: Ballot
    weight: int = 1
    pass_number: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """Everything a close depends on. `one` tells as whom a person counts who is not alone: of several who count as
    one, the last ballot counts. The seed is the poll's secret until then."""

    votes: tuple[Vote, ...]
    seed: bytes = field(repr=False)
    one: Mapping[int, int] = field(default_factory=dict)

    def counted(self) -> tuple[Vote, ...]:
        """One ballot a person, in the order in which they were cast."""
        last: dict[int, Vote] = {}
        for vote in sorted(self.votes):
            last[self.one.get(vote.person_id, vote.person_id)] = vote
        return tuple(sorted(last.values()))


def count(poll: Poll, box: Box) -> Result:
    """The result of what is in the box now."""
    order = tie_order(box.seed, poll.key, len(poll.plan.options))
    cast_votes = (Cast(vote.ballot, vote.weight) for vote in box.counted())
    return tally(poll.plan.method, cast_votes, order, poll.plan.quorum)


def ties_committed(seed: bytes, key: str, options: int) -> str:
    """What is published of a poll's seed when it opens."""
    return commitment(seed, tie_table(key, options))


def seed_shown(poll: Poll, seed: bytes) -> bool:
    """Whether a seed that a close shows is the one that the opening committed to."""
    return is_revealed(poll.ties, seed, tie_table(poll.key, len(poll.plan.options)))


def closing_facts(poll: Poll, due: Fact, box: Box) -> tuple[Fact, ...]:
    """A `poll.closed` with its result and its seed, and the passes of ballots that do not count, given back.

    Raises ValueError for a seed that the poll has not committed to."""
    if not seed_shown(poll, box.seed):
        raise ValueError(f"this is not the seed of the poll {poll.key}")
    shown = {**due.public, "result": plain_result(count(poll, box)), "seed": box.seed.hex()}
    counted = {vote.entry for vote in box.counted()}
    twice = (vote for vote in box.votes if vote.entry not in counted)
    return (due._replace(public=shown), *given_back(poll, twice, ONE_EACH))


def cancelling_facts(poll: Poll, cancelled: Fact, votes: Iterable[Vote]) -> tuple[Fact, ...]:
    """A `poll.cancelled`, and every pass that was spent on it, given back."""
    return (cancelled, *given_back(poll, votes, "cancelled"))


def recount_fact(poll: Poll, box: Box) -> Fact:
    """A closed poll counted once more from the ballots that are kept; whether it comes to the same. Raises
    ValueError for a poll that has no result."""
    if poll.result is None:
        raise ValueError(f"the poll {poll.key} has no result")
    again = plain_result(count(poll, box))
    agrees = canonical_bytes(again) == canonical_bytes(poll.result) and seed_shown(poll, box.seed)
    return Fact("poll.recounted", poll.scope, {"agrees": agrees, "result": again})


def given_back(poll: Poll, votes: Iterable[Vote], why: str) -> Iterator[Fact]:
    """The passes that were spent on these ballots, given back."""
    for vote in votes:
        if vote.pass_number:
            yield returned_fact(vote.pass_number, poll.scope, vote.voter, vote.person_id, why)
