"""`/drop who` on a Discord client of the library: how well somebody is known, for moderators alone."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.people import actor_of
from bot.services.services import Services
from cogs.choices import TYPED_MAX
from cogs.control import receiver_of
from cogs.dialogues.who import who_is


def install_discord(services: Services, steering: app_commands.Group) -> None:
    words = services.words

    @steering.command(name="who", description=words.say("slash-who", discord=True)[:100])
    @app_commands.describe(
        member=words.say("slash-option-who-member", discord=True)[:100],
        name=words.say("slash-option-who-name", discord=True)[:100],
    )
    async def who(
        interaction: discord.Interaction[Any],
        member: discord.Member | None = None,
        name: app_commands.Range[str, 0, TYPED_MAX] = "",
    ) -> None:
        whom = name if member is None else receiver_of(member)
        await answer_within(interaction, who_is(services, actor_of(interaction), whom))
