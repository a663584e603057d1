"""What is on and what is next; planning a drop live; and the wake-ups that time and the stream bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.answers import Answer
from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop, DropState
from bot.domain.moved import MoveReason
from bot.domain.people import BOT, Actor
from bot.domain.planning import ApplyPlans, DropForm, DropPlanned, PlanDrop, PlanRefused, PlansApplied, read_form
from bot.domain.stream import ReportStream, Wake
from bot.domain.time import DAY, Micros
from bot.services.ports import Clock, HeldUnit, LedgerLane
from bot.storage.database import Reads
from bot.storage.drops import read_drops
from bot.storage.people import tokens_end, units_held

LATELY = DAY
_NOTHING_MOVES: Mapping[str, MoveReason] = {}


@dataclass(frozen=True, slots=True)
class Board:
    """What viewers may know now: open, coming and lately over, in the order in which they matter."""

    drops: tuple[Drop, ...]
    now: Micros


class Drops:
    def __init__(self, lane: LedgerLane, reads: Reads, channel_id: int, zone: str, clock: Clock) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._zone = zone
        self._clock = clock

    async def board(self) -> Board:
        now = self._clock.now()
        drops = await read_drops(self._reads, self._channel_id)
        shown = [d for d in drops.values() if d.public and (not d.over or (d.closed_at or 0) > now - LATELY)]
        order = {DropState.OPEN: 0, DropState.ANNOUNCED: 1}
        shown.sort(key=lambda d: (order.get(d.state, 2), d.opens_at is None, d.opens_at or 0, d.key))
        return Board(tuple(shown), now)

    async def every(self) -> dict[str, Drop]:
        """All drops by key, planned ones included: for moderators and for the cards."""
        return await read_drops(self._reads, self._channel_id)

    async def held(self, actor: Actor) -> tuple[HeldUnit, ...]:
        """The person's units, newest first."""
        held = [HeldUnit(*row) for row in await units_held(self._reads, self._channel_id, actor)]
        ends = await tokens_end(self._reads, self._channel_id, [unit.entry for unit in held])
        return tuple(replace(unit, runs_until=ends.get(unit.entry)) for unit in held)

    async def create(self, actor: Actor, request_id: str, form: DropForm) -> Answer[DropPlanned | PlanRefused]:
        """Plan a drop from a form's raw texts. Raises TryAgain."""
        now = self._clock.now()
        plan = read_form(form, zone=self._zone, now=now)
        if isinstance(plan, PlanRefused):
            return Answer(request_id, plan, now)
        answer: Answer[Any] = await self._lane.submit(PlanDrop(self._channel_id, request_id, actor, plan))
        return answer

    async def apply(
        self,
        plans: Sequence[DropPlan],
        *,
        series: frozenset[str] = frozenset(),
        moved: Mapping[str, MoveReason] = _NOTHING_MOVES,
        whole: bool = False,
    ) -> PlansApplied:
        """Follow config.toml as far as promises allow, with `whole` only if all of it may be; `series` are the
        names of its drops that recur, `moved` why an announced window changes, by such a name. Raises TryAgain."""
        # Each start reads the file anew, so each is a request of its own.
        request_id = f"config:{self._clock.now()}"
        command = ApplyPlans(self._channel_id, request_id, BOT, tuple(plans), whole, series, moved)
        answer = await self._lane.submit(command)
        applied: PlansApplied = answer.decision
        return applied

    async def report_stream(self, live: bool) -> None:
        """Tell the drops that the stream is on or off the air. Raises TryAgain."""
        await self._lane.submit(ReportStream(self._channel_id, live))

    async def wake(self) -> None:
        """Let whatever is due happen. Raises TryAgain."""
        await self._lane.submit(Wake(self._channel_id))
