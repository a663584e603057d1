"""Polls by hand: put and steered through the lane, and what is on, at hand for every line of chat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from cachetools import LRUCache

from bot.domain.answers import Answer
from bot.domain.people import Actor
from bot.domain.poll_asked import PollAsked, PollDefaults, plan_of
from bot.domain.poll_control import (
    OpenDecision,
    OpenPoll,
    PollNeedsYes,
    PollRefused,
    PollSteered,
    PollVerb,
    SteerPoll,
    SteerPollDecision,
    meant_poll,
)
from bot.domain.polls import Poll, poll_of_scope
from bot.domain.recounting import RecountDecision, RecountPoll, closed_poll
from bot.domain.time import SECOND, Micros
from bot.services.confirming import Confirmations
from bot.services.ports import LedgerLane
from bot.services.waiting import woken
from bot.storage.database import Reads
from bot.storage.lane import Committed
from bot.storage.polls import read_polls, running_polls, so_far

YES_WITHIN = 30 * SECOND
# Votes are committed all the time, and change nothing of what is kept here.
GAP_SECONDS = 0.25
_POLLS_MAX = 100
_USUAL = PollDefaults()


@dataclass(frozen=True, slots=True)
class ShownPoll:
    """A poll and what its options have got so far; None where that is not to be shown."""

    poll: Poll
    counts: tuple[tuple[str, int], ...] | None = None


async def nothing_waits() -> None:
    """For whoever holds no votes back."""


class Polls:
    """`running` are those that are open, in the order in which they were opened; `bare` is the one that a number
    alone in chat is a vote in, None for none."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        confirmations: Confirmations,
        usual: PollDefaults = _USUAL,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._confirmations = confirmations
        self._usual = usual
        self._before_closing: Callable[[], Awaitable[None]] = nothing_waits
        self._changed = asyncio.Event()
        self._seen: LRUCache[str, Poll] = LRUCache(_POLLS_MAX)
        self.running: tuple[Poll, ...] = ()
        self.bare: Poll | None = None

    def before_closing(self, work: Callable[[], Awaitable[None]]) -> None:
        """Have `work` done before a moderator closes a poll: what came before the close is in before it."""
        self._before_closing = work

    # -- what moderators do ---------------------------------------------------------------------------------

    async def open(self, actor: Actor, request_id: str, asked: PollAsked) -> Answer[OpenDecision]:
        """Put a poll. Raises TryAgain."""
        plan = plan_of(asked, self._usual)
        answer: Answer[Any] = await self._lane.submit(OpenPoll(self._channel_id, request_id, actor, plan))
        decision = answer.decision
        if isinstance(decision, PollSteered) and not answer.repeated:
            # The first votes may be faster than the next look into the ledger, which would also tell that what was
            # on before is over: beside a new poll nothing but a mod vote that goes on can be.
            going_on = (poll for poll in self.running if poll.goes_on and poll.key != decision.poll.key)
            self._take((*going_on, decision.poll))
        return answer

    async def steer(
        self, actor: Actor, request_id: str, verb: PollVerb, *, poll: str = "", added: Micros = 0, why: str = ""
    ) -> Answer[SteerPollDecision]:
        """Close, cancel or extend a poll. Raises TryAgain."""
        if verb is PollVerb.CLOSE and actor.steers:
            await self._before_closing()
        command = SteerPoll(self._channel_id, request_id, actor, verb, poll, added, why)
        answer: Answer[Any] = await self._lane.submit(command)
        if isinstance(answer.decision, PollNeedsYes):
            # The yes is about this very poll, whatever is on when it comes.
            confirmed = replace(command, poll=answer.decision.poll, confirmed=True)
            self._confirmations.ask(confirmed, within=YES_WITHIN)
        return answer

    async def recount(self, actor: Actor, request_id: str, poll: str = "") -> Answer[RecountDecision]:
        """Count a closed poll again from its ballots. Raises TryAgain."""
        answer: Answer[Any] = await self._lane.submit(RecountPoll(self._channel_id, request_id, actor, poll))
        return answer

    # -- what is on -----------------------------------------------------------------------------------------

    def meant(self, key: str = "") -> Poll | None:
        """The open poll of this key, or without one the poll that a choice means: what is on in the stream before
        what has outlived it. None where there is none, or more than one."""
        if key:
            return next((poll for poll in self.running if poll.key == key), None)
        meant = [poll for poll in self.running if not poll.goes_on] or self.running
        return meant[0] if len(meant) == 1 else None

    def options(self, key: str) -> tuple[str, ...]:
        """The options of a poll that is on, or was since the start; () for any other."""
        poll = self._seen.get(key)
        return () if poll is None else poll.plan.options

    async def shown(self, text: str = "") -> ShownPoll | PollRefused:
        """How a poll stands: the one that was named, the one that is on, or the one that was over last."""
        polls = tuple((await read_polls(self._reads, self._channel_id)).values())
        running = [poll for poll in polls if poll.open]
        found: Poll | PollRefused = meant_poll(polls, PollVerb.SHOW, text)
        if not text.strip() and not running:
            found = closed_poll(polls, "")
        if isinstance(found, PollRefused):
            return replace(found, verb=PollVerb.SHOW)
        return ShownPoll(*await so_far(self._reads, self._channel_id, found))

    async def every(self) -> tuple[Poll, ...]:
        """All polls there ever were, in the order in which they were opened."""
        return tuple((await read_polls(self._reads, self._channel_id)).values())

    # -- keeping it at hand ---------------------------------------------------------------------------------

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable."""
        if any(poll_of_scope(scope) is not None for scope in committed.drops):
            self._changed.set()

    async def load(self) -> None:
        """Read what is on."""
        self._take(await running_polls(self._reads, self._channel_id))

    async def run(self) -> None:
        """Keep what is on at hand, for ever; cancel to stop."""
        self._changed.set()
        while True:
            await woken(self._changed, None)
            await self.load()
            await asyncio.sleep(GAP_SECONDS)

    def _take(self, running: tuple[Poll, ...]) -> None:
        self.running = running
        self._seen.update((poll.key, poll) for poll in running)
        self.bare = self.meant() if self._usual.bare else None
