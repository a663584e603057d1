"""The local Helix's conduits, which belong to the application and are managed with its own token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.stage.twitch import payloads
from bot.stage.twitch.access import json_body, token_of
from bot.stage.twitch.answers import no_content
from bot.stage.twitch.conduits import Conduit
from bot.stage.twitch.model import NotImitated, Problem
from bot.stage.twitch.pages import page_of
from bot.stage.twitch.world import TwitchWorld


class HelixConduits:
    """Parameters may stand in the query or in the body, since clients do either."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._conduits = world.sessions.conduits

    def routes(self) -> list[web.RouteDef]:
        path = "/helix/eventsub/conduits"
        return [
            web.get(path, self.read),
            web.post(path, self.create),
            web.patch(path, self.resize),
            web.delete(path, self.delete),
            web.get(f"{path}/shards", self.read_shards),
            web.patch(f"{path}/shards", self.assign_shards),
        ]

    async def read(self, request: web.Request) -> web.Response:
        self._need_app(request)
        return web.json_response({"data": [conduit.as_json() for conduit in self._conduits]})

    async def create(self, request: web.Request) -> web.Response:
        self._need_app(request)
        conduit = self._conduits.create(_count(await _given(request)))
        self._world.note("conduit", "created", conduit_id=conduit.id)
        return web.json_response({"data": [conduit.as_json()]})

    async def resize(self, request: web.Request) -> web.Response:
        self._need_app(request)
        given = await _given(request)
        conduit = self._named(given, "id")
        self._conduits.resize(conduit, _count(given))
        return web.json_response({"data": [conduit.as_json()]})

    async def delete(self, request: web.Request) -> web.Response:
        self._need_app(request)
        conduit = self._named(request.query, "id")
        self._conduits.delete(conduit)
        self._world.note("conduit", "deleted", conduit_id=conduit.id)
        return no_content()

    async def read_shards(self, request: web.Request) -> web.Response:
        """Places that no socket has taken yet are not listed."""
        self._need_app(request)
        conduit = self._named(request.query, "conduit_id")
        listed = [shard.as_json() for _, shard in sorted(conduit.shards.items(), key=lambda item: int(item[0]))]
        status = request.query.get("status")
        shown, pagination = page_of(
            request, [each for each in listed if status in (None, each["status"])], default=100
        )
        return web.json_response(payloads.page(shown, pagination))

    async def assign_shards(self, request: web.Request) -> web.Response:
        """Each place is answered for itself: those that could not be given away stand among the errors."""
        self._need_app(request)
        given = await _given(request)
        conduit = self._named(given, "conduit_id")
        shards = given.get("shards")
        if not isinstance(shards, list) or not all(isinstance(each, dict) for each in shards):
            raise Problem(400, 'Missing required parameter "shards"')
        assigned, errors = [], []
        for each in shards:
            shard_id = str(each.get("id"))
            try:
                assigned.append(self._assign(conduit, shard_id, each.get("transport")))
            except Problem as problem:
                if isinstance(problem, NotImitated):
                    raise
                errors.append({"id": shard_id, "message": problem.message, "code": "invalid_parameter"})
        return web.json_response({"data": assigned, "errors": errors}, status=202)

    def _assign(self, conduit: Conduit, shard_id: str, transport: Any) -> dict[str, Any]:
        if not isinstance(transport, dict) or "method" not in transport:
            raise Problem(400, "missing transport method")
        if transport["method"] != "websocket":
            raise NotImitated(f"the EventSub transport {transport['method']!r}")
        session = self._world.sessions.find(str(transport.get("session_id")))
        if session is None:
            raise Problem(400, "websocket transport session does not exist or has already disconnected")
        shard = self._conduits.assign(conduit, shard_id, session)
        self._world.note(
            "conduit", f"shard {shard.id} given to a socket", conduit_id=conduit.id, session_id=session.id
        )
        return shard.as_json()

    def _named(self, given: Mapping[str, Any], parameter: str) -> Conduit:
        if not given.get(parameter):
            raise Problem(400, f'Missing required parameter "{parameter}"')
        return self._conduits.named(given[parameter])

    def _need_app(self, request: web.Request) -> None:
        if token_of(self._world, request).user is not None:
            raise Problem(401, "This endpoint requires an app access token")


async def _given(request: web.Request) -> dict[str, Any]:
    body = await json_body(request) if request.body_exists and request.content_type == "application/json" else {}
    return {**request.query, **body}


def _count(given: Mapping[str, Any]) -> int:
    count = given.get("shard_count")
    text = str(count) if isinstance(count, int | str) and not isinstance(count, bool) else ""
    if not (text.isascii() and text.isdigit()):
        raise Problem(400, "invalid shard count")
    return int(text)
