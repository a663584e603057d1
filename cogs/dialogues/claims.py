"""Claiming: `!claim` in chat, `/claim` and the Claim button on Discord."""

from __future__ import annotations

from bot.domain.answers import Answer, TryAgain
from bot.domain.claims import ClaimChecking, ClaimDecision
from bot.domain.people import Actor
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.claims import claim_answer, too_fast_text, try_again_text
from cogs.dialogues.privately import Privately
from cogs.names import Asked, CommandList

# So long a claim that is being checked keeps its person waiting, before they are told that it is.
CHECK_SECONDS = 4.0
# Discord takes what is said to one person alone for fifteen minutes after their press.
ANSWERABLE_SECONDS = 14 * 60.0

BUTTON = r"md:claim:(?P<drop>[a-z0-9-]{1,40})"


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def claim(asked: Asked) -> None:
        try:
            answer = await services.claims.claim(asked.actor, asked.request_id, asked.text)
        except TooFast:
            return
        except TryAgain:
            text = try_again_text(services.words, discord=False)
            services.telling.say_to(asked.actor, text, topic="try-again")
            return
        services.telling.claim_decided(asked.actor, answer)

    commands.add("claim", claim)


async def answer_claim(
    services: Services, actor: Actor, request_id: str, drop: str, *, privately: Privately
) -> None:
    """Claim for whoever acted, tell only them, and note that they were told once the platform has taken the answer.
    That a claim is being checked is none yet: it follows while Discord takes it."""
    decided: tuple[Answer[ClaimDecision], ClaimDecision] | None = None

    async def deciding() -> str:
        nonlocal decided
        try:
            answer = await services.claims.claim(actor, request_id, drop)
        except TooFast:
            return too_fast_text(services.words)
        except TryAgain:
            return try_again_text(services.words, discord=True)
        decision = answer.decision
        if isinstance(decision, ClaimChecking):
            decision = await services.claims.checked(actor, answer, seconds=CHECK_SECONDS)
        decided = answer, decision
        return _answer_text(services, decision)

    if not await privately(deciding()) or decided is None:
        return
    answer, decision = decided
    if isinstance(decision, ClaimChecking):
        decision = await services.claims.checked(actor, answer, seconds=ANSWERABLE_SECONDS)
        if isinstance(decision, ClaimChecking) or not await privately(_at_once(_answer_text(services, decision))):
            return
    await services.telling.told(request_id)


def _answer_text(services: Services, decision: ClaimDecision) -> str:
    return claim_answer(services.words, decision, services.clock.now(), discord=True)


async def _at_once(text: str) -> str:
    return text
