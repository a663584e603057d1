"""People, roles and channels as values: of a command's option, of a select, of a field in a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.stage.discord import payloads
from bot.stage.discord.channels import Channel
from bot.stage.discord.guild import Guild, Member, Role

Json = dict[str, Any]

USERS, ROLES, CHANNELS = "users", "roles", "channels"


def key_of(value: object) -> str:
    """The id of a member, role or channel, or what was given as one."""
    return value.id if isinstance(value, Member | Role | Channel) else str(value)


def resolve(
    value: object, kinds: Iterable[str], guild: Guild, resolved: Json, types: Iterable[int] = ()
) -> str | None:
    """The value's id, with the object itself put into `resolved`; None for what is not of these kinds.

    `types` are the kinds of channels that fit, all of them when there are none.
    """
    key = key_of(value)
    if USERS in kinds and key in guild.members:
        member = guild.members[key]
        resolved.setdefault("users", {})[key] = payloads.user(member)
        resolved.setdefault("members", {})[key] = payloads.member_without_user(member) | {
            "permissions": str(int(member.permissions))
        }
    elif ROLES in kinds and key in guild.roles:
        resolved.setdefault("roles", {})[key] = payloads.role(guild.roles[key])
    elif CHANNELS in kinds and (channel := _channel(key, guild, types)) is not None:
        held = guild.permissions_of(guild.members[guild.owner_id], channel)
        resolved.setdefault("channels", {})[key] = payloads.channel(channel, guild) | {
            "permissions": str(int(held))
        }
    else:
        return None
    return key


def _channel(key: str, guild: Guild, types: Iterable[int]) -> Channel | None:
    channel = guild.channels.get(key) or guild.threads.get(key)
    return channel if channel is not None and (not types or channel.kind in types) else None
