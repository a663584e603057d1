"""The local Helix's redemptions: read, fulfilled and refunded by the application that made the reward."""

from __future__ import annotations

from aiohttp import web

from bot.stage.twitch import fields, payloads, reward_payloads
from bot.stage.twitch.access import json_body
from bot.stage.twitch.helix_rewards import MANAGE, READ, manageable
from bot.stage.twitch.model import Problem
from bot.stage.twitch.pages import page_of
from bot.stage.twitch.rewards import Redemption, RedemptionStatus, Reward
from bot.stage.twitch.world import TwitchWorld

IDS_MAX = 50


class HelixRedemptions:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        path = "/helix/channel_points/custom_rewards/redemptions"
        return [web.get(path, self.read), web.patch(path, self.settle)]

    async def read(self, request: web.Request) -> web.Response:
        reward = manageable(self._world, request, "reward_id", READ, MANAGE)
        ids, status = request.query.getall("id", []), request.query.get("status")
        if not ids and status is None:
            raise Problem(400, 'Missing required parameter "status"')
        if status is not None and status not in RedemptionStatus.__members__:
            raise Problem(400, "The value in the status query parameter is not valid.")
        sort = request.query.get("sort", "OLDEST")
        if sort not in ("OLDEST", "NEWEST"):
            raise Problem(400, "The value in the sort query parameter is not valid.")
        found = self._named(reward, ids) if ids else self._world.rewards.of(reward)
        wanted = [each for each in found if status is None or each.status == status]
        if sort == "NEWEST":
            wanted.reverse()
        shown, pagination = page_of(request, wanted, most=50)
        return web.json_response(payloads.page([self._json(each) for each in shown], pagination))

    async def settle(self, request: web.Request) -> web.Response:
        """All of them or none: one that is settled already spoils the request."""
        reward = manageable(self._world, request, "reward_id")
        ids = request.query.getall("id", [])
        if not ids:
            raise Problem(400, 'Missing required parameter "id"')
        status = fields.text(await json_body(request), "status")
        if status not in ("FULFILLED", "CANCELED"):
            raise Problem(400, "The value in the status field is not valid.")
        wanted = self._named(reward, ids)
        if any(each.status is not RedemptionStatus.UNFULFILLED for each in wanted):
            raise Problem(404, "The redemptions were not found or their statuses weren't marked as UNFULFILLED.")
        for redemption in wanted:
            self._world.rewards.settle(redemption, "FULFILLED" if status == "FULFILLED" else "CANCELED")
        return web.json_response({"data": [self._json(each) for each in wanted]})

    def _named(self, reward: Reward, ids: list[str]) -> list[Redemption]:
        """Raises Problem 400 for too many ids, 404 when none of them is a redemption of this reward."""
        if len(ids) > IDS_MAX:
            raise Problem(400, "The request exceeds the maximum number of 50 redemptions.")
        found = [each for each in self._world.rewards.of(reward) if each.id in ids]
        if not found:
            raise Problem(404, "The redemptions specified using the id query parameter were not found.")
        return found

    def _json(self, redemption: Redemption) -> payloads.Json:
        return reward_payloads.helix_redemption(redemption, self._world.broadcaster)
