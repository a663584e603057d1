"""One person on two platforms: a code is shown on Discord, typed on Twitch, confirmed there; and parting again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.domain.answers import Answer, TryAgain
from bot.domain.linking import (
    YES_WITHIN,
    LinkAsked,
    LinkDecision,
    LinkPeople,
    LinkRefusal,
    LinkRefused,
    UnlinkAsked,
    UnlinkDecision,
    UnlinkMe,
    read_link_code,
)
from bot.domain.people import Actor
from bot.domain.time import SECOND
from bot.services.claims import AskerBudget
from bot.services.confirming import Confirmations
from bot.services.link_codes import LinkCodes, WrongCodes
from bot.services.ports import Clock, LedgerLane
from bot.storage.database import Reads
from bot.storage.links import LinkSeen, find_link

_BURST_MAX = 3
_REFILL = 20 * SECOND
COMMAND = "link"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What became of a typed code; `account` is whose it was, on Discord."""

    decision: LinkDecision
    account: Actor | None = None


class Linking:
    """`steady` measures how often somebody asks. `possible` tells whether the channel is on both platforms."""

    def __init__(
        self,
        lane: LedgerLane,
        reads: Reads,
        channel_id: int,
        confirmations: Confirmations,
        codes: LinkCodes,
        steady: Clock,
        *,
        possible: bool,
    ) -> None:
        self._lane = lane
        self._reads = reads
        self._channel_id = channel_id
        self._confirmations = confirmations
        self._codes = codes
        self._wrong = WrongCodes(steady)
        self._codes_budget = AskerBudget(steady, burst=_BURST_MAX, refill=_REFILL)
        self._parting_budget = AskerBudget(steady, burst=_BURST_MAX, refill=_REFILL)
        self.possible = possible

    async def show(self, actor: Actor) -> LinkSeen | str:
        """The link of an account, or else a new code for it. Raises TooFast."""
        self._codes_budget.take(actor)
        link = await self._reads.consult(lambda connection: find_link(connection, self._channel_id, actor.key))
        return self._codes.issue(actor) if link is None else link

    async def redeem(self, actor: Actor, request_id: str, text: str) -> Redeemed | None:
        """Ask whoever types a code on Twitch whether its account is theirs: a yes makes the two one person.

        None for somebody who has typed too many wrong ones and has been told so."""
        if not text.strip():
            return _refused(LinkRefusal.NEEDS_CODE)
        if retry_after := self._wrong.retry_after(actor):
            # Everybody has seen it, whoever has typed it.
            self._codes.burn(text)
            refused = Redeemed(LinkRefused(LinkRefusal.TOO_MANY_TRIES, retry_after))
            return refused if self._wrong.first_time(actor) else None
        code = read_link_code(text)
        if code is None:
            self._codes.burn(text)
            return _refused(LinkRefusal.MALFORMED_CODE)
        account = self._codes.take(code)
        if account is None:
            self._wrong.note(actor)
            return _refused(LinkRefusal.UNKNOWN_CODE)
        command = LinkPeople(self._channel_id, request_id, actor, account)
        try:
            answer: Answer[Any] = await self._lane.submit(command)
        except TryAgain:
            return _refused(LinkRefusal.LEDGER_BUSY)
        if isinstance(answer.decision, LinkAsked):
            self._confirmations.ask(replace(command, confirmed=True), within=YES_WITHIN)
        return Redeemed(answer.decision, account)

    async def ask_to_part(self, actor: Actor, request_id: str) -> Answer[UnlinkDecision]:
        """Explain what ending the link means; a yes of the same person does it. Raises TooFast and TryAgain."""
        self._parting_budget.take(actor)
        command = UnlinkMe(self._channel_id, request_id, actor)
        answer: Answer[Any] = await self._lane.submit(command)
        if isinstance(answer.decision, UnlinkAsked):
            self._confirmations.ask(replace(command, link=answer.decision.link), within=YES_WITHIN)
        return answer

    def overhear(self, actor: Actor, text: str, command: str) -> None:
        """A code that is said in any other way than behind its command is no secret any more."""
        if command != COMMAND:
            self._codes.burn(text)


def _refused(because: LinkRefusal) -> Redeemed:
    return Redeemed(LinkRefused(because))
