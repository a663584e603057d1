"""Reads our own cards back over REST, without a gateway: what they show is what was last made public."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
import discord

from bot.platforms.discord.shapes import PREFIX

LOOKED_BACK_MAX = 200
SECONDS_MAX = 30.0


class CannotLook(Exception):
    """Discord does not show us our cards now, in words."""


@dataclass(frozen=True, slots=True)
class SeenCard:
    """A card of ours about a drop. `shown_at` is when it was posted or last edited."""

    drop: str
    fields: tuple[tuple[str, str], ...]
    shown_at: datetime


async def find_cards(token: str, channels: Mapping[int, Sequence[str]], drops: Collection[str]) -> list[SeenCard]:
    """Every card of ours about these drops among the last messages of the channels, and among the messages that are
    named by id. Raises CannotLook."""
    client = discord.Client(intents=discord.Intents(guilds=True), max_ratelimit_timeout=30)
    found = _Found(drops)
    try:
        async with asyncio.timeout(SECONDS_MAX):
            await client.login(token)
            for channel_id, message_ids in channels.items():
                async for message in _messages(client, channel_id, message_ids):
                    found.look_at(client, message)
    except discord.LoginFailure:
        raise CannotLook("Discord refuses the bot's token") from None
    except discord.HTTPException as error:
        raise CannotLook(f"Discord answers {error.status}: {error.text}") from None
    except (aiohttp.ClientError, discord.DiscordException, TimeoutError, OSError) as error:
        raise CannotLook(f"Discord does not answer ({type(error).__name__})") from None
    finally:
        await client.close()
    return found.cards


async def _messages(
    client: discord.Client, channel_id: int, message_ids: Sequence[str]
) -> AsyncIterator[discord.Message]:
    channel = client.get_partial_messageable(channel_id)
    seen = set()
    async for message in channel.history(limit=LOOKED_BACK_MAX):
        seen.add(str(message.id))
        yield message
    for message_id in dict.fromkeys(message_ids):
        if message_id not in seen:
            with suppress(discord.NotFound):
                yield await channel.fetch_message(int(message_id))


@dataclass(slots=True)
class _Found:
    drops: Collection[str]
    cards: list[SeenCard] = field(default_factory=list)

    def look_at(self, client: discord.Client, message: discord.Message) -> None:
        if client.user is None or message.author.id != client.user.id:
            return
        # The buttons say which drop it is, in whatever language the card speaks.
        drops = {drop for drop in map(_drop_of, _custom_ids(message)) if drop in self.drops}
        shown_at = message.edited_at or message.created_at
        for drop in drops:
            for embed in message.embeds:
                fields = tuple((each.name or "", each.value or "") for each in embed.fields)
                self.cards.append(SeenCard(drop, fields, shown_at))


def _custom_ids(message: discord.Message) -> list[str]:
    rows = (row for row in message.components if isinstance(row, discord.ActionRow))
    return [child.custom_id or "" for row in rows for child in row.children if isinstance(child, discord.Button)]


def _drop_of(custom_id: str) -> str:
    """ "mug" of "md:claim:mug" and of "md:control:open:mug"; "" of any other button."""
    kind, _, rest = custom_id.removeprefix(PREFIX).partition(":")
    if not custom_id.startswith(PREFIX) or kind not in ("claim", "control"):
        return ""
    return rest if kind == "claim" else rest.partition(":")[2]
