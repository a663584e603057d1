"""Counts ballots with a few lines of its own: what an announced result is held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.polls import CastBallot, JudgedPoll


@dataclass(frozen=True, slots=True)
class Tallied:
    """`amounts` and `people` by option from 1: the first choices where options are ranked. `voters` chose
    something, with `weight` together, and `abstained` came and chose nothing."""

    amounts: Mapping[int, int]
    people: Mapping[int, int]
    voters: int
    weight: int
    abstained: int


def tallied(poll: JudgedPoll, ballots: Iterable[CastBallot]) -> Tallied:
    amounts: Counter[int] = Counter()
    people: Counter[int] = Counter()
    voters = weight = abstained = 0
    for ballot in ballots:
        if not ballot.choice:
            abstained += 1
            continue
        voters, weight = voters + 1, weight + ballot.weight
        for option, points in _points(poll, ballot):
            amounts[option] += points * ballot.weight
            people[option] += 1
    return Tallied(amounts, people, voters, weight, abstained)


def _points(poll: JudgedPoll, ballot: CastBallot) -> list[tuple[int, int]]:
    match poll.method:
        case "score":
            return [(option, points) for option, points in ballot.choice if points]
        case "ranked":
            return [(ballot.choice[0], 1)]
    return [(option, 1) for option in ballot.choice]


def differences(poll: JudgedPoll, result: Mapping[str, Any], ballots: Iterable[CastBallot]) -> list[str]:
    """What a result says that its ballots do not come to, in short sentences."""
    own = tallied(poll, ballots)
    told = {int(option): (int(amount), int(people)) for option, amount, people in result.get("counts", ())}
    wrong = []
    for number, name in enumerate(poll.options, 1):
        expected = own.amounts.get(number, 0), own.people.get(number, 0)
        if told.get(number) != expected:
            wrong.append(f"{name} has {told.get(number)}, and by the ballots {expected} (votes, people)")
    for word, count in (("people", own.voters), ("weight", own.weight), ("abstained", own.abstained)):
        if result.get(word) != count:
            wrong.append(f"it says {result.get(word)} for {word}, and by the ballots it is {count}")
    return wrong + _wrong_winner(poll, result, own)


def _wrong_winner(poll: JudgedPoll, result: Mapping[str, Any], own: Tallied) -> list[str]:
    if poll.method == "ranked":
        return []  # rounds and eliminations are for the ledger's own verifier
    most = max(own.amounts.values(), default=0)
    first = {option for option, amount in own.amounts.items() if amount == most and most}
    leading, winner = result.get("leading"), result.get("winner")
    decided = own.voters + own.abstained >= poll.quorum
    wrong = []
    if (leading not in first) if first else leading is not None:
        wrong.append(f"option {leading} leads, and by the ballots {sorted(first) or 'none'}")
    if winner != (leading if decided else None):
        wrong.append(f"option {winner} wins, and {leading if decided else 'nobody'} should")
    return wrong
