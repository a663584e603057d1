"""What each person was asked to confirm, whatever it is about: a yes means the newest question alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import UnionType
from typing import Any

from cachetools import TLRUCache

from bot.domain.answers import Answer, TryAgain
from bot.domain.people import Actor
from bot.domain.time import Micros
from bot.services.ports import Clock, LedgerLane

_PEOPLE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class _Question:
    command: Any
    within: Micros


class Confirmations:
    """`clock` is the steady one: it measures how long a question stands."""

    def __init__(self, lane: LedgerLane, clock: Clock) -> None:
        self._lane = lane
        self._waiting: TLRUCache[tuple[str, str], _Question] = TLRUCache(
            _PEOPLE_MAX, ttu=lambda _, question, now: now + question.within, timer=clock.now
        )

    def ask(self, command: Any, *, within: Micros) -> None:
        """Note that a yes by the command's actor means this command; any older question of theirs is void.

        The command has a `request_id` and an `actor`, which become those of the yes."""
        self._waiting[command.actor.key] = _Question(command, within)

    def withdraw(self, actor: Actor) -> None:
        """Nothing waits for this person's yes any more."""
        self._waiting.pop(actor.key, None)

    async def confirm(
        self, actor: Actor, request_id: str, *, only: type[Any] | UnionType = object, asked: str = ""
    ) -> Answer[Any] | None:
        """Do what this person was asked to confirm; None when nothing waits, no longer, not a command of the class
        `only`, or not what was asked upon the request `asked`, where the yes tells that. Raises TryAgain; saying
        yes once more is enough then."""
        question = self._waiting.get(actor.key)
        if question is None or not isinstance(question.command, only):
            return None
        if asked and question.command.request_id != asked:
            return None
        self.withdraw(actor)
        try:
            return await self._lane.submit(replace(question.command, request_id=request_id, actor=actor))
        except TryAgain:
            # Unless they were asked something else meanwhile.
            self._waiting.setdefault(actor.key, question)
            raise
