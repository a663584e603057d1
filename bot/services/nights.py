"""Game nights by hand: announced and called off by moderators, visited by everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.domain.answers import Answer
from bot.domain.moments import read_moment
from bot.domain.night_deeds import (
    CancelDecision,
    CancelNight,
    CreateDecision,
    CreateNight,
    NightNeedsYes,
    NightVerb,
    VisitDecision,
    VisitNight,
)
from bot.domain.nights import Night, NightPlan, Place
from bot.domain.people import Account, Actor
from bot.domain.text import label, normalise_command
from bot.domain.time import MINUTE, SECOND, Micros, read_span
from bot.services.claims import AskerBudget, alone
from bot.services.confirming import Confirmations
from bot.services.ports import Clock, LedgerLane
from bot.storage.database import Reads
from bot.storage.nights import guests_of, read_nights

YES_WITHIN = 30 * SECOND
# Guests can say that they are here so long before the start, and their seats are kept so long after it.
CHECKIN_FOR: Micros = 30 * MINUTE
KEPT_FOR: Micros = 10 * MINUTE
USUAL_LENGTH = "3h"


class Nights:
    """`zone` is the one in which times are meant. `steady` measures how fast somebody asks; `one` gives the account
    under which a person is counted who has several."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        confirmations: Confirmations,
        zone: str,
        clock: Clock,
        steady: Clock,
        *,
        one: Callable[[Account], Account] = alone,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._confirmations = confirmations
        self._zone = zone
        self._clock = clock
        self._budget = AskerBudget(steady, one=one)

    async def create(
        self,
        actor: Actor,
        request_id: str,
        *,
        title: str,
        seats: int,
        starts: str,
        lasts: str = "",
        needs_pass: bool = True,
    ) -> Answer[CreateDecision]:
        """Announce a night; `starts` is "20:00", "2026-12-01 20:00" or "in 2h", `lasts` a span, USUAL_LENGTH unless
        something else is said. Raises TryAgain."""
        # A time or a span that cannot be read is refused as one that cannot be is: 0 has passed, and is no length.
        starts_at = read_moment(starts, self._zone, self._clock.now()) or 0
        window = read_span(normalise_command(lasts) or USUAL_LENGTH) or 0
        plan = NightPlan("", label(title), seats, starts_at, window, CHECKIN_FOR, KEPT_FOR, needs_pass)
        answer: Answer[Any] = await self._lane.submit(CreateNight(self._channel_id, request_id, actor, plan))
        return answer

    async def visit(self, actor: Actor, request_id: str, verb: NightVerb, night: str = "") -> Answer[VisitDecision]:
        """Join a night, check in or leave. Raises TooFast and TryAgain."""
        self._budget.take(actor)
        answer: Answer[Any] = await self._lane.submit(VisitNight(self._channel_id, request_id, actor, verb, night))
        return answer

    async def cancel(self, actor: Actor, request_id: str, night: str = "") -> Answer[CancelDecision]:
        """Call a night off, first asking for a yes. Raises TryAgain."""
        command = CancelNight(self._channel_id, request_id, actor, night)
        answer: Answer[Any] = await self._lane.submit(command)
        if isinstance(answer.decision, NightNeedsYes):
            # The yes is about this very night, whatever is planned when it comes.
            confirmed = replace(command, night=answer.decision.night, confirmed=True)
            self._confirmations.ask(confirmed, within=YES_WITHIN)
        return answer

    async def every(self) -> tuple[Night, ...]:
        """All nights there ever were, those that start first before the others."""
        nights = await read_nights(self._reads, self._channel_id)
        return tuple(sorted(nights.values(), key=lambda night: (night.plan.starts_at, night.key)))

    async def guests(self, night: str) -> list[tuple[str, Place]]:
        """Who is in, by name, "" for somebody forgotten, in the order in which they joined."""
        return await guests_of(self._reads, self._channel_id, night)
