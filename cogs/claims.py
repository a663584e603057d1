"""Claiming: `!claim` in chat, `/claim` and the Claim button on Discord."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import app_commands

from bot.domain.answers import TryAgain
from bot.platforms.discord.answers import answer_within
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.people import actor_of
from bot.services.claims import TooFast
from bot.services.services import Services
from bot.wording.claims import claim_answer, too_fast_text, try_again_text
from cogs.choices import TYPED_MAX, choices
from cogs.commands import Asked, ChatCommands
from cogs.presses import pressable, request_id

BUTTON = r"md:claim:(?P<drop>[a-z0-9-]{1,40})"


def install_twitch(chat: ChatCommands, services: Services) -> None:
    async def claim(asked: Asked) -> None:
        try:
            answer = await services.claims.claim(asked.actor, asked.request_id, asked.text)
        except TooFast:
            return
        except TryAgain:
            text = try_again_text(services.words, discord=False)
            services.telling.say_to(asked.actor, text, topic="try-again")
            return
        services.telling.claim_decided(asked.actor, answer)

    chat.add("claim", claim)


def install_discord(bot: DiscordBot, services: Services) -> None:
    words = services.words

    @bot.tree.command(name="claim", description=words.say("slash-claim", discord=True)[:100])
    @app_commands.describe(drop=words.say("slash-option-drop", discord=True)[:100])
    @app_commands.guild_only()
    async def claim(
        interaction: discord.Interaction[Any], drop: app_commands.Range[str, 0, TYPED_MAX] = ""
    ) -> None:
        await answer_claim(interaction, services, drop)

    @claim.autocomplete("drop")
    async def offer(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return choices((await services.drops.board()).drops, typed)

    async def press(interaction: discord.Interaction[Any], match: re.Match[str]) -> None:
        await answer_claim(interaction, services, match["drop"])

    bot.add_dynamic_items(pressable(BUTTON, press))


async def answer_claim(interaction: discord.Interaction[Any], services: Services, drop: str) -> None:
    """Claim for whoever acted, tell only them, and note that they were told once Discord has taken the answer."""
    request = request_id(interaction)
    decided = False

    async def deciding() -> str:
        nonlocal decided
        try:
            answer = await services.claims.claim(actor_of(interaction), request, drop)
        except TooFast:
            return too_fast_text(services.words)
        except TryAgain:
            return try_again_text(services.words, discord=True)
        decided = True
        return claim_answer(services.words, answer.decision, services.clock.now(), discord=True)

    if await answer_within(interaction, deciding()) and decided:
        await services.telling.told(request)
