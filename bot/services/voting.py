"""Voting: a choice goes into the write lane and comes back decided; of many in a row the last one always does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.domain.answers import Answer
from bot.domain.ballots import Ballot, BallotFault
from bot.domain.people import Account, Actor
from bot.domain.polls import Poll
from bot.domain.time import MILLISECOND, SECOND
from bot.domain.vote_words import VoteMistake, read_bare, read_vote
from bot.domain.voting import CastVote, VoteChecking, VoteDecision, VoteRefusal, VoteRefused
from bot.services.claims import AskerBudget, KnowsNobody, KnowsPeople, TooFast, alone
from bot.services.polls import Polls
from bot.services.ports import Clock, LedgerLane
from bot.services.settling import Settling
from bot.storage.database import Reads
from bot.storage.lane import Committed
from bot.storage.polls import OwnVote, own_votes

# A choice that waits goes in so long before the close at the latest.
LEAD = 200 * MILLISECOND


@dataclass(slots=True, eq=False)
class _Later:
    """The newest choice of somebody who asks too fast, until they may ask again."""

    command: CastVote
    answered: asyncio.Future[Answer[VoteDecision]]
    timer: asyncio.TimerHandle | None = None


class Voting:
    """`clock` tells the ledger's moment; `steady` measures how fast somebody asks, and never jumps. `one` gives the
    account under which a person is counted who has several."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        polls: Polls,
        clock: Clock,
        steady: Clock,
        people: KnowsPeople | None = None,
        *,
        one: Callable[[Account], Account] = alone,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._polls = polls
        self._clock = clock
        self._budget = AskerBudget(steady, one=one)
        self._people = people or KnowsNobody()
        self._one = one
        self._settling: Settling[VoteDecision] = Settling(steady)
        self._later: dict[tuple[Account, str], _Later] = {}
        self._casting: set[asyncio.Task[Answer[VoteDecision]]] = set()
        polls.before_closing(self.flush)

    @property
    def takes_numbers(self) -> bool:
        """Whether a number alone may be a vote at this moment."""
        return self._polls.bare is not None

    async def vote_bare(self, actor: Actor, request_id: str, line: str) -> Answer[VoteDecision] | None:
        """Cast the vote that a line of chat is; None for talk. Raises TooFast and TryAgain."""
        poll = self._polls.bare
        if poll is None:
            return None
        choice = read_bare(poll.plan.method, poll.plan.options, line)
        if choice is None:
            return None
        if isinstance(choice, VoteMistake):
            # Somebody's number in their talk costs the ledger nothing.
            refused = VoteRefused(VoteRefusal.BAD_CHOICE, poll.key, poll.plan.question, choice)
            return Answer(request_id, refused, self._clock.now())
        return await self.vote(actor, request_id, choice, poll=poll.key)

    async def vote(
        self, actor: Actor, request_id: str, choice: Ballot | str, *, poll: str = "", with_pass: bool = False
    ) -> Answer[VoteDecision]:
        """Vote with a ballot, or with what was typed, in the poll of this key or in the one that is on. Whoever
        changes their mind faster than their budget allows waits with their last choice, and hears what came of it.

        Raises TooFast for what is no choice, and TryAgain."""
        meant = self._polls.meant(poll)
        read = _read(choice, meant) if isinstance(choice, str) else choice
        known = self._people.known(actor.key) if meant is not None and meant.plan.electorate else ()
        key = poll if meant is None else meant.key
        command = CastVote(self._channel_id, request_id, actor, read, key, with_pass, known)
        later = self._later.get(self._slot(command))
        if later is None:
            try:
                self._budget.take(actor)
            except TooFast:
                if isinstance(read, VoteMistake):
                    raise
            else:
                return await self._cast(command)
        elif isinstance(read, VoteMistake):
            # It does not take the place of a choice.
            raise TooFast(actor.key)
        return await self._cast_later(command, later, meant)

    async def checked(self, actor: Actor, answer: Answer[VoteDecision], *, seconds: float) -> VoteDecision:
        """What has come of a vote whose voter is being looked up, within so many seconds: that they still are, if
        nothing."""
        about = answer.decision.poll
        return await self._settling.wait(actor.key, about, answer, seconds=seconds)

    async def own(self, actor: Actor) -> list[OwnVote]:
        """The person's votes in what is on."""
        if not self._polls.running:
            return []
        votes = await own_votes(self._reads, self._channel_id, actor.key)
        return [own for own in votes if own.poll.open]

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable: here, the answers to votes whose voters had to be looked up."""
        for actor, answer in committed.voted:
            self._settling.settled(actor.key, answer.decision.poll, answer)

    async def run(self) -> None:
        """Nothing to do until the bot is told to stop: what waits then is decided first."""
        try:
            await asyncio.Event().wait()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Have every choice that waits decided now."""
        for slot in list(self._later):
            self._send(slot)
        if self._casting:
            await asyncio.wait(tuple(self._casting))

    async def _cast(self, command: CastVote) -> Answer[VoteDecision]:
        answer: Answer[Any] = await self._lane.submit(command)
        if isinstance(answer.decision, VoteChecking):
            self._people.want(answer.decision.accounts, answer.decision.unanswered)
        return answer

    async def _cast_later(self, command: CastVote, later: _Later | None, poll: Poll | None) -> Answer[VoteDecision]:
        slot, loop = self._slot(command), asyncio.get_running_loop()
        if later is None:
            later = self._later[slot] = _Later(command, loop.create_future())
            wait = self._budget.ready_in(command.actor)
            if poll is not None:
                wait = min(wait, poll.closes_at - LEAD - self._clock.now())
            later.timer = loop.call_later(max(0.0, wait / SECOND), self._send, slot)
        else:
            # Whoever wanted a pass spent, and thinks better of the option, wants it still.
            later.command = replace(command, with_pass=command.with_pass or later.command.with_pass)
        return await asyncio.shield(later.answered)

    def _send(self, slot: tuple[Account, str]) -> None:
        later = self._later.pop(slot)
        if later.timer is not None:
            later.timer.cancel()
        casting = asyncio.get_running_loop().create_task(self._cast_now(later.command), name="a vote that waited")
        self._casting.add(casting)
        casting.add_done_callback(partial(self._hand_over, later.answered))

    async def _cast_now(self, command: CastVote) -> Answer[VoteDecision]:
        with suppress(TooFast):  # the close was nearer than their next turn
            self._budget.take(command.actor)
        return await self._cast(command)

    def _hand_over(self, answered: asyncio.Future[Answer[VoteDecision]], casting: asyncio.Task[Any]) -> None:
        self._casting.discard(casting)
        if casting.cancelled():
            answered.cancel()
        elif (error := casting.exception()) is not None:
            answered.set_exception(error)
            # Its asker may have gone away, and then nobody else looks at it.
            answered.exception()
        else:
            answered.set_result(casting.result())

    def _slot(self, command: CastVote) -> tuple[Account, str]:
        return self._one(command.actor.key), command.poll


def _read(text: str, poll: Poll | None) -> Ballot | VoteMistake:
    """Without a poll nothing can be read, and the lane says why there is none."""
    if poll is None:
        return VoteMistake(BallotFault.UNCLEAR)
    return read_vote(poll.plan.method, poll.plan.options, text)
