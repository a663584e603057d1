"""The local Helix's chat settings: read by everybody, changed by moderators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.stage.twitch import fields
from bot.stage.twitch.access import json_body, need_broadcaster, need_moderator, token_of
from bot.stage.twitch.model import Problem
from bot.stage.twitch.room import RoomRules, helix_settings
from bot.stage.twitch.world import TwitchWorld

SLOW_SECONDS = 30
SLOW_SECONDS_RANGE = 3, 120
FOLLOWER_MINUTES_MAX = 129_600
DELAYS_SECONDS = 2, 4, 6


class HelixRoom:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/helix/chat/settings", self.read), web.patch("/helix/chat/settings", self.change)]

    async def read(self, request: web.Request) -> web.Response:
        token_of(self._world, request)
        broadcaster = need_broadcaster(self._world, request)
        moderator_id = request.query.get("moderator_id")
        if moderator_id is not None:
            need_moderator(self._world, request, "moderator:read:chat_settings", "moderator:manage:chat_settings")
        return web.json_response({"data": [helix_settings(self._world.chat.rules, broadcaster, moderator_id)]})

    async def change(self, request: web.Request) -> web.Response:
        moderator = need_moderator(self._world, request, "moderator:manage:chat_settings")
        rules = _changed(self._world.chat.rules, await json_body(request))
        self._world.moderation.set_rules(rules)
        return web.json_response({"data": [helix_settings(rules, self._world.broadcaster, moderator.id)]})


def _changed(rules: RoomRules, body: Mapping[str, Any]) -> RoomRules:
    least, most = SLOW_SECONDS_RANGE
    delay = _limit(body, "non_moderator_chat_delay", "_duration", rules.delay_seconds, 2, 2, 6)
    if delay is not None and delay not in DELAYS_SECONDS:
        raise Problem(400, "The value in non_moderator_chat_delay_duration must be 2, 4 or 6.")
    return RoomRules(
        slow_seconds=_limit(body, "slow_mode", "_wait_time", rules.slow_seconds, SLOW_SECONDS, least, most),
        followers_minutes=_limit(
            body, "follower_mode", "_duration", rules.followers_minutes, 0, 0, FOLLOWER_MINUTES_MAX
        ),
        subscribers_only=fields.flag(body, "subscriber_mode", rules.subscribers_only),
        emotes_only=fields.flag(body, "emote_mode", rules.emotes_only),
        unique=fields.flag(body, "unique_chat_mode", rules.unique),
        delay_seconds=delay,
    )


def _limit(
    body: Mapping[str, Any], mode: str, suffix: str, now: int | None, default: int, least: int, most: int
) -> int | None:
    """A mode with its number: None is off, and the number alone switches nothing on."""
    if body.get(mode) is None and body.get(mode + suffix) is not None:
        raise Problem(400, f"To set {mode}{suffix}, set {mode} to true.")
    if not fields.flag(body, mode, now is not None):
        return None
    keep = now if now is not None and body.get(mode) is None else default
    return fields.optional_number(body, mode + suffix, keep, least=least, most=most)
