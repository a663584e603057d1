"""Registers slash commands with Discord, and only when they have changed: Discord allows 200 a day."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import discord
import orjson
import structlog

if TYPE_CHECKING:
    from bot.platforms.discord.bot import DiscordBot

log = structlog.stdlib.get_logger(__name__)

LoadDigest = Callable[[], Awaitable[str | None]]
SaveDigest = Callable[[str], Awaitable[None]]


async def no_digest() -> str | None:
    """Nothing is known about earlier registrations, so they are sent."""
    return None


async def forget_digest(digest: str) -> None:
    """Nothing is kept."""


def digest_of(bot: DiscordBot) -> str:
    """A fingerprint of all command definitions, the application and the server they are for."""
    commands = sorted(
        (command.to_dict(bot.tree) for command in bot.tree.get_commands()), key=lambda each: str(each["name"])
    )
    known = [bot.application_id, bot.settings.guild_id, commands]
    return hashlib.sha256(orjson.dumps(known, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def register(bot: DiscordBot, load: LoadDigest, save: SaveDigest) -> None:
    """Send the definitions for our server if they are not those of last time.

    A refusal is logged and tried again at the next connection: the commands registered earlier still work.
    """
    guild = discord.Object(bot.settings.guild_id)
    digest = digest_of(bot)
    bot.tree.copy_global_to(guild=guild)
    if await load() == digest:
        return
    try:
        registered = await bot.tree.sync(guild=guild)
    except (discord.HTTPException, discord.app_commands.AppCommandError) as error:
        status = getattr(error, "status", None)
        log.error("discord.commands-not-registered", error=type(error).__name__, status=status)
        return
    await save(digest)
    log.info("discord.commands-registered", count=len(registered))
