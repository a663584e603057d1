"""`/proof` on a Discord client of the library."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.domain.drop_plan import SUPPLY_MAX
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import TYPED_MAX, choices
from cogs.dialogues.proof import proof_to_show, provable


def install_discord(bot: DiscordBot, services: Services) -> None:
    words = services.words

    @bot.tree.command(name="proof", description=words.say("slash-proof", discord=True)[:100])
    @app_commands.describe(
        number=words.say("slash-option-number", discord=True)[:100],
        drop=words.say("slash-option-proof-drop", discord=True)[:100],
    )
    @app_commands.guild_only()
    async def proof(
        interaction: discord.Interaction[Any],
        number: app_commands.Range[int, 1, SUPPLY_MAX],
        drop: app_commands.Range[str, 0, TYPED_MAX] = "",
    ) -> None:
        await answer_within(interaction, proof_to_show(services, actor_of(interaction), number, drop))

    @proof.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return choices(await provable(services), typed)
