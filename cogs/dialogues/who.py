"""Who is that: `/drop who`, for moderators alone."""

from __future__ import annotations

from bot.domain.people import Actor
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.services.who import WhoRefusal
from bot.wording.claims import too_fast_text
from bot.wording.who import who_refused_text, who_text


async def who_is(services: Services, actor: Actor, whom: Actor | str | None) -> str:
    """What is known of somebody, and how much that counts for."""
    try:
        told = await services.who.tell(actor, whom)
    except TooFast:
        return too_fast_text(services.words)
    if isinstance(told, WhoRefusal):
        return who_refused_text(services.words, told)
    return who_text(services.words, told.name, told.known, told.score)
