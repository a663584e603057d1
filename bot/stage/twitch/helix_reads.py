"""The local Helix's look-ups: users, stream, channel, followers, subscribers, moderators and VIPs."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from bot.stage.twitch import payloads
from bot.stage.twitch.access import need_broadcaster, need_same, need_scope, token_of
from bot.stage.twitch.model import Problem, TwitchUser, rfc3339_seconds
from bot.stage.twitch.world import TwitchWorld

IDS_MAX = 100
_POINTS = {"1000": 1, "2000": 2, "3000": 6}


class HelixReads:
    """Lists are short enough to fit one page: `first` and `after` are read and change nothing."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/helix/users", self.users),
            web.get("/helix/streams", self.streams),
            web.get("/helix/channels", self.channels),
            web.get("/helix/channels/followers", self.followers),
            web.get("/helix/subscriptions", self.subscriptions),
            web.get("/helix/moderation/moderators", self.moderators),
            web.get("/helix/channels/vips", self.vips),
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
        return web.json_response({"data": [payloads.helix_user(user) for user in distinct]})

    async def streams(self, request: web.Request) -> web.Response:
        token_of(self._world, request)
        stream, broadcaster = self._world.stream, self._world.broadcaster
        ids, logins = request.query.getall("user_id", []), request.query.getall("user_login", [])
        asked = not (ids or logins) or broadcaster.id in ids or broadcaster.login in logins
        data = [payloads.helix_stream(stream, broadcaster)] if stream and asked else []
        return web.json_response(payloads.page(data))

    async def channels(self, request: web.Request) -> web.Response:
        token_of(self._world, request)
        ids = request.query.getall("broadcaster_id", [])
        if not ids:
            raise Problem(400, 'Missing required parameter "broadcaster_id"')
        broadcaster = self._world.broadcaster
        data = [payloads.helix_channel(self._world.title, broadcaster)] if broadcaster.id in ids else []
        return web.json_response({"data": data})

    async def followers(self, request: web.Request) -> web.Response:
        user = need_scope(token_of(self._world, request), "moderator:read:followers")
        need_broadcaster(self._world, request)
        if not self._world.moderates(user):
            raise Problem(401, "The user in the access token must be the broadcaster or a moderator.")
        wanted = request.query.get("user_id")
        data = [
            {"followed_at": rfc3339_seconds(at), **payloads.who(follower)}
            for follower, at in self._world.followers.items()
            if wanted in (None, follower.id)
        ]
        return web.json_response(payloads.page(data, total=len(self._world.followers)))

    async def subscriptions(self, request: web.Request) -> web.Response:
        self._need_owner(request, "channel:read:subscriptions")
        paid = self._world.paid
        data = [
            payloads.helix_subscription(paid[user], self._world.broadcaster) for user in self._wanted(request, paid)
        ]
        points = sum(_POINTS[each.tier] for each in paid.values())
        return web.json_response(payloads.page(data, total=len(paid), points=points))

    async def moderators(self, request: web.Request) -> web.Response:
        self._need_owner(request, "moderation:read", "channel:manage:moderators")
        return self._badge_holders(request, "moderator")

    async def vips(self, request: web.Request) -> web.Response:
        self._need_owner(request, "channel:read:vips", "channel:manage:vips")
        return self._badge_holders(request, "vip")

    def _need_owner(self, request: web.Request, *scopes: str) -> None:
        user = need_scope(token_of(self._world, request), *scopes)
        need_same(user, need_broadcaster(self._world, request).id, "broadcaster_id")

    def _badge_holders(self, request: web.Request, badge: str) -> web.Response:
        holders = [user for user in self._world.users.values() if badge in user.badges]
        return web.json_response(payloads.page([payloads.who(user) for user in self._wanted(request, holders)]))

    @staticmethod
    def _wanted(request: web.Request, users: Iterable[TwitchUser]) -> list[TwitchUser]:
        """Those among `users` whom the request's user_id parameters name; all without any."""
        ids = request.query.getall("user_id", [])
        if len(ids) > IDS_MAX:
            raise Problem(400, "The request exceeds the maximum number of 100 users.")
        return [user for user in users if not ids or user.id in ids]
