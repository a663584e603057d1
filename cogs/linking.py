"""Linking accounts on a Discord client of the library: `/link` and its buttons."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.dialogues.linking import UNLINK, YES, ask_to_part, link_to_show, part
from cogs.presses import pressable, request_id


def install_discord(bot: DiscordBot, services: Services) -> None:
    async def ask(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await answer_within(interaction, ask_to_part(services, actor_of(interaction), request_id(interaction)))

    async def say_yes(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await answer_within(interaction, part(services, actor_of(interaction), request_id(interaction)))

    # Cards that were posted while the channel had both platforms keep their buttons.
    bot.add_dynamic_items(pressable(UNLINK, ask), pressable(YES, say_yes))
    if not services.linking.possible:
        return

    @bot.tree.command(name="link", description=services.words.say("slash-link", discord=True)[:100])
    @app_commands.guild_only()
    async def link(interaction: discord.Interaction[Any]) -> None:
        await answer_within(interaction, link_to_show(services, actor_of(interaction)))
