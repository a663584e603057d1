"""May I claim it: `!drop can` in chat, `/can` and the button "Can I?" on Discord."""

from __future__ import annotations

from bot.domain.answers import TryAgain
from bot.domain.people import Actor
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.catalogue import BOARD_COMMANDS
from bot.wording.claims import too_fast_text, try_again_text
from bot.wording.eligibility import can_chat_line, can_shown
from cogs.names import Asked

BUTTON = r"md:can:(?P<drop>[a-z0-9-]{1,40})"


async def say_whether(asked: Asked, services: Services, drop: str) -> None:
    """Say in chat whether the asker may claim; all can read it, so the reasons are not in it."""
    words = services.words
    try:
        answer = await services.eligibility.ask(asked.actor, drop)
    except TooFast:
        return
    except TryAgain:
        services.telling.say_to(asked.actor, try_again_text(words, discord=False), topic="try-again")
        return
    why = BOARD_COMMANDS["can"] if services.eligibility.on_discord else ""
    line = can_chat_line(words, asked.actor.name, answer, services.clock.now(), why=why)
    services.telling.say_to(asked.actor, line, topic="can")


async def whether_to_show(services: Services, actor: Actor, drop: str) -> str | Card:
    """For the asker alone, on Discord: whether they may claim, why, and the cheapest way in."""
    try:
        answer = await services.eligibility.ask(actor, drop)
    except TooFast:
        return too_fast_text(services.words)
    except TryAgain:
        return try_again_text(services.words, discord=True)
    return can_shown(services.words, answer, services.clock.now())


def reads_can(text: str) -> str | None:
    """The drop that somebody asks about behind the command, "" for none in particular; None if they do not ask."""
    word, _, drop = text.strip().partition(" ")
    return drop.strip() if word.casefold() == "can" else None
