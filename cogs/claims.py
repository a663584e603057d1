"""Claiming on a Discord client of the library: `/claim` and the Claim button."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import TYPED_MAX, choices
from cogs.dialogues.claims import BUTTON, answer_claim
from cogs.presses import pressable, request_id


def install_discord(bot: DiscordBot, services: Services) -> None:
    words = services.words

    @bot.tree.command(name="claim", description=words.say("slash-claim", discord=True)[:100])
    @app_commands.describe(drop=words.say("slash-option-drop", discord=True)[:100])
    @app_commands.guild_only()
    async def claim(
        interaction: discord.Interaction[Any], drop: app_commands.Range[str, 0, TYPED_MAX] = ""
    ) -> None:
        await _claim(interaction, services, drop)

    @claim.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return choices((await services.drops.board()).drops, typed)

    async def press(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await _claim(interaction, services, match["drop"])

    bot.add_dynamic_items(pressable(BUTTON, press))


async def _claim(interaction: discord.Interaction[Any], services: Services, drop: str) -> None:
    privately = partial(answer_within, interaction)
    await answer_claim(services, actor_of(interaction), request_id(interaction), drop, privately=privately)
