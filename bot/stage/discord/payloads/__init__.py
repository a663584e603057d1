"""The one place where the local Discord's objects become JSON, with every key a strict client subscripts."""

from __future__ import annotations

from bot.stage.discord.payloads.interactions import callback, interaction
from bot.stage.discord.payloads.messages import (
    dispatched_message,
    interaction_metadata,
    message,
    message_deleted,
    poll,
    where,
    without_content,
)
from bot.stage.discord.payloads.people import (
    member,
    member_updated,
    member_without_user,
    own_user,
    role,
    user,
)
from bot.stage.discord.payloads.server import (
    application,
    channel,
    event,
    guild,
    guild_create,
    ready,
    thread_for,
    thread_member,
)

__all__ = [
    "application",
    "callback",
    "channel",
    "dispatched_message",
    "event",
    "guild",
    "guild_create",
    "interaction",
    "interaction_metadata",
    "member",
    "member_updated",
    "member_without_user",
    "message",
    "message_deleted",
    "own_user",
    "poll",
    "ready",
    "role",
    "thread_for",
    "thread_member",
    "user",
    "where",
    "without_content",
]
