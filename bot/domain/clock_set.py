"""Somebody has set the machine's clock forward: what is measured by the time that passes moves along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.ledger import Fact
from bot.domain.polls import Poll
from bot.domain.time import Micros


@dataclass(frozen=True, slots=True)
class ClockSet:
    """By so much; no time has passed meanwhile. It is decided before anything that would be due by then. `again`
    tells that the ledger has refused it before: it may have been stored all the same."""

    channel_id: int
    by: Micros
    again: bool = False


def shifted_facts(polls: Iterable[Poll], by: Micros) -> tuple[Fact, ...]:
    """Polls that run keep their length, and so close later by the clock. One that is paused gets its time back when
    it goes on."""
    return tuple(
        Fact("poll.shifted", poll.scope, {"by": by, "closes_at": poll.closes_at + by})
        for poll in polls
        if poll.open and not poll.paused
    )
