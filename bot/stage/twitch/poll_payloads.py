"""Twitch's shapes of a poll: the Helix object and the three events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.stage.twitch.model import TwitchUser, rfc3339
from bot.stage.twitch.payloads import Json, who

if TYPE_CHECKING:
    from bot.stage.twitch.polls import Poll


def helix(poll: Poll, broadcaster: TwitchUser) -> Json:
    return {
        "id": poll.id,
        **who(broadcaster, "broadcaster"),
        "title": poll.title,
        "choices": _counted(poll),
        "bits_voting_enabled": False,
        "bits_per_vote": 0,
        "channel_points_voting_enabled": poll.points_per_vote > 0,
        "channel_points_per_vote": poll.points_per_vote,
        "status": str(poll.status),
        "duration": poll.seconds,
        "started_at": rfc3339(poll.started_at),
        "ended_at": rfc3339(poll.ended_at) if poll.ended_at is not None else None,
    }


def begun(poll: Poll, broadcaster: TwitchUser) -> Json:
    """The event of channel.poll.begin."""
    choices = [{"id": each.id, "title": each.title} for each in poll.choices]
    return {**_event(poll, broadcaster), "choices": choices, "ends_at": rfc3339(poll.ends_at)}


def progressed(poll: Poll, broadcaster: TwitchUser) -> Json:
    """The event of channel.poll.progress."""
    return {**_event(poll, broadcaster), "choices": _counted(poll), "ends_at": rfc3339(poll.ends_at)}


def ended(poll: Poll, broadcaster: TwitchUser) -> Json:
    """The event of channel.poll.end."""
    return {
        **_event(poll, broadcaster),
        "choices": _counted(poll),
        "status": poll.status.lower(),
        "ended_at": rfc3339(poll.ended_at if poll.ended_at is not None else poll.ends_at),
    }


def _event(poll: Poll, broadcaster: TwitchUser) -> Json:
    return {
        "id": poll.id,
        **who(broadcaster, "broadcaster_user"),
        "title": poll.title,
        "bits_voting": {"is_enabled": False, "amount_per_vote": 0},
        "channel_points_voting": {
            "is_enabled": poll.points_per_vote > 0,
            "amount_per_vote": poll.points_per_vote,
        },
        "started_at": rfc3339(poll.started_at),
    }


def _counted(poll: Poll) -> list[Json]:
    return [
        {
            "id": each.id,
            "title": each.title,
            "votes": each.votes,
            "channel_points_votes": each.points_votes,
            "bits_votes": 0,
        }
        for each in poll.choices
    ]
