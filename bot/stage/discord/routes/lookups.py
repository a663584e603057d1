"""What endpoints look up first: the server, a channel or a message the bot may touch, a number in the query."""

from __future__ import annotations

from typing import Any

from bot.stage.discord import errors, payloads
from bot.stage.discord.board import is_veiled
from bot.stage.discord.channels import Channel
from bot.stage.discord.guild import Guild, Member
from bot.stage.discord.model import Message
from bot.stage.discord.permissions import Permission
from bot.stage.discord.routes.route import Call
from bot.stage.discord.sessions import MESSAGE_CONTENT
from bot.stage.discord.world import DiscordWorld

YES = frozenset({"1", "true", "True"})


def guild_of(world: DiscordWorld, call: Call) -> Guild:
    if call.params["guild_id"] != world.guild_id:
        raise errors.unknown_guild()
    return world.guild


def member_of(world: DiscordWorld, call: Call) -> Member:
    """`@me` or somebody by id."""
    user_id = call.params.get("user_id", "@me")
    return world.bot if user_id == "@me" else world.guild.member(user_id)


def channel_of(world: DiscordWorld, call: Call, needed: Permission) -> Channel:
    channel = world.guild.channel(call.params["channel_id"])
    world.guild.require(world.bot, channel, needed)
    return channel


def message_of(world: DiscordWorld, call: Call, needed: Permission) -> Message:
    return world.board.get(channel_of(world, call, needed), call.params["message_id"])


def shown(world: DiscordWorld, message: Message) -> dict[str, Any]:
    """A message as the bot is shown it: others' words only with the message content intent."""
    body = payloads.message(message, world.bot)
    allowed = world.sessions.allowed_privileged_intents & MESSAGE_CONTENT
    return payloads.without_content(body) if is_veiled(message) and not allowed else body


def number(call: Call, key: str, usual: int, least: int, most: int) -> int:
    """A whole number of the query; raises 50035."""
    text = call.query.get(key, str(usual))
    wrong = errors.FormErrors()
    wrong.whole(int(text) if text.lstrip("-").isdecimal() else text, least, most, (key,))
    wrong.raise_if_any()
    return int(text)
