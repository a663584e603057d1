"""The local Twitch's /oauth2: tokens for the application and for users, refreshed, validated and revoked."""

from __future__ import annotations

from aiohttp import web

from bot.stage.record import SECOND
from bot.stage.twitch.activation import PATH as ACTIVATION
from bot.stage.twitch.devices import DEVICE_SECONDS, INTERVAL_SECONDS
from bot.stage.twitch.model import NotImitated, Problem, Token
from bot.stage.twitch.world import TOKEN_SECONDS, TwitchWorld

APP_TOKEN_SECONDS = 5_000_000
MOCK_TOKEN_SECONDS = 86_400
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
NEED_SECRET = ("client_credentials", "authorization_code")
GRANTS = (*NEED_SECRET, "refresh_token", DEVICE_GRANT)


class OAuth:
    """Handlers; every parameter may stand in the query or in a form, since clients do either."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2/token", self.token),
            web.post("/oauth2/device", self.device),
            web.get("/oauth2/validate", self.validate),
            web.post("/oauth2/revoke", self.revoke),
            web.post("/auth/authorize", self.authorize_as_the_mock_does),
        ]

    async def token(self, request: web.Request) -> web.Response:
        given = await _parameters(request)
        grant = given.get("grant_type", "")
        if not grant:
            raise Problem(400, "missing grant type")
        if grant not in GRANTS:
            raise NotImitated(f"the grant type {grant!r}")
        self._check_client(given)
        if "client_secret" in given or grant in NEED_SECRET:
            self._check_secret(given)
        return web.json_response(self._as_json(self._granted(grant, given)))

    def _granted(self, grant: str, given: dict[str, str]) -> Token:
        world = self._world
        if grant == "client_credentials":
            return world.issue_token(None, (), expires_in=APP_TOKEN_SECONDS)
        if grant == "refresh_token":
            with_secret = "client_secret" in given
            return world.tokens.refresh(given.get("refresh_token", ""), TOKEN_SECONDS, with_secret=with_secret)
        if grant == "authorization_code":
            found = world.codes.redeem(given.get("code", ""), given.get("redirect_uri", ""))
            return world.issue_token(found.user, found.scopes, public=False)
        user, scopes = world.devices.redeem(given.get("device_code", ""))
        return world.issue_token(user, scopes)

    async def device(self, request: web.Request) -> web.Response:
        """Begin a device login; somebody has to say yes at the address in the answer."""
        given = await _parameters(request)
        self._check_client(given)
        # The documentation says "scopes", and "scope" is taken as well.
        scopes = given.get("scopes") or given.get("scope") or ""
        login = self._world.devices.begin(frozenset(scopes.split()))
        address = request.url.with_path(ACTIVATION).with_query({"public": "true", "device-code": login.user_code})
        return web.json_response(
            {
                "device_code": login.device_code,
                "expires_in": DEVICE_SECONDS,
                "interval": INTERVAL_SECONDS,
                "user_code": login.user_code,
                "verification_uri": str(address),
            }
        )

    async def authorize_as_the_mock_does(self, request: web.Request) -> web.Response:
        """A user token for anybody who is named, as Twitch's command-line mock gives it: no refresh token."""
        given = await _parameters(request)
        self._check_client(given)
        self._check_secret(given)
        if given.get("grant_type") != "user_token":
            raise Problem(400, "grant_type must be user_token")
        user = self._world.find_user(user_id=given.get("user_id", ""))
        if user is None:
            raise Problem(400, "invalid user_id")
        scopes = given.get("scope", "").split()
        token = self._world.issue_token(user, scopes, expires_in=MOCK_TOKEN_SECONDS, public=False)
        return web.json_response({**self._as_json(token), "refresh_token": ""})

    async def validate(self, request: web.Request) -> web.Response:
        kind, _, access = request.headers.get("Authorization", "").partition(" ")
        if not access:
            return _unauthorized("missing authorization token")
        token = self._world.tokens.find(access) if kind in ("OAuth", "Bearer") else None
        if token is None:
            # Two words of the real answer: clients look for this very message before they refresh.
            return _unauthorized("invalid access token")
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

    def _check_secret(self, given: dict[str, str]) -> None:
        if given.get("client_secret") != self._world.client_secret:
            raise Problem(403, "invalid client secret")

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


def _unauthorized(message: str) -> web.Response:
    """The token endpoint's own form of a 401, which has two keys where Helix has three."""
    return web.json_response({"status": 401, "message": message}, status=401)


async def _parameters(request: web.Request) -> dict[str, str]:
    form = await request.post()
    return {**request.query, **{key: value for key, value in form.items() if isinstance(value, str)}}
