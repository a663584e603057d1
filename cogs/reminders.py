"""Remind me, on a Discord client of the library: the role is taken and returned over REST."""

from __future__ import annotations

import re
from typing import Any

import discord

from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.services.services import Services
from bot.wording.help import Reminder, reminder_text
from cogs.dialogues.reminders import BUTTON
from cogs.presses import pressable


def install_discord(bot: DiscordBot, services: Services) -> None:
    async def press(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await answer_within(interaction, _toggling(interaction, bot.settings.reminder_role_id, services))

    bot.add_dynamic_items(pressable(BUTTON, press))


async def _toggling(interaction: discord.Interaction[Any], role_id: int | None, services: Services) -> str:
    return reminder_text(services.words, await toggle(interaction.user, role_id))


async def toggle(member: discord.Member | discord.User, role_id: int | None) -> Reminder:
    """Take the role from who has it, give it to who has not."""
    if role_id is None or not isinstance(member, discord.Member):
        return Reminder.UNSET
    # The roles in the press itself are newer than any cache.
    has = any(role.id == role_id for role in member.roles)
    try:
        if has:
            await member.remove_roles(discord.Object(role_id))
        else:
            await member.add_roles(discord.Object(role_id))
    except discord.NotFound:
        return Reminder.UNSET
    except discord.Forbidden:
        return Reminder.FAILED
    return Reminder.OFF if has else Reminder.ON
