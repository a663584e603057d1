"""People and roles as JSON."""

from __future__ import annotations

from typing import Any

from bot.stage.discord.guild import Member, Role
from bot.stage.discord.snowflakes import iso

Json = dict[str, Any]


def user(member: Member) -> Json:
    body: Json = {
        "id": member.id,
        "username": member.name,
        "discriminator": "0000" if member.is_bot else "0",
        "global_name": member.global_name,
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    if member.is_bot:
        body["bot"] = True
    return body


def own_user(member: Member) -> Json:
    return user(member) | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def member_without_user(member: Member) -> Json:
    return {
        "roles": [role.id for role in member.roles],
        "nick": None,
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "collectibles": None,
        "joined_at": iso(member.joined_at),
        "premium_since": None if member.boosts_since is None else iso(member.boosts_since),
        "communication_disabled_until": None,
        "pending": False,
        "flags": 0,
        "mute": False,
        "deaf": False,
    }


def member(member: Member) -> Json:
    return member_without_user(member) | {"user": user(member)}


def member_updated(changed: Member) -> Json:
    return member(changed) | {"guild_id": changed.guild.id}


def role(role: Role) -> Json:
    body: Json = {
        "id": role.id,
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "managed": role.is_managed,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    tags = role.tags | ({} if role.managed_by is None else {"bot_id": role.managed_by})
    if tags:
        body["tags"] = tags
    return body
