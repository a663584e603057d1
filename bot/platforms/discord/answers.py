"""Answers to an interaction: at once if possible, deferred if the decision takes longer, never lost unnoticed."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable
from typing import Any

import aiohttp
import discord
import structlog

from bot.platforms.discord.cards import embed_of, view_of
from bot.wording.cards import Card

log = structlog.stdlib.get_logger(__name__)

TEXT_MAX = 2000
ANSWER_SECONDS = 15.0


async def answer(
    interaction: discord.Interaction[Any],
    text: str | None = None,
    card: Card | None = None,
    *,
    ephemeral: bool = True,
) -> bool:
    """Say something to whoever acted; nobody is ever mentioned by it.

    False when Discord did not take it, because it came too late or Discord is down: the asker has not been
    told then, and the caller must not note it as told.
    """
    words: dict[str, Any] = {"ephemeral": ephemeral, "allowed_mentions": discord.AllowedMentions.none()}
    if text is not None:
        words["content"] = text[:TEXT_MAX]
    if card is not None:
        words["embed"] = embed_of(card)
        if card.buttons:
            words["view"] = view_of(card)
        if card.files:
            words["files"] = [discord.File(io.BytesIO(file.content), filename=file.name) for file in card.files]
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            if interaction.response.is_done():
                await interaction.followup.send(**words)
            else:
                await interaction.response.send_message(**words)
    except (discord.HTTPException, discord.InteractionResponded, aiohttp.ClientError, TimeoutError) as error:
        log.warning("discord.answer-lost", interaction_id=interaction.id, code=getattr(error, "code", None))
        return False
    return True


async def answer_within(
    interaction: discord.Interaction[Any],
    deciding: Awaitable[str | Card],
    *,
    ephemeral: bool = True,
    defer_after: float = 1.0,
) -> bool:
    """Answer with what `deciding` gives; when it takes longer than `defer_after` seconds, show that we think.

    Discord waits three seconds for a first sign and fifteen minutes after it. What `deciding` raises is
    raised here. Returns like `answer`.
    """
    decision = asyncio.ensure_future(deciding)
    done, _ = await asyncio.wait({decision}, timeout=defer_after)
    if not done:
        try:
            await interaction.response.defer(ephemeral=ephemeral, thinking=True)
        except (discord.HTTPException, discord.InteractionResponded, aiohttp.ClientError) as error:
            # The decision is on its way whatever Discord thinks of us; the answer below finds out.
            log.warning("discord.defer-lost", interaction_id=interaction.id, code=getattr(error, "code", None))
    said = await decision
    if isinstance(said, Card):
        return await answer(interaction, card=said, ephemeral=ephemeral)
    return await answer(interaction, said, ephemeral=ephemeral)
