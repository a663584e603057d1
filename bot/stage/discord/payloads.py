"""The one place where the local Discord's objects become JSON, with every key a strict client subscripts."""

from __future__ import annotations

from typing import Any

from bot.stage.discord import model
from bot.stage.discord.guild import Channel, Guild, Member, Role
from bot.stage.discord.snowflakes import iso

Json = dict[str, Any]

INTERACTION_TYPES: dict[model.Kind, int] = {"slash": 2, "press": 3, "select": 3, "submit": 5}
GATEWAY_MESSAGE_CONTENT_LIMITED = 1 << 19


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
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "flags": 0,
        "mute": False,
        "deaf": False,
    }


def member(member: Member) -> Json:
    return member_without_user(member) | {"user": user(member)}


def role(role: Role) -> Json:
    body: Json = {
        "id": role.id,
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.managed_by is not None,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if role.managed_by is not None:
        body["tags"] = {"bot_id": role.managed_by}
    return body


def channel(channel: Channel, guild: Guild) -> Json:
    return {
        "id": channel.id,
        "type": 0,
        "guild_id": guild.id,
        "name": channel.name,
        "position": channel.position,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "flags": 0,
        "rate_limit_per_user": 0,
        "last_message_id": channel.last_message_id,
        "last_pin_timestamp": None,
        "permission_overwrites": [
            {"id": key, "type": 0 if key in guild.roles else 1, "allow": str(int(allow)), "deny": str(int(deny))}
            for key, (allow, deny) in channel.overwrites.items()
        ],
    }


def guild(guild: Guild) -> Json:
    return {
        "id": guild.id,
        "name": guild.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": guild.owner_id,
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(each) for each in guild.roles.values()],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(world: Guild, bot: Member) -> Json:
    """What a bot without the members intent is told: itself is the only member in the list."""
    return guild(world) | {
        "joined_at": iso(bot.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(world.members),
        "members": [member(bot)],
        "channels": [channel(each, world) for each in world.channels.values()],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application(application_id: str, bot: Member, owner: Member) -> Json:
    return {
        "id": application_id,
        "name": bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user(bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": GATEWAY_MESSAGE_CONTENT_LIMITED,
        "flags_new": str(GATEWAY_MESSAGE_CONTENT_LIMITED),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(owner),
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def message(message: model.Message) -> Json:
    body: Json = {
        "id": message.id,
        "type": 0,
        "channel_id": message.channel.id,
        "author": user(message.author),
        "content": message.content,
        "timestamp": iso(message.created_at),
        "edited_timestamp": None if message.edited_at is None else iso(message.edited_at),
        "tts": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [user(each) for each in message.mentions],
        "mention_roles": message.mention_roles,
        "attachments": [],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned,
        "flags": message.flags,
    }
    if message.nonce is not None:
        body["nonce"] = message.nonce
    if message.reference_id is not None:
        body |= {
            "type": 19,
            "message_reference": {
                "type": 0,
                "message_id": message.reference_id,
                "channel_id": message.channel.id,
                "guild_id": message.author.guild.id,
            },
        }
    if message.interaction is not None:
        body |= {
            "type": 20 if message.interaction.kind == "slash" else 0,
            "webhook_id": message.interaction.application_id,
            "application_id": message.interaction.application_id,
            "interaction_metadata": interaction_metadata(message.interaction),
        }
    return body


def interaction_metadata(interaction: model.Interaction) -> Json:
    body: Json = {
        "id": interaction.id,
        "type": INTERACTION_TYPES[interaction.kind],
        "user": user(interaction.member),
        "authorizing_integration_owners": {"0": interaction.member.guild.id},
    }
    if interaction.kind in ("press", "select") and interaction.message is not None:
        body["interacted_message_id"] = interaction.message.id
    if interaction.opened_by is not None:
        body["triggering_interaction_metadata"] = interaction_metadata(interaction.opened_by)
    return body


def dispatched_message(body: Json, author: Member) -> Json:
    """The gateway tells a message together with its server and its author's membership."""
    return body | {"guild_id": author.guild.id, "member": member_without_user(author)}


def interaction(act: model.Interaction, bot: Member) -> Json:
    server = act.member.guild
    in_channel = server.permissions_of(act.member, act.channel)
    body: Json = {
        "id": act.id,
        "application_id": act.application_id,
        "type": INTERACTION_TYPES[act.kind],
        "token": act.token,
        "version": 1,
        "data": act.data,
        "guild_id": server.id,
        "guild": {"id": server.id, "locale": "en-US", "features": []},
        "channel_id": act.channel.id,
        "channel": channel(act.channel, server) | {"permissions": str(int(in_channel))},
        "member": member(act.member) | {"permissions": str(int(in_channel))},
        "app_permissions": str(int(server.permissions_of(bot, act.channel))),
        "locale": "en-US",
        "guild_locale": "en-US",
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": server.id},
        "context": 0,
        "attachment_size_limit": 10_485_760,
    }
    if act.message is not None:
        body["message"] = message(act.message)
    return body


def callback(act: model.Interaction, response_type: int) -> Json:
    """What a callback with `with_response` is told; only messages have a resource."""
    told: Json = {"id": act.id, "type": INTERACTION_TYPES[act.kind]}
    shown = act.original
    if shown is not None:
        told |= {
            "response_message_id": shown.id,
            "response_message_loading": bool(shown.flags & model.LOADING),
            "response_message_ephemeral": bool(shown.flags & model.EPHEMERAL),
        }
    body: Json = {"interaction": told}
    if shown is not None and response_type in (4, 7):
        body["resource"] = {"type": response_type, "message": message(shown)}
    return body


def ready(session_id: str, application_id: str, bot: Member, shard: list[int], resume_url: str) -> Json:
    return {
        "v": 10,
        "user": own_user(bot),
        "guilds": [{"id": bot.guild.id, "unavailable": True}],
        "session_id": session_id,
        "session_type": "normal",
        "resume_gateway_url": resume_url,
        "shard": shard,
        "application": {"id": application_id, "flags": GATEWAY_MESSAGE_CONTENT_LIMITED},
        "private_channels": [],
        "presences": [],
        "user_settings": {},
        "relationships": [],
        "guild_join_requests": [],
        "geo_ordered_rtc_regions": [],
        "_trace": ["stage"],
    }


def message_deleted(message: model.Message) -> Json:
    return {"id": message.id, "channel_id": message.channel.id, "guild_id": message.author.guild.id}


def member_updated(changed: Member) -> Json:
    return member(changed) | {"guild_id": changed.guild.id}
