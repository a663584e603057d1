"""Claiming: `!claim` in chat, `/claim` and the Claim button on Discord."""

from __future__ import annotations

from bot.domain.answers import TryAgain
from bot.domain.claims import ClaimChecking
from bot.domain.people import Actor
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.claims import claim_answer, try_again_text
from cogs.dialogues.looked_up import answer_looked_up
from cogs.dialogues.privately import Privately
from cogs.names import Asked, CommandList

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
    That a claim is being checked is none yet."""
    told = await answer_looked_up(
        services.words,
        actor,
        services.claims.claim(actor, request_id, drop),
        checking=ClaimChecking,
        checked=services.claims.checked,
        text_of=lambda decision: claim_answer(services.words, decision, services.clock.now(), discord=True),
        privately=privately,
    )
    if told:
        await services.telling.told(request_id)
