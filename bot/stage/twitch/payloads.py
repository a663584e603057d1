"""The one place where Twitch's shapes are written: Helix objects and EventSub events, with every key they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.stage.twitch.model import (
    Ban,
    ChatMessage,
    PaidSubscription,
    Stream,
    TwitchUser,
    rfc3339,
    rfc3339_seconds,
)

Json = dict[str, Any]
_LANGUAGE = "en"
_GAME = {"game_id": "509660", "game_name": "Art"}
_BADGE_VERSIONS = {"subscriber": ("12", "14"), "founder": ("0", "14")}


def who(user: TwitchUser | None, prefix: str = "user") -> Json:
    """The three keys by which events and lists name somebody: PREFIX_id, _login and _name."""
    return {
        f"{prefix}_id": user.id if user else None,
        f"{prefix}_login": user.login if user else None,
        f"{prefix}_name": user.name if user else None,
    }


def badges(user: TwitchUser, broadcaster: TwitchUser, *, through_app: bool = False) -> list[Json]:
    """The badges beside a name in chat; `through_app` adds the chat bot's badge."""
    sets = sorted(user.badges) + (["broadcaster"] if user is broadcaster else [])
    if through_app:
        sets.append("bot-badge")
    shown = []
    for set_id in sets:
        version, info = _BADGE_VERSIONS.get(set_id, ("1", ""))
        shown.append({"set_id": set_id, "id": version, "info": info})
    return shown


def _text(text: str) -> Json:
    fragment = {"type": "text", "text": text, "cheermote": None, "emote": None, "mention": None}
    return {"text": text, "fragments": [fragment] if text else []}


def _reply(parent: ChatMessage | None) -> Json | None:
    if parent is None:
        return None
    thread = parent
    while thread.reply_to is not None:
        thread = thread.reply_to
    return {
        "parent_message_id": parent.id,
        "parent_message_body": parent.text,
        **who(parent.sender, "parent_user"),
        "thread_message_id": thread.id,
        **who(thread.sender, "thread_user"),
    }


def _source(message: ChatMessage, shown: Sequence[Json]) -> Json:
    shared = message.shared_from is not None
    return {
        **who(message.shared_from, "source_broadcaster_user"),
        "source_message_id": message.id if shared else None,
        "source_badges": list(shown) if shared else None,
        "is_source_only": False if shared else None,
    }


def chat_message(message: ChatMessage, broadcaster: TwitchUser, *, through_app: bool = False) -> Json:
    """The event of channel.chat.message."""
    shown = badges(message.sender, broadcaster, through_app=through_app)
    return {
        **who(broadcaster, "broadcaster_user"),
        **who(message.sender, "chatter_user"),
        "message_id": message.id,
        "message": _text(message.text),
        "color": "#1E90FF",
        "badges": shown,
        "message_type": "text",
        "cheer": None,
        "reply": _reply(message.reply_to),
        "channel_points_custom_reward_id": message.reward_id,
        "channel_points_animation_id": None,
        **_source(message, shown),
    }


_NOTICES = (
    "sub",
    "resub",
    "sub_gift",
    "community_sub_gift",
    "gift_paid_upgrade",
    "prime_paid_upgrade",
    "pay_it_forward",
    "raid",
    "unraid",
    "announcement",
    "bits_badge_tier",
    "charity_donation",
    "watch_streak",
    "shared_chat_sub",
    "shared_chat_resub",
    "shared_chat_sub_gift",
    "shared_chat_community_sub_gift",
    "shared_chat_gift_paid_upgrade",
    "shared_chat_prime_paid_upgrade",
    "shared_chat_pay_it_forward",
    "shared_chat_raid",
    "shared_chat_announcement",
)


def chat_notification(
    message: ChatMessage, broadcaster: TwitchUser, notice: str, detail: Json | None, system_message: str = ""
) -> Json:
    """The event of channel.chat.notification; `detail` stands under the key `notice`."""
    shown = badges(message.sender, broadcaster)
    source = _source(message, shown)
    del source["is_source_only"]
    return {
        **who(broadcaster, "broadcaster_user"),
        **who(message.sender, "chatter_user"),
        "chatter_is_anonymous": False,
        "color": "#1E90FF",
        "badges": shown,
        "system_message": system_message,
        "message_id": message.id,
        "message": _text(message.text),
        "notice_type": notice,
        **dict.fromkeys(_NOTICES),
        notice: detail,
        **source,
    }


def stream_online(stream: Stream, broadcaster: TwitchUser) -> Json:
    return {
        "id": stream.id,
        **who(broadcaster, "broadcaster_user"),
        "type": "live",
        "started_at": rfc3339(stream.started_at),
    }


def stream_offline(stream: Stream, broadcaster: TwitchUser) -> Json:
    # The id is in no example of the documentation's own text, but the platform sends it and clients read it.
    return {"id": stream.id, **who(broadcaster, "broadcaster_user")}


def channel_update(title: str, broadcaster: TwitchUser) -> Json:
    return {
        **who(broadcaster, "broadcaster_user"),
        "title": title,
        "language": _LANGUAGE,
        "category_id": _GAME["game_id"],
        "category_name": _GAME["game_name"],
        "content_classification_labels": [],
    }


def viewer_event(user: TwitchUser, broadcaster: TwitchUser, **more: Any) -> Json:
    """An event about one viewer of the channel: a follow, a subscription, a new moderator or VIP, a cheer."""
    return {**who(user), **who(broadcaster, "broadcaster_user"), **more}


def about(user: TwitchUser, broadcaster: TwitchUser) -> Json:
    """An event about what became of somebody's lines in chat."""
    return {**who(broadcaster, "broadcaster_user"), **who(user, "target_user")}


def bits_use(user: TwitchUser, broadcaster: TwitchUser, bits: int, text: str) -> Json:
    """The event of channel.bits.use for a cheer."""
    cheermote = {"prefix": "cheer", "bits": bits, "tier": 1}
    fragment = {"type": "cheermote", "text": text, "cheermote": cheermote, "emote": None}
    return {
        **who(user),
        **who(broadcaster, "broadcaster_user"),
        "bits": bits,
        "type": "cheer",
        "power_up": None,
        "message": {"text": text, "fragments": [fragment]},
    }


def raid(raider: TwitchUser, broadcaster: TwitchUser, viewers: int) -> Json:
    return {
        **who(raider, "from_broadcaster_user"),
        **who(broadcaster, "to_broadcaster_user"),
        "viewers": viewers,
    }


def helix_user(user: TwitchUser, broadcaster_type: str = "") -> Json:
    """`broadcaster_type` is "partner", "affiliate" or nothing."""
    return {
        "id": user.id,
        "login": user.login,
        "display_name": user.name,
        "type": "",
        "broadcaster_type": broadcaster_type,
        "description": "",
        "profile_image_url": "",
        "offline_image_url": "",
        "view_count": 0,
        "created_at": rfc3339_seconds(user.created_at),
    }


def helix_stream(stream: Stream, broadcaster: TwitchUser, viewers: int) -> Json:
    return {
        "id": stream.id,
        **who(broadcaster),
        **_GAME,
        "type": "live",
        "title": stream.title,
        "tags": [],
        "tag_ids": [],
        "viewer_count": viewers,
        "started_at": rfc3339_seconds(stream.started_at),
        "language": _LANGUAGE,
        "thumbnail_url": "",
        "is_mature": False,
    }


def helix_channel(title: str, broadcaster: TwitchUser) -> Json:
    return {
        **who(broadcaster, "broadcaster"),
        "broadcaster_language": _LANGUAGE,
        **_GAME,
        "title": title,
        "delay": 0,
        "tags": [],
        "content_classification_labels": [],
        "is_branded_content": False,
    }


def helix_ban(user: TwitchUser, ban: Ban) -> Json:
    return {
        **who(user),
        **who(ban.moderator, "moderator"),
        "reason": ban.reason,
        "created_at": rfc3339_seconds(ban.at),
        "expires_at": rfc3339_seconds(ban.until) if ban.until is not None else "",
    }


def helix_own_subscription(paid: PaidSubscription, broadcaster: TwitchUser) -> Json:
    """What a subscriber may read of the own subscription."""
    return {**who(broadcaster, "broadcaster"), "is_gift": paid.is_gift, "tier": paid.tier}


def helix_subscription(paid: PaidSubscription, broadcaster: TwitchUser) -> Json:
    return {
        **who(broadcaster, "broadcaster"),
        "gifter_id": "",
        "gifter_login": "",
        "gifter_name": "",
        "is_gift": paid.is_gift,
        "plan_name": f"Channel Subscription ({broadcaster.login})",
        "tier": paid.tier,
        **who(paid.user),
    }


def page(data: Sequence[Json], pagination: Mapping[str, str] | None = None, **more: Any) -> Json:
    """A Helix list; `pagination` is there even when nothing follows."""
    return {"data": list(data), **more, "pagination": dict(pagination or {})}


def frame(message_id: str, message_type: str, at: int, payload: Mapping[str, Any], **metadata: str) -> Json:
    """One EventSub WebSocket message; `at` is in microseconds."""
    return {
        "metadata": {
            "message_id": message_id,
            "message_type": message_type,
            "message_timestamp": rfc3339(at),
            **metadata,
        },
        "payload": dict(payload),
    }
