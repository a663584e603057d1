"""May I claim this, or from when on: asked without claiming, with what the platforms have to tell looked up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.domain.answers import Answer
from bot.domain.eligibility import AskEligibility, EligibilityAnswer, Eligible
from bot.domain.entitlements import ACCOUNT_AGE, Found, Question, oldest
from bot.domain.people import Account, Actor
from bot.domain.verdicts import Unknown
from bot.services.claims import AskerBudget, KnowsNobody, KnowsPeople, alone
from bot.services.ports import Clock, LedgerLane

# How long somebody is kept waiting for what has to be looked up, and how often it is looked whether it is there.
LOOK_UP_SECONDS = 4.0
LOOK_SECONDS = 0.2


class Eligibility:
    """`clock` measures how fast somebody asks, and never jumps; `on_discord` is whether the channel has a Discord
    server, where the reasons can be told to one person alone."""

    def __init__(
        self,
        lane: LedgerLane,
        channel_id: int,
        clock: Clock,
        people: KnowsPeople | None = None,
        *,
        on_discord: bool = False,
        seconds: float = LOOK_UP_SECONDS,
        one: Callable[[Account], Account] = alone,
    ) -> None:
        self.on_discord = on_discord
        self._lane = lane
        self._channel_id = channel_id
        self._budget = AskerBudget(clock, one=one)
        self._people = people or KnowsNobody()
        self._seconds = seconds

    async def ask(self, actor: Actor, drop: str = "") -> EligibilityAnswer:
        """Whether this person may claim, as far as it can be found out in a few seconds. Raises TooFast and
        TryAgain."""
        self._budget.take(actor)
        accounts: tuple[Account, ...] = (actor.key,)
        known = self._known(accounts)
        until = asyncio.get_running_loop().time() + self._seconds
        while True:
            command = AskEligibility(self._channel_id, actor, drop[:300], known, of_all=len(accounts) > 1)
            answer: Answer[Any] = await self._lane.submit(command)
            found: EligibilityAnswer = answer.decision
            if not (isinstance(found, Eligible) and isinstance(found.verdict, Unknown)):
                return found
            of_before, accounts = accounts, found.accounts
            self._people.want(accounts, map(str, found.verdict.unanswered))
            before, known = known, self._known(accounts)
            # The age of all their accounts may be that of the one, and counts only now.
            counts_now = accounts != of_before and ACCOUNT_AGE in dict(known)
            while known == before and not counts_now:
                if asyncio.get_running_loop().time() >= until:
                    return found
                await asyncio.sleep(LOOK_SECONDS)
                known = self._known(accounts)

    def _known(self, accounts: tuple[Account, ...]) -> tuple[tuple[Question, Found], ...]:
        """What is known of a human under all their accounts."""
        of_each = [dict(self._people.known(each)) for each in accounts]
        known = {question: found for about in of_each for question, found in about.items()}
        # The oldest account tells it, and nobody knows which it is before all have told.
        ages = [about[ACCOUNT_AGE] for about in of_each if ACCOUNT_AGE in about]
        known.pop(ACCOUNT_AGE, None)
        if ages and len(ages) == len(of_each):
            known[ACCOUNT_AGE] = oldest(ages)
        return tuple(known.items())
