"""What every poll came to, and what became of passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.rehearsal.evidence import Case
from bot.rehearsal.polls import JudgedPoll
from bot.rehearsal.votes import VoteAsk

_PASS_FACTS = ("granted", "spent", "returned", "expired", "voided", "transferred")


@dataclass(frozen=True, slots=True)
class PollFigures:
    """`ending` is "closed", "cancelled" or "open"; `counts` holds every option with its votes, `people` how many
    have a ballot that counts, `asked` how often anybody voted, `refused` requests by reason. `passes` are those
    spent on it in the end; `winner` is "" where nothing was decided."""

    poll: str
    question: str
    ending: str
    counts: tuple[tuple[str, int], ...]
    people: int
    asked: int
    refused: Mapping[str, int]
    passes: int
    winner: str = ""

    def as_public(self) -> dict[str, object]:
        return {
            "poll": self.poll,
            "question": self.question,
            "ending": self.ending,
            "counts": dict(self.counts),
            "people": self.people,
            "votes": self.asked,
            "refused": dict(self.refused),
            "passes": self.passes,
            "winner": self.winner or None,
        }


def poll_figures(case: Case, votes: Mapping[str, Sequence[VoteAsk]]) -> tuple[PollFigures, ...]:
    """In the order in which they were opened; `votes` holds by poll whatever can be one of its votes."""
    return tuple(_figures(case, poll, len(votes[poll.key])) for poll in case.polls)


def pass_facts(case: Case) -> dict[str, int]:
    """How often passes were granted, spent, returned and so on; empty where there were none."""
    kinds = Counter(entry.kind for entry in case.ledger.entries if entry.kind.startswith("pass."))
    return {fact: kinds[f"pass.{fact}"] for fact in _PASS_FACTS if kinds[f"pass.{fact}"]}


def _figures(case: Case, poll: JudgedPoll, asked: int) -> PollFigures:
    result = dict(poll.closed.public.get("result") or {}) if poll.closed is not None else {}
    winner = result.get("winner")
    reasons = (row.decision.get("because") for row in case.ledger.outcomes if row.drop == poll.scope)
    return PollFigures(
        poll=poll.key,
        question=poll.question,
        ending="open" if poll.end is None else poll.end.kind.removeprefix("poll."),
        counts=tuple((poll.options[option - 1], amount) for option, amount, _ in result.get("counts", ())),
        people=int(result.get("people", 0)) + int(result.get("abstained", 0)),
        asked=asked,
        refused=dict(Counter(str(each) for each in reasons if each).most_common()),
        passes=sum(poll.scope in row.spent_on for row in case.ledger.passes),
        winner="" if winner is None else poll.options[winner - 1],
    )
