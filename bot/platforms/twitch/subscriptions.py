"""Which EventSub events the bot wants to hear, and with whose token: a table that features add to."""

from __future__ import annotations

from dataclasses import dataclass

from twitchio import eventsub

CHAT = "channel.chat.message"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One subscription: `owner` is the user id whose token asks for it."""

    owner: str
    payload: eventsub.SubscriptionPayload

    @property
    def name(self) -> str:
        return str(self.payload.type)


def wanted_subscriptions(channel_id: str, bot_id: str) -> tuple[Wanted, ...]:
    """The table for one channel; chat stands first, because it matters most."""
    return (
        Wanted(bot_id, eventsub.ChatMessageSubscription(broadcaster_user_id=channel_id, user_id=bot_id)),
        Wanted(bot_id, eventsub.StreamOnlineSubscription(broadcaster_user_id=channel_id)),
        Wanted(bot_id, eventsub.StreamOfflineSubscription(broadcaster_user_id=channel_id)),
    )
