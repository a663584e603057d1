"""Which EventSub events the bot wants to hear, and with whose token: a table that features add to."""

from __future__ import annotations

from dataclasses import dataclass

from twitchio import eventsub

from bot.domain.entitlements import Source
from bot.platforms.twitch.settings import TwitchSettings

CHAT = "channel.chat.message"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One subscription: `owner` is the user id whose token asks for it. An `optional` one may be refused: what it
    tells is also found out by asking, only later."""

    owner: str
    payload: eventsub.SubscriptionPayload
    optional: bool = False

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


_OF_THE_STREAMER = {
    Source.TWITCH_SUBSCRIPTIONS: (
        eventsub.ChannelSubscribeSubscription,
        eventsub.ChannelSubscriptionEndSubscription,
    ),
    Source.TWITCH_VIPS: (eventsub.ChannelVIPAddSubscription, eventsub.ChannelVIPRemoveSubscription),
    Source.TWITCH_MODERATORS: (
        eventsub.ChannelModeratorAddSubscription,
        eventsub.ChannelModeratorRemoveSubscription,
    ),
}


def evidence_subscriptions(settings: TwitchSettings, sources: frozenset[Source]) -> tuple[Wanted, ...]:
    """What tells of changes in the answers of these sources. Without it, an answer is believed until its time is
    up."""
    channel_id, bot_id = settings.channel_id, settings.bot_id
    wanted: list[Wanted] = []
    if Source.TWITCH_FOLLOWERS in sources:
        follow = eventsub.ChannelFollowSubscription(broadcaster_user_id=channel_id, moderator_user_id=bot_id)
        wanted.append(Wanted(bot_id, follow, optional=True))
    if settings.streamer_token or channel_id == bot_id:
        for source, kinds in _OF_THE_STREAMER.items():
            if source in sources:
                made = (kind(broadcaster_user_id=channel_id) for kind in kinds)
                wanted += [Wanted(channel_id, each, optional=True) for each in made]
    return tuple(wanted)


def poll_subscriptions(settings: TwitchSettings) -> tuple[Wanted, ...]:
    """What tells how the channel's own polls end. Without it, each is asked about when ours is over."""
    if not settings.streamer_token and settings.channel_id != settings.bot_id:
        return ()
    ends = eventsub.ChannelPollEndSubscription(broadcaster_user_id=settings.channel_id)
    return (Wanted(settings.channel_id, ends, optional=True),)
