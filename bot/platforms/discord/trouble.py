"""Where errors of commands, buttons and modals end: logged once, and the person told to try again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import discord
import structlog
from discord import app_commands

from bot.platforms.discord.answers import answer
from bot.platforms.discord.settings import TROUBLE_TEXT, DiscordSettings

log = structlog.stdlib.get_logger(__name__)

Item = TypeVar("Item")
Callback = Callable[[Item, discord.Interaction[Any]], Coroutine[Any, Any, None]]


async def tell_trouble(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Log an error and answer the person, whatever has been answered before."""
    log.error("discord.interaction-failed", what=_what(interaction), exc_info=error)
    await _apologise(interaction)


async def _apologise(interaction: discord.Interaction[Any]) -> None:
    settings = getattr(interaction.client, "settings", None)
    await answer(interaction, settings.trouble_text if isinstance(settings, DiscordSettings) else TROUBLE_TEXT)


def guarded(callback: Callback[Item]) -> Callback[Item]:
    """For the callback of a DynamicItem, whose errors the library only logs."""

    @functools.wraps(callback)
    async def safely(self: Item, interaction: discord.Interaction[Any]) -> None:
        try:
            await callback(self, interaction)
        except Exception:
            log.exception("discord.interaction-failed", what=_what(interaction))
            await _apologise(interaction)

    return safely


class GuardedModal(discord.ui.Modal):
    """A form whose errors reach the person who filled it in."""

    async def on_error(  # type: ignore[override]  # the library's own Modal has no item here either
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        await tell_trouble(interaction, error)


class Tree(app_commands.CommandTree[Any]):
    """The slash commands, for our own server alone."""

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        # In any other server the permissions of an interaction would make strangers moderators.
        return bool(interaction.guild_id == interaction.client.settings.guild_id)

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        original = getattr(error, "original", error)
        await tell_trouble(interaction, original)


def _what(interaction: discord.Interaction[Any]) -> str:
    data: Any = interaction.data or {}
    return str(data.get("name") or data.get("custom_id") or interaction.type.name)
