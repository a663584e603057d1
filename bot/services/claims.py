"""Claiming: a claim goes into the write lane and comes back decided."""

from __future__ import annotations

from typing import Any

from cachetools import TTLCache

from bot.domain.answers import Answer
from bot.domain.claims import ClaimDecision, ClaimDrop
from bot.domain.people import Actor
from bot.domain.time import SECOND
from bot.services.ports import Clock, LedgerLane

# A person may ask this often; what is beyond it costs the ledger nothing and is not answered.
BURST_MAX = 5
REFILL = 2 * SECOND


class TooFast(Exception):
    """The person asks faster than anybody types."""


class AskerBudget:
    """A token bucket per person, in front of the lane: `burst` at once, then one every `refill` microseconds.

    Its clock must never jump: after a step back nobody would be let in until time has caught up."""

    def __init__(
        self, clock: Clock, *, burst: int = BURST_MAX, refill: int = REFILL, people_max: int = 20_000
    ) -> None:
        self._clock = clock
        self._burst = burst
        self._refill = refill
        # Forgetting somebody after a full refill forgets nothing: their bucket would be full again.
        self._buckets: TTLCache[tuple[str, str], tuple[float, int]] = TTLCache(
            people_max, burst * refill, timer=clock.now
        )

    def take(self, actor: Actor) -> None:
        """Raises TooFast when the person's bucket is empty."""
        now = self._clock.now()
        tokens, since = self._buckets.get(actor.key, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - since) / self._refill)
        if tokens < 1:
            raise TooFast(actor.key)
        self._buckets[actor.key] = (tokens - 1, now)


class Claims:
    def __init__(self, lane: LedgerLane, channel_id: int, clock: Clock) -> None:
        self._lane = lane
        self._channel_id = channel_id
        self._budget = AskerBudget(clock)

    async def claim(self, actor: Actor, request_id: str, drop: str = "") -> Answer[ClaimDecision]:
        """Ask for a unit of the named drop, or of the one that is open. Raises TooFast and TryAgain."""
        self._budget.take(actor)
        answer: Answer[Any] = await self._lane.submit(ClaimDrop(self._channel_id, request_id, actor, drop[:300]))
        return answer
