"""Taking a unit back for good: asked for by a moderator, and confirmed by the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.answers import Answer
from bot.domain.people import Actor
from bot.domain.time import SECOND
from bot.domain.voiding import VoidDecision, VoidNeedsYes, VoidUnit
from bot.services.confirming import Confirmations
from bot.services.ports import LedgerLane

YES_WITHIN = 30 * SECOND


class Voiding:
    def __init__(self, lane: LedgerLane, channel_id: int, confirmations: Confirmations) -> None:
        self._lane = lane
        self._channel_id = channel_id
        self._confirmations = confirmations

    async def void(
        self, actor: Actor, request_id: str, drop: str, number: int, *, why: str = ""
    ) -> Answer[VoidDecision]:
        """Take a unit back, first asking for a yes. Raises TryAgain."""
        command = VoidUnit(self._channel_id, request_id, actor, drop, number, " ".join(why.split()))
        answer: Answer[Any] = await self._lane.submit(command)
        if isinstance(answer.decision, VoidNeedsYes):
            # The yes is about this very drop, whatever else goes by its name when it comes.
            confirmed = replace(command, drop=answer.decision.drop, confirmed=True)
            self._confirmations.ask(confirmed, within=YES_WITHIN)
        return answer
