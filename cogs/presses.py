"""Buttons that work after a restart: what a press means stands in the button itself."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.platforms.discord.trouble import guarded

Press = Callable[[discord.Interaction[Any], re.Match[str]], Awaitable[None]]
Button = discord.ui.Button[Any]


def pressable(template: str, press: Press) -> type[discord.ui.DynamicItem[Button]]:
    """The class that hears presses of every button whose custom id matches the whole template."""

    class Pressed(discord.ui.DynamicItem[Button], template=template):
        def __init__(self, button: Button, match: re.Match[str]) -> None:
            super().__init__(button)
            self._match = match

        @classmethod
        async def from_custom_id(
            cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
        ) -> Pressed:
            assert isinstance(item, discord.ui.Button)
            return cls(item, match)

        @guarded
        async def callback(self, interaction: discord.Interaction[Any]) -> None:
            await press(interaction, self._match)

    return Pressed


def request_id(interaction: discord.Interaction[Any]) -> str:
    """The press's or command's name for all time."""
    return f"discord:{interaction.id}"


def asked_by(interaction: discord.Interaction[Any]) -> str:
    """The `request_id` of what the pressed message is the answer to; "" where Discord does not tell."""
    asking = None if interaction.message is None else interaction.message.interaction_metadata
    return "" if asking is None else f"discord:{asking.id}"
