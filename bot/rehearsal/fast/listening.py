"""Which EventSub events a quick play hears: those that the program wants, without the client's library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.entitlements import Source
from bot.platforms.twitch.settings import TwitchSettings

CHAT, ONLINE, OFFLINE = "channel.chat.message", "stream.online", "stream.offline"
FOLLOW = "channel.follow"
# Told to the streamer's own login.
_OF_THE_STREAMER: Mapping[Source, tuple[str, ...]] = {
    Source.TWITCH_SUBSCRIPTIONS: ("channel.subscribe", "channel.subscription.end"),
    Source.TWITCH_VIPS: ("channel.vip.add", "channel.vip.remove"),
    Source.TWITCH_MODERATORS: ("channel.moderator.add", "channel.moderator.remove"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One subscription; a test compares them with those of the library."""

    name: str
    version: str
    condition: Mapping[str, str]


def wanted_events(settings: TwitchSettings, sources: frozenset[Source]) -> tuple[Event, ...]:
    """Chat and the stream, and what changes the evidence of these sources."""
    channel = {"broadcaster_user_id": settings.channel_id}
    events = [
        Event(CHAT, "1", {**channel, "user_id": settings.bot_id}),
        Event(ONLINE, "1", channel),
        Event(OFFLINE, "1", channel),
    ]
    if Source.TWITCH_FOLLOWERS in sources:
        events.append(Event(FOLLOW, "2", {**channel, "moderator_user_id": settings.bot_id}))
    if settings.streamer_token or settings.channel_id == settings.bot_id:
        names = (name for source, names in _OF_THE_STREAMER.items() if source in sources for name in names)
        events += [Event(name, "1", channel) for name in names]
    return tuple(events)
