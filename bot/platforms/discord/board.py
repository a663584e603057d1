"""Posts cards to Discord channels and edits them in place."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import discord

from bot.domain.time import MINUTE, SECOND, Micros
from bot.platforms.discord.bot import DiscordBot
from bot.platforms.discord.cards import embed_of, view_of
from bot.platforms.discord.refusals import translated
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.hooks import Probe, no_probe
from bot.services.ports import PlaceDown, SendRefused
from bot.wording.cards import Card

CLOCKS_APART_MAX = MINUTE
LOOKED_BACK_MAX = 100
# Bytes that even the line of a streamer on the air has left.
UPLOADED_A_SECOND = 50_000


class DiscordBoard:
    """The sender behind ports.BoardSender. `bot` gives the client of the moment, None between two of them."""

    def __init__(
        self, settings: DiscordSettings, bot: Callable[[], DiscordBot | None], *, probe: Probe = no_probe
    ) -> None:
        self._settings = settings
        self._bot = bot
        self._probe = probe

    async def post(self, place: str, card: Card, *, nonce: str) -> str:
        """Post a card; `nonce` has at most 25 characters. See ports.BoardSender."""
        channel = self._channel(place)
        words: dict[str, Any] = {"embed": embed_of(card), "nonce": nonce}
        if card.buttons:
            words["view"] = view_of(card)
        words |= self._mention(card)
        if card.lead:
            words["content"] = "\n".join(filter(None, (words.get("content"), card.lead)))
        if card.files:
            words["files"] = [discord.File(io.BytesIO(file.content), filename=file.name) for file in card.files]
        upload_seconds = sum(len(file.content) for file in card.files) / UPLOADED_A_SECOND
        async with translated(place, seconds=self._settings.request_timeout + upload_seconds):
            self._probe("discord.send.before")
            message = await channel.send(**words)
            self._probe("discord.send.after")
        return str(message.id)

    async def find(self, place: str, card: Card, *, since: Micros) -> tuple[str, ...]:
        """The message ids of this card as it was posted since then, oldest first; see ports.BoardSender."""
        channel = self._channel(place)
        wanted = _words_of(embed_of(card))
        # Discord's clock makes the ids, and ours may run ahead of it.
        after = datetime.fromtimestamp((since - CLOCKS_APART_MAX) / SECOND, UTC)
        async with translated(place, seconds=self._settings.request_timeout):
            messages = [message async for message in channel.history(limit=LOOKED_BACK_MAX, after=after)]
        return tuple(
            str(message.id)
            for message in messages
            if message.author.id == self._bot_id and any(_words_of(embed) == wanted for embed in message.embeds)
        )

    async def edit(self, place: str, message_id: str, card: Card) -> None:
        """Replace a card that was posted; nobody is mentioned again. See ports.BoardSender."""
        message = self._channel(place).get_partial_message(int(message_id))
        async with translated(place, seconds=self._settings.request_timeout):
            await message.edit(
                embed=embed_of(card),
                view=view_of(card) if card.buttons else None,
                allowed_mentions=discord.AllowedMentions.none(),
            )

    @property
    def _bot_id(self) -> int:
        bot = self._bot()
        return bot.user.id if bot is not None and bot.user is not None else 0

    def _channel(self, place: str) -> discord.PartialMessageable:
        channel_id = self._settings.channels.get(place)
        if channel_id is None:
            raise SendRefused(f"no channel is set for {place}")
        bot = self._bot()
        if bot is None or not bot.online:
            raise PlaceDown("not connected to Discord")
        return bot.get_partial_messageable(channel_id, guild_id=self._settings.guild_id)

    def _mention(self, card: Card) -> dict[str, Any]:
        role_id = self._settings.reminder_role_id
        if not card.ping or role_id is None:
            return {"allowed_mentions": discord.AllowedMentions.none()}
        role = discord.Object(role_id)
        allowed = discord.AllowedMentions(everyone=False, users=False, roles=[role], replied_user=False)
        return {"content": f"<@&{role_id}>", "allowed_mentions": allowed}


def _words_of(embed: discord.Embed) -> tuple[Any, ...]:
    return embed.title, embed.description, [(field.name, field.value) for field in embed.fields]
