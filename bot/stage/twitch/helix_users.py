"""The local Helix's users, streams and channel."""

from __future__ import annotations

from aiohttp import web

from bot.stage.twitch import fields, payloads
from bot.stage.twitch.access import json_body, need_owner, token_of
from bot.stage.twitch.answers import no_content
from bot.stage.twitch.model import Problem
from bot.stage.twitch.pages import page_of
from bot.stage.twitch.world import TwitchWorld

IDS_MAX = 100
TITLE_CHARACTERS_MAX = 140


class HelixUsers:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/helix/users", self.users),
            web.get("/helix/streams", self.streams),
            web.get("/helix/channels", self.channels),
            web.patch("/helix/channels", self.change_channel),
        ]

    async def users(self, request: web.Request) -> web.Response:
        token = token_of(self._world, request)
        ids, logins = request.query.getall("id", []), request.query.getall("login", [])
        if len(ids) + len(logins) > IDS_MAX:
            raise Problem(400, "The request exceeds the maximum number of 100 users.")
        found = [self._world.find_user(user_id=user_id) for user_id in ids]
        found += [self._world.find_user(login=login) for login in logins]
        if not ids and not logins:
            if token.user is None:
                raise Problem(400, "Must provide an ID, login or user access token.")
            found = [token.user]
        distinct = dict.fromkeys(user for user in found if user is not None)
        owner, kind = self._world.broadcaster, self._world.broadcaster_type
        data = [payloads.helix_user(user, kind if user is owner else "") for user in distinct]
        return web.json_response({"data": data})

    async def streams(self, request: web.Request) -> web.Response:
        token_of(self._world, request)
        stream, broadcaster = self._world.stream, self._world.broadcaster
        ids, logins = request.query.getall("user_id", []), request.query.getall("user_login", [])
        asked = not (ids or logins) or broadcaster.id in ids or broadcaster.login in logins
        viewers = len(self._world.chatters)
        live = [payloads.helix_stream(stream, broadcaster, viewers)] if stream and asked else []
        data, pagination = page_of(request, live)
        return web.json_response(payloads.page(data, pagination))

    async def channels(self, request: web.Request) -> web.Response:
        token_of(self._world, request)
        ids = request.query.getall("broadcaster_id", [])
        if not ids:
            raise Problem(400, 'Missing required parameter "broadcaster_id"')
        broadcaster = self._world.broadcaster
        data = [payloads.helix_channel(self._world.title, broadcaster)] if broadcaster.id in ids else []
        return web.json_response({"data": data})

    async def change_channel(self, request: web.Request) -> web.Response:
        """Only the title can be changed; the other fields are read and forgotten."""
        need_owner(self._world, request, "channel:manage:broadcast")
        body = await json_body(request)
        if not body:
            raise Problem(400, "The request must update at least one property.")
        if "title" in body:
            self._world.change_title(fields.text(body, "title", most=TITLE_CHARACTERS_MAX))
        return no_content()
