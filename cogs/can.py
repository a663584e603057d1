"""`/can` and the button "Can I?" on a Discord client of the library."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import TYPED_MAX, choices
from cogs.dialogues.can import BUTTON, whether_to_show
from cogs.presses import pressable


def install_discord(bot: DiscordBot, services: Services) -> None:
    words = services.words

    @bot.tree.command(name="can", description=words.say("slash-can", discord=True)[:100])
    @app_commands.describe(drop=words.say("slash-option-drop", discord=True)[:100])
    @app_commands.guild_only()
    async def can(interaction: discord.Interaction[Any], drop: app_commands.Range[str, 0, TYPED_MAX] = "") -> None:
        await answer_within(interaction, whether_to_show(services, actor_of(interaction), drop))

    @can.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return choices((await services.drops.board()).drops, typed)

    async def press(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await answer_within(interaction, whether_to_show(services, actor_of(interaction), match["drop"]))

    bot.add_dynamic_items(pressable(BUTTON, press))
