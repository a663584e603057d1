"""Which EventSub types the stage imitates, what their conditions hold and whose permission they need."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventType:
    """One type and version.

    `conditions` are the keys that must be there; `permitted_by` names the one whose user the token must belong
    to (None: any user token does); `scopes` lists scopes of which one is enough (empty: none is needed).
    `conduit_only` types are not told to sockets that belong to a user.
    """

    name: str
    version: str
    conditions: tuple[str, ...]
    permitted_by: str | None = None
    scopes: frozenset[str] = frozenset()
    conduit_only: bool = False

    @property
    def is_chat(self) -> bool:
        """Whether somebody reads along in the channel's chat."""
        return self.permitted_by == "user_id"


_CHANNEL = ("broadcaster_user_id",)
_CHAT = ("broadcaster_user_id", "user_id")
_POLLS = "channel:read:polls channel:manage:polls"
_REDEMPTIONS = "channel:read:redemptions channel:manage:redemptions"
_SUBSCRIPTIONS = "channel:read:subscriptions"
_VIPS = "channel:read:vips channel:manage:vips"
_MODERATORS = "moderation:read channel:manage:moderators"


def _chat(name: str) -> EventType:
    return EventType(name, "1", _CHAT, "user_id", frozenset({"user:read:chat"}))


def _owner(name: str, scopes: str) -> EventType:
    return EventType(name, "1", _CHANNEL, "broadcaster_user_id", frozenset(scopes.split()))


_ALL = (
    _chat("channel.chat.message"),
    _chat("channel.chat.notification"),
    _chat("channel.chat.clear"),
    _chat("channel.chat.clear_user_messages"),
    _chat("channel.chat.message_delete"),
    _chat("channel.chat_settings.update"),
    EventType("stream.online", "1", _CHANNEL),
    EventType("stream.offline", "1", _CHANNEL),
    EventType("channel.update", "2", _CHANNEL),
    EventType("channel.raid", "1", ()),
    EventType(
        "channel.follow",
        "2",
        ("broadcaster_user_id", "moderator_user_id"),
        "moderator_user_id",
        frozenset({"moderator:read:followers"}),
    ),
    EventType(
        "channel.shoutout.create",
        "1",
        ("broadcaster_user_id", "moderator_user_id"),
        "moderator_user_id",
        frozenset({"moderator:read:shoutouts", "moderator:manage:shoutouts"}),
    ),
    _owner("channel.subscribe", _SUBSCRIPTIONS),
    _owner("channel.subscription.end", _SUBSCRIPTIONS),
    _owner("channel.subscription.gift", _SUBSCRIPTIONS),
    _owner("channel.subscription.message", _SUBSCRIPTIONS),
    _owner("channel.cheer", "bits:read"),
    _owner("channel.bits.use", "bits:read"),
    _owner("channel.ban", "channel:moderate"),
    _owner("channel.unban", "channel:moderate"),
    _owner("channel.moderator.add", _MODERATORS),
    _owner("channel.moderator.remove", _MODERATORS),
    _owner("channel.vip.add", _VIPS),
    _owner("channel.vip.remove", _VIPS),
    _owner("channel.poll.begin", _POLLS),
    _owner("channel.poll.progress", _POLLS),
    _owner("channel.poll.end", _POLLS),
    _owner("channel.channel_points_custom_reward.add", _REDEMPTIONS),
    _owner("channel.channel_points_custom_reward.update", _REDEMPTIONS),
    _owner("channel.channel_points_custom_reward.remove", _REDEMPTIONS),
    _owner("channel.channel_points_custom_reward_redemption.add", _REDEMPTIONS),
    _owner("channel.channel_points_custom_reward_redemption.update", _REDEMPTIONS),
    EventType("user.authorization.grant", "1", ("client_id",), conduit_only=True),
    EventType("user.authorization.revoke", "1", ("client_id",), conduit_only=True),
)

EVENT_TYPES = {(each.name, each.version): each for each in _ALL}
