"""The mock layout's /units: everybody's ids and the application's secret, for whoever points a client here."""

from __future__ import annotations

from aiohttp import web

from bot.stage.twitch import payloads
from bot.stage.twitch.pages import page_of
from bot.stage.twitch.world import TwitchWorld


class Units:
    """No token is asked for: on a stage there is nothing to hide, and it listens on loopback."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/units/clients", self.clients),
            web.get("/units/users", self.users),
            web.get("/units/streams", self.streams),
            web.get("/units/subscriptions", self.subscriptions),
        ]

    async def clients(self, _request: web.Request) -> web.Response:
        client = {
            "ID": self._world.client_id,
            "Secret": self._world.client_secret,
            "Name": "the stage's application",
            "IsExtension": False,
        }
        return web.json_response({"data": [client], "total": 1, "pagination": {}})

    async def users(self, request: web.Request) -> web.Response:
        people = list(self._world.users.values())
        shown, pagination = page_of(request, people)
        owner, kind = self._world.broadcaster, self._world.broadcaster_type
        data = [payloads.helix_user(user, kind if user is owner else "") for user in shown]
        return web.json_response(payloads.page(data, pagination, total=len(people)))

    async def streams(self, _request: web.Request) -> web.Response:
        world = self._world
        stream = world.stream
        data = [payloads.helix_stream(stream, world.broadcaster, len(world.chatters))] if stream else []
        return web.json_response(payloads.page(data, total=len(data)))

    async def subscriptions(self, request: web.Request) -> web.Response:
        paid = list(self._world.paid.values())
        shown, pagination = page_of(request, paid)
        data = [payloads.helix_subscription(each, self._world.broadcaster) for each in shown]
        return web.json_response(payloads.page(data, pagination, total=len(paid)))
