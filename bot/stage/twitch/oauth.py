"""The local Twitch's /oauth2: tokens for the application, refreshed user tokens, validation and revocation."""

from __future__ import annotations

from aiohttp import web

from bot.stage.twitch.model import SECOND, NotImitated, Problem, Token
from bot.stage.twitch.world import TOKEN_SECONDS, TwitchWorld

APP_TOKEN_SECONDS = 5_000_000


class OAuth:
    """Handlers; every parameter may stand in the query or in a form, since clients do either."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2/token", self.token),
            web.get("/oauth2/validate", self.validate),
            web.post("/oauth2/revoke", self.revoke),
        ]

    async def token(self, request: web.Request) -> web.Response:
        given = await _parameters(request)
        grant = given.get("grant_type", "")
        if not grant:
            raise Problem(400, "missing grant type")
        if grant not in ("client_credentials", "refresh_token"):
            raise NotImitated(f"the grant type {grant!r}")
        self._check_client(given)
        if given.get("client_secret") != self._world.client_secret:
            raise Problem(403, "invalid client secret")
        if grant == "client_credentials":
            token = self._world.issue_token(None, (), expires_in=APP_TOKEN_SECONDS)
        else:
            token = self._world.tokens.refresh(given.get("refresh_token", ""), TOKEN_SECONDS)
        return web.json_response(self._as_json(token))

    async def validate(self, request: web.Request) -> web.Response:
        kind, _, access = request.headers.get("Authorization", "").partition(" ")
        token = self._world.tokens.find(access) if kind in ("OAuth", "Bearer") else None
        if token is None:
            # Two words of the real answer: clients look for this very message before they refresh.
            return web.json_response({"status": 401, "message": "invalid access token"}, status=401)
        body = {
            "client_id": self._world.client_id,
            "scopes": sorted(token.scopes),
            "expires_in": self._seconds_left(token),
        }
        if token.user is not None:
            body |= {"login": token.user.login, "user_id": token.user.id}
        return web.json_response(body)

    async def revoke(self, request: web.Request) -> web.Response:
        given = await _parameters(request)
        self._check_client(given)
        self._world.tokens.revoke(given.get("token", ""))
        return web.Response()

    def _check_client(self, given: dict[str, str]) -> None:
        if not given.get("client_id"):
            raise Problem(400, "missing client id")
        if given["client_id"] != self._world.client_id:
            raise Problem(400, "invalid client")

    def _seconds_left(self, token: Token) -> int:
        return (token.expires_at - self._world.clock()) // SECOND

    def _as_json(self, token: Token) -> dict[str, object]:
        body: dict[str, object] = {
            "access_token": token.access,
            "expires_in": self._seconds_left(token),
            "token_type": "bearer",
        }
        if token.refresh is not None:
            body |= {"refresh_token": token.refresh, "scope": sorted(token.scopes)}
        return body


async def _parameters(request: web.Request) -> dict[str, str]:
    form = await request.post()
    return {**request.query, **{key: value for key, value in form.items() if isinstance(value, str)}}
