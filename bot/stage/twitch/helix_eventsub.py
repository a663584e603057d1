"""The local Helix's EventSub endpoints: create, list and delete subscriptions."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.stage.twitch import payloads
from bot.stage.twitch.access import json_body, token_of
from bot.stage.twitch.answers import no_content
from bot.stage.twitch.model import Problem, Token
from bot.stage.twitch.pages import page_of
from bot.stage.twitch.subscriptions import Subscription, wish_in
from bot.stage.twitch.world import TwitchWorld

_FILTERS = ("type", "status", "user_id", "subscription_id")


class HelixEventSub:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        path = "/helix/eventsub/subscriptions"
        return [web.post(path, self.create), web.get(path, self.read), web.delete(path, self.delete)]

    async def create(self, request: web.Request) -> web.Response:
        token = token_of(self._world, request)
        body = await json_body(request)
        if any(user_id not in self._world.users for user_id in wish_in(body).named_users):
            raise Problem(400, "The user specified in the condition object does not exist")
        made = self._world.sessions.subscribe(token, body, self._moderates)
        self._world.note(
            "subscription",
            f"created {made.type.name}",
            made.user,
            subscription_id=made.id,
            condition=made.condition,
            **made.carrier.transport(),
        )
        return web.json_response({"data": [made.as_helix_json()], **self._totals(token)}, status=202)

    async def read(self, request: web.Request) -> web.Response:
        token = token_of(self._world, request)
        asked = request.query
        if sum(name in asked for name in _FILTERS) > 1:
            raise Problem(400, "The request may specify only one filter query parameter.")
        wanted = [
            each
            for each in self._own(token)
            if asked.get("type") in (None, each.type.name)
            and asked.get("status") in (None, each.status)
            and asked.get("subscription_id") in (None, each.id)
            and (asked.get("user_id") is None or asked["user_id"] in each.condition.values())
        ]
        shown, pagination = page_of(request, wanted, default=100)
        data = [each.as_helix_json() for each in shown]
        return web.json_response(payloads.page(data, pagination, **self._totals(token)))

    async def delete(self, request: web.Request) -> web.Response:
        token = token_of(self._world, request)
        wanted = request.query.get("id")
        if not wanted:
            raise Problem(400, 'Missing required parameter "id"')
        gone = self._world.sessions.unsubscribe(token, wanted)
        self._world.note("subscription", f"deleted {gone.type.name}", gone.user, subscription_id=gone.id)
        return no_content()

    def _moderates(self, user_id: str) -> bool:
        user = self._world.users.get(user_id)
        return user is not None and self._world.moderates(user)

    def _own(self, token: Token) -> list[Subscription]:
        return self._world.sessions.listed(token.user)

    def _totals(self, token: Token) -> dict[str, Any]:
        sessions = self._world.sessions
        return {
            "total": len(self._own(token)),
            "total_cost": sessions.total_cost(token.user),
            "max_total_cost": sessions.total_cost_max(token.user),
        }
