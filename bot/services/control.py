"""Steering by hand: who receives a unit is looked up, what cannot be undone waits for a yes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.domain.answers import Answer
from bot.domain.control import SteerDecision, SteerDrop, SteerNeedsYes, Verb
from bot.domain.moving import MoveDecision, MoveDrop
from bot.domain.people import Actor
from bot.domain.time import SECOND
from bot.services.confirming import Confirmations
from bot.services.ports import LedgerLane, NameLookup
from bot.services.receivers import Receivers
from bot.storage.people import KnownNames

YES_WITHIN = 30 * SECOND


class Control:
    """`lookups` finds people by name, per platform; a platform that is absent finds nobody new."""

    def __init__(
        self,
        lane: LedgerLane,
        channel_id: int,
        confirmations: Confirmations,
        known: KnownNames,
        lookups: dict[str, NameLookup],
    ) -> None:
        self._lane = lane
        self._channel_id = channel_id
        self._receivers = Receivers(known, lookups)
        self._confirmations = confirmations

    async def steer(
        self,
        actor: Actor,
        request_id: str,
        verb: Verb,
        *,
        drop: str = "",
        minutes: int = 0,
        receiver: str | Actor | None = None,
        why: str = "",
    ) -> Answer[SteerDecision]:
        """Do a moderator's deed. Raises TryAgain."""
        to = await self._receivers.meant(receiver, actor.platform)
        command = SteerDrop(self._channel_id, request_id, actor, verb, drop, minutes, to, why)
        answer: Answer[Any] = await self._lane.submit(command)
        if isinstance(answer.decision, SteerNeedsYes):
            # The yes is about this very drop, whatever is open when it comes.
            confirmed = replace(command, drop=answer.decision.drop, confirmed=True)
            self._confirmations.ask(confirmed, within=YES_WITHIN)
        return answer

    async def move(
        self, actor: Actor, request_id: str, *, drop: str, opens: str, why: str, lasts: str = ""
    ) -> Answer[MoveDecision]:
        """Move an announced drop, all of it as it was typed; see MoveDrop. Raises TryAgain."""
        answer: Answer[Any] = await self._lane.submit(
            MoveDrop(self._channel_id, request_id, actor, drop, opens, why, lasts)
        )
        return answer
