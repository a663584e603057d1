"""Who pressed or typed a command: the member of an interaction as an Actor, ranked by its permissions."""

from __future__ import annotations

from typing import Any

import discord

from bot.domain.people import Actor, Rank
from bot.domain.text import label

PLATFORM = "discord"


def actor_of(interaction: discord.Interaction[Any]) -> Actor:
    """The identity of whoever acted, with the rank that Discord vouches for in this very interaction."""
    user = interaction.user
    name = label(user.display_name) or label(user.name) or str(user.id)
    return Actor(PLATFORM, str(user.id), name, _rank(interaction))


def _rank(interaction: discord.Interaction[Any]) -> Rank:
    guild = interaction.guild
    if guild is None:
        # In a direct message permissions mean nothing.
        return Rank.VIEWER
    permissions = interaction.permissions
    if permissions.administrator or guild.owner_id == interaction.user.id:
        return Rank.STREAMER
    return Rank.MODERATOR if permissions.manage_messages else Rank.VIEWER
