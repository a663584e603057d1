"""What is kept about a person: shown to them, handed to them, or forgotten once they have confirmed it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.domain.answers import Answer
from bot.domain.people import Actor
from bot.domain.privacy import (
    CONFIRM_WITHIN,
    EraseMe,
    ErasureAsked,
    ErasureDecision,
    ErasureRefusal,
    ErasureRefused,
    Kept,
)
from bot.domain.time import SECOND
from bot.services.claims import AskerBudget
from bot.services.confirming import Confirmations
from bot.services.ports import Clock, LedgerLane
from bot.storage.database import Reads
from bot.storage.people import find_account
from bot.storage.personal_data import personal_data, summary

# Each of these looks through the whole ledger.
_BURST_MAX = 6
_REFILL = 10 * SECOND


class Privacy:
    """`steady` measures how often somebody asks; `clock` tells the time that an export bears. `copies_days` is
    after how many days backups have forgotten whom the ledger has."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        confirmations: Confirmations,
        clock: Clock,
        steady: Clock,
        *,
        copies_days: int,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._confirmations = confirmations
        self._clock = clock
        self._budget = AskerBudget(steady, burst=_BURST_MAX, refill=_REFILL)
        self.copies_days = copies_days

    async def kept(self, actor: Actor) -> Kept:
        """What there is about this person, counted. Raises TooFast."""
        self._budget.take(actor)
        return await self._reads.consult(lambda connection: summary(connection, self._channel_id, actor.key))

    async def export(self, actor: Actor) -> bytes:
        """All there is about this person, as JSON. Raises TooFast."""
        self._budget.take(actor)

        def read(connection: Any) -> dict[str, Any]:
            found = find_account(connection, self._channel_id, actor.key)
            return {} if found is None else personal_data(connection, self._channel_id, found, self._clock.now())

        return as_json(await self._reads.consult(read))

    async def ask(self, actor: Actor, request_id: str) -> Answer[ErasureDecision]:
        """Explain what being forgotten means; a yes of the same person does it. Raises TooFast and TryAgain."""
        self._budget.take(actor)
        found = await self._reads.consult(lambda connection: find_account(connection, self._channel_id, actor.key))
        if found is None:
            # Looking through all answers takes a while in a large ledger: claims must not wait for every stranger.
            return Answer(request_id, ErasureRefused(ErasureRefusal.NOTHING_KEPT), self._clock.now())
        command = EraseMe(self._channel_id, request_id, actor)
        answer: Answer[Any] = await self._lane.submit(command)
        if isinstance(answer.decision, ErasureAsked):
            self._confirmations.ask(replace(command, confirmed=True), within=CONFIRM_WITHIN)
        return answer


def as_json(data: dict[str, Any]) -> bytes:
    """For people to read as well."""
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"
