"""`/help` on a Discord client of the library."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.answers import answer
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.dialogues.help import explanation


def install_discord(bot: DiscordBot, services: Services) -> None:
    @bot.tree.command(name="help", description=services.words.say("slash-help", discord=True)[:100])
    @app_commands.guild_only()
    async def explain(interaction: discord.Interaction[Any]) -> None:
        await answer(interaction, explanation(services, actor_of(interaction), discord=True))
