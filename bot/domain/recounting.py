"""Counting a closed poll once more, from the ballots that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.domain.ledger import Fact, Part
from bot.domain.people import Actor
from bot.domain.poll_box import Box, recount_fact
from bot.domain.poll_control import PollRefusal, PollRefused, PollVerb
from bot.domain.polls import Poll, PollState
from bot.domain.text import is_named


@dataclass(frozen=True, slots=True)
class RecountPoll:
    """A moderator wants a poll counted again. `poll` is what they typed, nothing for the one that closed last."""

    channel_id: int
    request_id: str
    actor: Actor
    poll: str = ""


@dataclass(frozen=True, slots=True)
class PollRecounted:
    """`agrees` tells whether the ballots come to what was announced; `result` is what they come to."""

    poll: str
    question: str
    agrees: bool
    result: Part


RecountDecision = PollRecounted | PollRefused


def closed_poll(polls: tuple[Poll, ...], text: str) -> Poll | PollRefused:
    """The poll that was named, or that closed last; `polls` are in the order in which they were opened."""
    closed = [poll for poll in polls if poll.state is PollState.CLOSED]
    if text.strip():
        closed = [poll for poll in closed if is_named(text, poll.key, poll.plan.question)]
    if closed:
        return max(closed, key=lambda poll: poll.closed_at or 0)
    because = PollRefusal.UNKNOWN_POLL if text.strip() else PollRefusal.NOTHING_ON
    return PollRefused(because, PollVerb.RECOUNT, asked_for=text[:40])


def decide_recount(poll: Poll, box: Box, command: RecountPoll) -> tuple[RecountDecision, tuple[Fact, ...]]:
    """The decision and the fact that it makes: also a count that does not agree is in the ledger."""
    if not command.actor.steers:
        return PollRefused(PollRefusal.NOT_ALLOWED, PollVerb.RECOUNT), ()
    fact = recount_fact(poll, box)
    agrees, result = bool(fact.public["agrees"]), cast(Part, fact.public["result"])
    return PollRecounted(poll.key, poll.plan.question, agrees, result), (fact,)
