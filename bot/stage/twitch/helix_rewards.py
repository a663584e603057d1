"""The local Helix's channel-point rewards: offered, changed and taken away by the application that made them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.stage.twitch import fields, payloads, reward_payloads
from bot.stage.twitch.access import json_body, need_affiliate, need_owner
from bot.stage.twitch.answers import no_content
from bot.stage.twitch.model import Problem
from bot.stage.twitch.rewards import Reward, RewardSettings
from bot.stage.twitch.world import TwitchWorld

TITLE_CHARACTERS_MAX = 45
PROMPT_CHARACTERS_MAX = 200
NUMBER_MAX = 2**31 - 1
COOLDOWN_SECONDS_MAX = 604_800
IDS_MAX = 50
MANAGE = "channel:manage:redemptions"
READ = "channel:read:redemptions"


class HelixRewards:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        path = "/helix/channel_points/custom_rewards"
        return [
            web.post(path, self.create),
            web.get(path, self.read),
            web.patch(path, self.change),
            web.delete(path, self.delete),
        ]

    async def create(self, request: web.Request) -> web.Response:
        need_owner(self._world, request, MANAGE)
        need_affiliate(self._world)
        body = await json_body(request)
        for key in ("title", "cost"):
            if body.get(key) is None:
                raise Problem(400, f'Missing required parameter "{key}"')
        reward = self._world.rewards.create(_settings(RewardSettings(title="", cost=0), body))
        return web.json_response({"data": [self._json(reward)]})

    async def read(self, request: web.Request) -> web.Response:
        need_owner(self._world, request, READ, MANAGE)
        need_affiliate(self._world)
        ids = request.query.getall("id", [])
        if len(ids) > IDS_MAX:
            raise Problem(400, "The request exceeds the maximum number of 50 rewards.")
        rewards = self._world.rewards.named(ids) if ids else list(self._world.rewards.all.values())
        if ids and not rewards:
            raise Problem(404, "The custom rewards specified in the id query parameter were not found.")
        only_own = request.query.get("only_manageable_rewards", "false").lower() == "true"
        shown = [self._json(reward) for reward in rewards if reward.by_app or not only_own]
        return web.json_response({"data": shown})

    async def change(self, request: web.Request) -> web.Response:
        reward = manageable(self._world, request, "id")
        self._world.rewards.update(reward, _settings(reward.settings, await json_body(request)))
        return web.json_response({"data": [self._json(reward)]})

    async def delete(self, request: web.Request) -> web.Response:
        self._world.rewards.delete(manageable(self._world, request, "id"))
        return no_content()

    def _json(self, reward: Reward) -> payloads.Json:
        moment = self._world.rewards.moment(reward)
        return reward_payloads.helix_reward(reward, self._world.broadcaster, **moment)


def manageable(world: TwitchWorld, request: web.Request, parameter: str, *scopes: str) -> Reward:
    """The reward that a parameter names, which the application made; raises Problem 400, 401, 403 or 404."""
    need_owner(world, request, *(scopes or (MANAGE,)))
    need_affiliate(world)
    wanted = request.query.get(parameter)
    if not wanted:
        raise Problem(400, f'Missing required parameter "{parameter}"')
    reward = world.rewards.all.get(wanted)
    if reward is None:
        raise Problem(404, f"The custom reward specified in the {parameter} query parameter was not found.")
    if not reward.by_app:
        raise Problem(
            403, "The ID in the Client-Id header must match the client ID used to create the custom reward."
        )
    return reward


def _settings(now: RewardSettings, body: Mapping[str, Any]) -> RewardSettings:
    """The settings after a request; what it does not name stays as it was."""
    title = fields.optional_text(body, "title", now.title, most=TITLE_CHARACTERS_MAX)
    if not title.strip():
        raise Problem(400, "The title must contain a minimum of 1 character and a maximum of 45 characters.")
    color = fields.optional_text(body, "background_color", now.background_color)
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", color):
        raise Problem(400, "The background_color must be a hex color code.")
    return dataclasses.replace(
        now,
        title=title,
        cost=fields.optional_number(body, "cost", now.cost, least=1, most=NUMBER_MAX),
        prompt=fields.optional_text(body, "prompt", now.prompt, most=PROMPT_CHARACTERS_MAX),
        background_color=color,
        enabled=fields.flag(body, "is_enabled", now.enabled),
        paused=fields.flag(body, "is_paused", now.paused),
        needs_input=fields.flag(body, "is_user_input_required", now.needs_input),
        skips_queue=fields.flag(body, "should_redemptions_skip_request_queue", now.skips_queue),
        max_per_stream=_limit(body, "max_per_stream", now.max_per_stream),
        max_per_user_per_stream=_limit(body, "max_per_user_per_stream", now.max_per_user_per_stream),
        cooldown_seconds=_limit(
            body,
            "global_cooldown_seconds",
            now.cooldown_seconds,
            "is_global_cooldown_enabled",
            COOLDOWN_SECONDS_MAX,
        ),
    )


def _limit(body: Mapping[str, Any], key: str, now: int, switch: str = "", most: int = NUMBER_MAX) -> int:
    """A limit with its switch: 0 is off, and one that is switched on has to be at least 1."""
    if not fields.flag(body, switch or f"is_{key}_enabled", now > 0):
        return 0
    return fields.number({key: body.get(key, now or None)}, key, least=1, most=most)
