"""The server, its channels and threads, and the application itself as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bot.stage.discord.channels import Channel, DirectChannel, Thread
from bot.stage.discord.guild import Guild, Member
from bot.stage.discord.payloads.people import member, own_user, role, user
from bot.stage.discord.snowflakes import iso

if TYPE_CHECKING:
    from bot.stage.discord.events import ScheduledEvent

Json = dict[str, Any]

# Which privileged intents were switched on is told in the application's flags, by the bits of small bots.
_FLAGS_OF_INTENTS = {1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19}


def channel(channel: Channel, guild: Guild) -> Json:
    """A channel of any kind; what a thread and a direct message have of their own differs."""
    body: Json = {
        "id": channel.id,
        "type": channel.kind,
        "flags": 0,
        "last_message_id": channel.last_message_id,
        "last_pin_timestamp": None if channel.last_pin_at is None else iso(channel.last_pin_at),
    }
    if isinstance(channel, DirectChannel):
        return body | {"recipients": [user(channel.recipient)]}
    body |= {"guild_id": guild.id, "name": channel.name, "rate_limit_per_user": 0}
    if isinstance(channel, Thread):
        return body | _thread(channel)
    return body | {
        "position": channel.position,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "permission_overwrites": [
            {"id": key, "type": 0 if key in guild.roles else 1, "allow": str(int(allow)), "deny": str(int(deny))}
            for key, (allow, deny) in channel.overwrites.items()
        ],
    }


def _thread(thread: Thread) -> Json:
    metadata: Json = {
        "archived": thread.archived,
        "auto_archive_duration": thread.auto_archive_minutes,
        "archive_timestamp": iso(thread.archive_changed_at),
        "locked": thread.locked,
        "create_timestamp": iso(thread.created_at),
    }
    if thread.is_private:
        metadata["invitable"] = thread.invitable
    return {
        "parent_id": thread.parent.id,
        "owner_id": thread.owner.id,
        "thread_metadata": metadata,
        "message_count": thread.message_count,
        "member_count": min(len(thread.members), 50),
        "total_message_sent": thread.total_message_sent,
        "rate_limit_per_user": thread.slow_mode_seconds,
    }


def thread_member(thread: Thread, user_id: str) -> Json:
    return {"id": thread.id, "user_id": user_id, "join_timestamp": iso(thread.members[user_id]), "flags": 0}


def thread_for(thread: Thread, guild: Guild, reader: Member) -> Json:
    """A thread as somebody in it is told of it."""
    body = channel(thread, guild)
    if reader.id in thread.members:
        body["member"] = thread_member(thread, reader.id)
    return body


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


def guild_create(world: Guild, bot: Member, events: Iterable[Json] = ()) -> Json:
    """What a bot without the members intent is told: itself is the only member in the list."""
    return guild(world) | {
        "joined_at": iso(bot.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(world.members),
        "members": [member(bot)],
        "channels": [channel(each, world) for each in world.channels.values()],
        "threads": [
            thread_for(each, world, bot)
            for each in world.threads.values()
            if not each.archived and world.permissions_of(bot, each)
        ],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": list(events),
        "soundboard_sounds": [],
    }


def event(event: ScheduledEvent, *, with_count: bool = False) -> Json:
    """An event that takes place somewhere outside of Discord, the only kind there is here."""
    body: Json = {
        "id": event.id,
        "guild_id": event.creator.guild.id,
        "channel_id": None,
        "creator_id": event.creator.id,
        "creator": user(event.creator),
        "name": event.name,
        "description": event.description,
        "image": None,
        "scheduled_start_time": iso(event.starts_at),
        "scheduled_end_time": iso(event.ends_at),
        "privacy_level": 2,
        "status": event.status,
        "entity_type": 3,
        "entity_id": None,
        "entity_metadata": {"location": event.location},
        "recurrence_rule": None,
        "guild_scheduled_event_exceptions": [],
    }
    return body | ({"user_count": len(event.interested)} if with_count else {})


def application_flags(allowed_intents: int) -> int:
    """What the developer portal allows of the privileged intents, as the application's flags tell it."""
    return sum(flag for intent, flag in _FLAGS_OF_INTENTS.items() if allowed_intents & intent)


def application(application_id: str, bot: Member, owner: Member, allowed_intents: int) -> Json:
    flags = application_flags(allowed_intents)
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
        "flags": flags,
        "flags_new": str(flags),
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


def ready(
    session_id: str, application_id: str, bot: Member, shard: list[int], resume_url: str, allowed_intents: int
) -> Json:
    return {
        "v": 10,
        "user": own_user(bot),
        "guilds": [{"id": bot.guild.id, "unavailable": True}],
        "session_id": session_id,
        "session_type": "normal",
        "resume_gateway_url": resume_url,
        "shard": shard,
        "application": {"id": application_id, "flags": application_flags(allowed_intents)},
        "private_channels": [],
        "presences": [],
        "user_settings": {},
        "relationships": [],
        "guild_join_requests": [],
        "geo_ordered_rtc_regions": [],
        "_trace": ["stage"],
    }
