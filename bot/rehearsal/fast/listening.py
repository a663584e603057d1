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
    """One subscription; a test compares them with those of the library. `owner` is the user id whose login asks for
    it; an `optional` one may be refused."""

    owner: str
    name: str
    version: str
    condition: Mapping[str, str]
    optional: bool = False


def wanted_events(settings: TwitchSettings, sources: frozenset[Source]) -> tuple[Event, ...]:
    """Chat and the stream, and what changes the evidence of these sources."""
    streamer, bot = settings.channel_id, settings.bot_id
    channel = {"broadcaster_user_id": streamer}
    events = [
        Event(bot, CHAT, "1", {**channel, "user_id": bot}),
        Event(bot, ONLINE, "1", channel),
        Event(bot, OFFLINE, "1", channel),
    ]
    if Source.TWITCH_FOLLOWERS in sources:
        events.append(Event(bot, FOLLOW, "2", {**channel, "moderator_user_id": bot}, optional=True))
    if settings.streamer_token or streamer == bot:
        names = (name for source, names in _OF_THE_STREAMER.items() if source in sources for name in names)
        events += [Event(streamer, name, "1", channel, optional=True) for name in names]
    return tuple(events)
