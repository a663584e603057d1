"""`!help` and `/help`: the commands in a few words, for moderators with how to steer."""

from __future__ import annotations

from bot.domain.people import Actor
from bot.services.services import Services
from bot.wording.help import help_text
from cogs.names import Asked, CommandList


def answer_in_chat(commands: CommandList, services: Services) -> None:
    async def explain(asked: Asked) -> None:
        services.telling.say_to(asked.actor, explanation(services, asked.actor, discord=False), topic="help")

    commands.add("help", explain)


def explanation(services: Services, actor: Actor, *, discord: bool) -> str:
    return help_text(services.words, moderator=actor.steers, discord=discord)
