"""The stage's own small HTTP surface, by which a parent process lets viewers speak and ends the stage."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.stage.twitch.model import Dropped, TwitchUser
from bot.stage.twitch.world import TwitchWorld

KEY_HEADER = "X-Stage-Key"


class Control:
    """Handlers under /_stage; every request carries the key in the header X-Stage-Key."""

    def __init__(
        self, key: str, twitch: TwitchWorld, describe: Callable[[], dict[str, Any]], stop: Callable[[], None]
    ) -> None:
        self._key = key
        self._twitch = twitch
        self._describe = describe
        self._stop = stop

    def mount(self, app: web.Application) -> None:
        app.add_routes(
            [
                web.get("/_stage/describe", self._guarded(self.describe)),
                web.post("/_stage/twitch/say", self._guarded(self.say)),
                web.post("/_stage/twitch/live", self._guarded(self.go_live)),
                web.post("/_stage/twitch/offline", self._guarded(self.go_offline)),
                web.post("/_stage/stop", self._guarded(self.stop)),
            ]
        )

    async def describe(self, _request: web.Request) -> web.Response:
        return web.json_response(self._describe())

    async def say(self, request: web.Request) -> web.Response:
        """Body: text, and login or user_id; a login that is not there yet joins."""
        try:
            body = await request.json()
        except ValueError:
            return _wrong("the body is not JSON")
        if not isinstance(body, dict) or not isinstance(body.get("text"), str):
            return _wrong("text is missing")
        user = self._speaker(body)
        if user is None:
            return _wrong("login or user_id is missing or unknown")
        said = self._twitch.say(user, body["text"])
        if isinstance(said, Dropped):
            return web.json_response({"dropped": str(said.reason)})
        return web.json_response({"message_id": said.id, "user_id": user.id})

    async def go_live(self, _request: web.Request) -> web.Response:
        return web.json_response({"stream_id": self._twitch.go_live().id})

    async def go_offline(self, _request: web.Request) -> web.Response:
        self._twitch.go_offline()
        return web.json_response({})

    async def stop(self, _request: web.Request) -> web.Response:
        self._stop()
        return web.json_response({})

    def _speaker(self, body: Mapping[str, Any]) -> TwitchUser | None:
        user_id, login = body.get("user_id"), body.get("login")
        if isinstance(user_id, str):
            return self._twitch.find_user(user_id=user_id)
        if isinstance(login, str) and login:
            return self._twitch.find_user(login=login) or self._twitch.add_user(login)
        return None

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def guarded(request: web.Request) -> web.Response:
            given = request.headers.get(KEY_HEADER, "").encode()
            if not secrets.compare_digest(given, self._key.encode()):
                return web.json_response({"error": f"{KEY_HEADER} is missing or wrong"}, status=403)
            return await handler(request)

        return guarded


def _wrong(why: str) -> web.Response:
    return web.json_response({"error": why}, status=400)
