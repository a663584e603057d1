"""The rules of the chat room that moderators switch: slow mode, followers only, subscribers only and the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.stage.twitch.model import TwitchUser
from bot.stage.twitch.payloads import Json, who


@dataclass(frozen=True, slots=True)
class RoomRules:
    """None and False are off. `followers_minutes` is how long one has to have followed; 0 takes any follower."""

    slow_seconds: int | None = None
    followers_minutes: int | None = None
    subscribers_only: bool = False
    emotes_only: bool = False
    unique: bool = False
    delay_seconds: int | None = None

    @property
    def any(self) -> bool:
        """Whether anything is asked of a viewer; a delay only makes lines late."""
        limits = (self.slow_seconds, self.followers_minutes)
        return any(each is not None for each in limits) or any(
            (self.subscribers_only, self.emotes_only, self.unique)
        )


def helix_settings(rules: RoomRules, broadcaster: TwitchUser, moderator_id: str | None) -> Json:
    """With `moderator_id` the answer shows what only moderators see."""
    shown: dict[str, Any] = {
        "broadcaster_id": broadcaster.id,
        **_modes(rules),
        "follower_mode_duration": rules.followers_minutes,
        "slow_mode_wait_time": rules.slow_seconds,
    }
    if moderator_id is not None:
        shown |= {
            "moderator_id": moderator_id,
            "non_moderator_chat_delay": rules.delay_seconds is not None,
            "non_moderator_chat_delay_duration": rules.delay_seconds,
        }
    return shown


def settings_event(rules: RoomRules, broadcaster: TwitchUser) -> Json:
    """The event of channel.chat_settings.update."""
    return {
        **who(broadcaster, "broadcaster_user"),
        **_modes(rules),
        "follower_mode_duration_minutes": rules.followers_minutes,
        "slow_mode_wait_time_seconds": rules.slow_seconds,
    }


def _modes(rules: RoomRules) -> dict[str, bool]:
    return {
        "emote_mode": rules.emotes_only,
        "follower_mode": rules.followers_minutes is not None,
        "slow_mode": rules.slow_seconds is not None,
        "subscriber_mode": rules.subscribers_only,
        "unique_chat_mode": rules.unique,
    }
