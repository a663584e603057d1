"""Who typed: a chatter as an Actor, ranked by the badges of that very message."""

from __future__ import annotations

import twitchio

from bot.domain.people import Actor, Rank
from bot.domain.text import label

PLATFORM = "twitch"


def actor_of(chatter: twitchio.Chatter | twitchio.PartialUser) -> Actor:
    """The identity and rank of whoever sent a message. Without badges, as in a redemption, it is a viewer."""
    return Actor(PLATFORM, chatter.id, _shown(chatter), _rank(chatter))


def named(user: twitchio.PartialUser) -> Actor:
    """An identity that was looked up: the platform says who it is, and nothing about a rank."""
    return Actor(PLATFORM, user.id, _shown(user))


def _shown(user: twitchio.PartialUser) -> str:
    return label(user.display_name or user.name or user.id) or user.id


def _rank(chatter: twitchio.Chatter | twitchio.PartialUser) -> Rank:
    if not isinstance(chatter, twitchio.Chatter):
        return Rank.VIEWER
    if chatter.broadcaster or chatter.id == chatter.channel.id:
        return Rank.STREAMER
    return Rank.MODERATOR if chatter.moderator else Rank.VIEWER
