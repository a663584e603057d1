"""Claiming: a claim goes into the write lane and comes back decided."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from cachetools import TTLCache

from bot.domain.answers import Answer
from bot.domain.claims import ClaimChecking, ClaimDecision, ClaimDrop
from bot.domain.entitlements import Found, Question
from bot.domain.people import Account, Actor
from bot.domain.time import SECOND, Micros
from bot.services.codes import READ_CHARACTERS_MAX, ReadClaim
from bot.services.ports import Clock, LedgerLane
from bot.services.settling import Settling
from bot.storage.lane import Committed

# A person may ask this often; what is beyond it costs the ledger nothing and is not answered.
BURST_MAX = 5
REFILL = 2 * SECOND


class TooFast(Exception):
    """The person asks faster than anybody types."""


def alone(account: Account) -> Account:
    """For people who have one account."""
    return account


class AskerBudget:
    """A token bucket per person, in front of the lane: `burst` at once, then one every `refill` microseconds. `one`
    gives the account under which a person is counted who has several.

    Its clock must never jump: after a step back nobody would be let in until time has caught up."""

    def __init__(
        self,
        clock: Clock,
        *,
        burst: int = BURST_MAX,
        refill: int = REFILL,
        people_max: int = 20_000,
        one: Callable[[Account], Account] = alone,
    ) -> None:
        self._clock = clock
        self._one = one
        self._burst = burst
        self._refill = refill
        # Forgetting somebody after a full refill forgets nothing: their bucket would be full again.
        self._buckets: TTLCache[tuple[str, str], tuple[float, int]] = TTLCache(
            people_max, burst * refill, timer=clock.now
        )

    def take(self, actor: Actor) -> None:
        """Raises TooFast when the person's bucket is empty."""
        tokens = self._tokens(actor)
        if tokens < 1:
            raise TooFast(actor.key)
        self._buckets[self._one(actor.key)] = (tokens - 1, self._clock.now())

    def ready_in(self, actor: Actor) -> Micros:
        """How long until the person may ask again, 0 for now."""
        return max(0, math.ceil((1 - self._tokens(actor)) * self._refill))

    def _tokens(self, actor: Actor) -> float:
        now = self._clock.now()
        tokens, since = self._buckets.get(self._one(actor.key), (float(self._burst), now))
        return min(float(self._burst), tokens + (now - since) / self._refill)


class KnowsPeople(Protocol):
    """Whoever looks people up for the gates. See bot.services.entitlements.Entitlements."""

    def known(self, account: Account) -> tuple[tuple[Question, Found], ...]:
        """What holds of this account now, without asking anybody."""

    def want(self, accounts: Iterable[Account], unanswered: Iterable[str]) -> None:
        """Look these questions, in a gate's words, up about a person's accounts."""


class KnowsNobody:
    """For a channel whose platforms nobody asks: whom an early window is for is not known then."""

    def known(self, account: Account) -> tuple[tuple[Question, Found], ...]:
        return ()

    def want(self, accounts: Iterable[Account], unanswered: Iterable[str]) -> None:
        """Nobody is there to look."""


class ReadsCodes(Protocol):
    """Whoever finds claim codes in what is typed. See bot.services.codes.Codes."""

    async def read(self, actor: Actor, request_id: str, text: str) -> ReadClaim | Answer[ClaimDecision] | None:
        """A claim taken apart; or its answer, where nothing has to be decided; None for one not to be answered."""

    def judged(self, actor: Actor, answer: Answer[ClaimDecision]) -> None:
        """Hear what became of a claim with a code."""

    def passed_over(self, actor: Actor, text: str) -> None:
        """Hear that nobody decides a claim."""


class NoCodes:
    """For a channel that hands out none."""

    async def read(self, _actor: Actor, _request_id: str, text: str) -> ReadClaim:
        return ReadClaim(text)

    def judged(self, actor: Actor, answer: Answer[ClaimDecision]) -> None:
        """No claim has a code."""

    def passed_over(self, actor: Actor, text: str) -> None:
        """Nor this one."""


class Claims:
    """`clock` measures how fast somebody asks, and never jumps."""

    def __init__(
        self,
        lane: LedgerLane,
        channel_id: int,
        clock: Clock,
        people: KnowsPeople | None = None,
        codes: ReadsCodes | None = None,
        *,
        one: Callable[[Account], Account] = alone,
    ) -> None:
        self._lane = lane
        self._channel_id = channel_id
        self._budget = AskerBudget(clock, one=one)
        self._people = people or KnowsNobody()
        self._codes = codes or NoCodes()
        self._settling: Settling[ClaimDecision] = Settling(clock)

    async def claim(self, actor: Actor, request_id: str, drop: str = "") -> Answer[ClaimDecision]:
        """Ask for a unit of the named drop, or of the one that is open; a claim code may stand with the name.
        Raises TooFast and TryAgain."""
        typed = await self._typed(actor, request_id, drop[:READ_CHARACTERS_MAX])
        if isinstance(typed, Answer):
            return typed
        known = self._people.known(actor.key)
        command = ClaimDrop(self._channel_id, request_id, actor, typed.drop, known, typed.code)
        answer: Answer[Any] = await self._lane.submit(command)
        if typed.code:
            self._codes.judged(actor, answer)
        if isinstance(answer.decision, ClaimChecking):
            self._people.want(answer.decision.accounts, answer.decision.unanswered)
        return answer

    async def _typed(self, actor: Actor, request_id: str, text: str) -> ReadClaim | Answer[ClaimDecision]:
        try:
            self._budget.take(actor)
        except TooFast:
            self._codes.passed_over(actor, text)
            raise
        typed = await self._codes.read(actor, request_id, text)
        if typed is None:
            raise TooFast(actor.key)
        return typed

    async def checked(self, actor: Actor, answer: Answer[ClaimDecision], *, seconds: float) -> ClaimDecision:
        """What has come of a claim that is being checked, within so many seconds: that it still is, if nothing."""
        about = getattr(answer.decision, "drop", "")
        return await self._settling.wait(actor.key, about, answer, seconds=seconds)

    def committed(self, committed: Committed) -> None:
        """Hear what the lane has just made durable: here, the answers to claims that were being checked."""
        for actor, answer in committed.settled:
            self._settling.settled(actor.key, answer.decision.drop, answer)
