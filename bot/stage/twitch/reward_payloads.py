"""Twitch's shapes of rewards and redemptions: Helix objects and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.stage.twitch.model import TwitchUser, rfc3339, rfc3339_seconds
from bot.stage.twitch.payloads import Json, who

if TYPE_CHECKING:
    from bot.stage.twitch.rewards import Redemption, Reward

_IMAGES = {
    f"url_{size}x": f"https://static-cdn.jtvnw.net/custom-reward-images/default-{size}.png" for size in (1, 2, 4)
}


def helix_reward(
    reward: Reward, broadcaster: TwitchUser, *, cooldown_until: int | None, redeemed: int | None
) -> Json:
    settings = reward.settings
    return {
        **who(broadcaster, "broadcaster"),
        **_common(reward, cooldown_until=cooldown_until, redeemed=redeemed),
        "max_per_stream_setting": {
            "is_enabled": settings.max_per_stream > 0,
            "max_per_stream": settings.max_per_stream,
        },
        "max_per_user_per_stream_setting": {
            "is_enabled": settings.max_per_user_per_stream > 0,
            "max_per_user_per_stream": settings.max_per_user_per_stream,
        },
        "global_cooldown_setting": {
            "is_enabled": settings.cooldown_seconds > 0,
            "global_cooldown_seconds": settings.cooldown_seconds,
        },
    }


def reward_event(
    reward: Reward, broadcaster: TwitchUser, *, cooldown_until: int | None, redeemed: int | None
) -> Json:
    """The event of channel.channel_points_custom_reward.add, .update and .remove."""
    settings = reward.settings
    return {
        **who(broadcaster, "broadcaster_user"),
        **_common(reward, cooldown_until=cooldown_until, redeemed=redeemed),
        "max_per_stream": {"is_enabled": settings.max_per_stream > 0, "value": settings.max_per_stream},
        "max_per_user_per_stream": {
            "is_enabled": settings.max_per_user_per_stream > 0,
            "value": settings.max_per_user_per_stream,
        },
        "global_cooldown": {
            "is_enabled": settings.cooldown_seconds > 0,
            "seconds": settings.cooldown_seconds,
        },
    }


def _common(reward: Reward, *, cooldown_until: int | None, redeemed: int | None) -> Json:
    settings = reward.settings
    return {
        "id": reward.id,
        "title": settings.title,
        "prompt": settings.prompt,
        "cost": settings.cost,
        "image": None,
        "default_image": dict(_IMAGES),
        "background_color": settings.background_color,
        "is_enabled": settings.enabled,
        "is_paused": settings.paused,
        "is_in_stock": reward.in_stock,
        "is_user_input_required": settings.needs_input,
        "should_redemptions_skip_request_queue": settings.skips_queue,
        "redemptions_redeemed_current_stream": redeemed,
        "cooldown_expires_at": rfc3339_seconds(cooldown_until) if cooldown_until is not None else None,
    }


def helix_redemption(redemption: Redemption, broadcaster: TwitchUser) -> Json:
    return {
        **who(broadcaster, "broadcaster"),
        **_redemption(redemption),
        "status": str(redemption.status),
        "redeemed_at": rfc3339_seconds(redemption.redeemed_at),
    }


def redemption_event(redemption: Redemption, broadcaster: TwitchUser) -> Json:
    """The event of channel.channel_points_custom_reward_redemption.add and .update."""
    return {
        **who(broadcaster, "broadcaster_user"),
        **_redemption(redemption),
        "status": redemption.status.lower(),
        "redeemed_at": rfc3339(redemption.redeemed_at),
    }


def _redemption(redemption: Redemption) -> Json:
    settings = redemption.settings
    return {
        "id": redemption.id,
        **who(redemption.user),
        "user_input": redemption.user_input,
        "reward": {
            "id": redemption.reward_id,
            "title": settings.title,
            "prompt": settings.prompt,
            "cost": settings.cost,
        },
    }
