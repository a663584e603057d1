"""`!help` and `/help`: the commands in a few words, for moderators with how to steer."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.answers import answer
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from bot.wording.help import help_text
from cogs.commands import Asked, ChatCommands


def install_twitch(chat: ChatCommands, services: Services) -> None:
    async def explain(asked: Asked) -> None:
        text = help_text(services.words, moderator=asked.actor.steers, discord=False)
        services.telling.say_to(asked.actor, text, topic="help")

    chat.add("help", explain)


def install_discord(bot: DiscordBot, services: Services) -> None:
    @bot.tree.command(name="help", description=services.words.say("slash-help", discord=True)[:100])
    @app_commands.guild_only()
    async def explain(interaction: discord.Interaction[Any]) -> None:
        moderator = actor_of(interaction).steers
        await answer(interaction, help_text(services.words, moderator=moderator, discord=True))
