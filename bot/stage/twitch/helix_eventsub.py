"""The local Helix's EventSub endpoints: create, list and delete subscriptions."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.stage.twitch import payloads
from bot.stage.twitch.access import json_body, token_of
from bot.stage.twitch.answers import no_content
from bot.stage.twitch.model import Problem, Token
from bot.stage.twitch.sessions import TOTAL_COST_MAX, Subscription
from bot.stage.twitch.world import TwitchWorld


class HelixEventSub:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        path = "/helix/eventsub/subscriptions"
        return [web.post(path, self.create), web.get(path, self.read), web.delete(path, self.delete)]

    async def create(self, request: web.Request) -> web.Response:
        token = token_of(self._world, request)
        made = self._world.sessions.subscribe(token, await json_body(request), self._moderates)
        self._world.note(
            "subscription",
            f"created {made.type.name}",
            made.user,
            subscription_id=made.id,
            session_id=made.session.id,
            condition=made.condition,
        )
        body = {"data": [made.as_helix_json()], **self._totals(token)}
        return web.json_response(body, status=202)

    async def read(self, request: web.Request) -> web.Response:
        token = token_of(self._world, request)
        asked = request.query
        data = [
            each.as_helix_json()
            for each in self._own(token)
            if asked.get("type") in (None, each.type.name)
            and asked.get("status") in (None, each.status)
            and asked.get("subscription_id") in (None, each.id)
            and (asked.get("user_id") is None or asked["user_id"] in each.condition.values())
        ]
        return web.json_response(payloads.page(data, **self._totals(token)))

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
        return [each for each in self._world.sessions.subscriptions() if each.user is token.user]

    def _totals(self, token: Token) -> dict[str, Any]:
        own = self._own(token)
        cost = sum(each.cost for each in own)
        return {"total": len(own), "total_cost": cost, "max_total_cost": TOTAL_COST_MAX}
