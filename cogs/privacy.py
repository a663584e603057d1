"""What is kept about somebody, on a Discord client of the library: `/privacy` and its buttons."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.dialogues.privacy import EXPORT, FORGET, YES, ask_to_forget, data_to_send, forget, kept_to_show
from cogs.presses import pressable, request_id


def install_discord(bot: DiscordBot, services: Services) -> None:
    @bot.tree.command(name="privacy", description=services.words.say("slash-privacy", discord=True)[:100])
    @app_commands.guild_only()
    async def privacy(interaction: discord.Interaction[Any]) -> None:
        await answer_within(interaction, kept_to_show(services, actor_of(interaction)))

    async def export(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await answer_within(interaction, data_to_send(services, actor_of(interaction)))

    async def ask(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await answer_within(interaction, ask_to_forget(services, actor_of(interaction), request_id(interaction)))

    async def say_yes(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await answer_within(interaction, forget(services, actor_of(interaction), request_id(interaction)))

    bot.add_dynamic_items(pressable(EXPORT, export), pressable(FORGET, ask), pressable(YES, say_yes))
