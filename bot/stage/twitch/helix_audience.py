"""The local Helix's lists of people: followers, subscribers, moderators, VIPs and who is in chat."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from bot.stage.twitch import payloads
from bot.stage.twitch.access import need_broadcaster, need_moderator, need_owner, need_same, need_scope, token_of
from bot.stage.twitch.model import Problem, TwitchUser, rfc3339_seconds
from bot.stage.twitch.pages import page_of
from bot.stage.twitch.world import TwitchWorld

IDS_MAX = 100
CHATTERS_A_PAGE_MAX = 1000
_POINTS = {"1000": 1, "2000": 2, "3000": 6}


class HelixAudience:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/helix/channels/followers", self.followers),
            web.get("/helix/subscriptions", self.subscriptions),
            web.get("/helix/subscriptions/user", self.own_subscription),
            web.get("/helix/moderation/moderators", self.moderators),
            web.get("/helix/channels/vips", self.vips),
            web.get("/helix/chat/chatters", self.chatters),
        ]

    async def followers(self, request: web.Request) -> web.Response:
        """Who may not see who follows still learns how many do: an empty list is no evidence."""
        token = token_of(self._world, request)
        need_broadcaster(self._world, request)
        if token.user is None:
            raise Problem(401, "This endpoint requires a user access token")
        followers, wanted = self._world.followers, request.query.get("user_id")
        if "moderator:read:followers" not in token.scopes or not self._world.moderates(token.user):
            if wanted is not None:
                raise Problem(401, "Asking for a user needs moderator:read:followers and a moderator's token.")
            return web.json_response(payloads.page([], total=len(followers)))
        newest_first = [(each, at) for each, at in reversed(followers.items()) if wanted in (None, each.id)]
        newest_first.sort(key=lambda follow: -follow[1])
        shown, pagination = page_of(request, newest_first)
        data = [{"followed_at": rfc3339_seconds(at), **payloads.who(follower)} for follower, at in shown]
        return web.json_response(payloads.page(data, pagination, total=len(followers)))

    async def subscriptions(self, request: web.Request) -> web.Response:
        need_owner(self._world, request, "channel:read:subscriptions")
        paid = self._world.paid
        shown, pagination = page_of(request, _wanted(request, paid))
        data = [payloads.helix_subscription(paid[user], self._world.broadcaster) for user in shown]
        points = sum(_POINTS[each.tier] for each in paid.values())
        return web.json_response(payloads.page(data, pagination, total=len(paid), points=points))

    async def own_subscription(self, request: web.Request) -> web.Response:
        """A viewer's own token asks about that viewer alone."""
        user = need_scope(token_of(self._world, request), "user:read:subscriptions")
        broadcaster = need_broadcaster(self._world, request)
        if not request.query.get("user_id"):
            raise Problem(400, 'Missing required parameter "user_id"')
        need_same(user, request.query["user_id"], "user_id")
        paid = self._world.paid.get(user)
        if paid is None:
            raise Problem(404, f"{user.login} has no subscription to {broadcaster.login}")
        return web.json_response({"data": [payloads.helix_own_subscription(paid, broadcaster)]})

    async def moderators(self, request: web.Request) -> web.Response:
        need_owner(self._world, request, "moderation:read", "channel:manage:moderators")
        return self._badge_holders(request, "moderator")

    async def vips(self, request: web.Request) -> web.Response:
        need_owner(self._world, request, "channel:read:vips", "channel:manage:vips")
        return self._badge_holders(request, "vip")

    async def chatters(self, request: web.Request) -> web.Response:
        need_moderator(self._world, request, "moderator:read:chatters")
        here = list(self._world.chatters)
        shown, pagination = page_of(request, here, default=100, most=CHATTERS_A_PAGE_MAX)
        return web.json_response(payloads.page([payloads.who(user) for user in shown], pagination, total=len(here)))

    def _badge_holders(self, request: web.Request, badge: str) -> web.Response:
        holders = [user for user in self._world.users.values() if badge in user.badges]
        shown, pagination = page_of(request, _wanted(request, holders))
        return web.json_response(payloads.page([payloads.who(user) for user in shown], pagination))


def _wanted(request: web.Request, users: Iterable[TwitchUser]) -> list[TwitchUser]:
    """Those among `users` whom the request's user_id parameters name; all without any."""
    ids = request.query.getall("user_id", [])
    if len(ids) > IDS_MAX:
        raise Problem(400, "The request exceeds the maximum number of 100 users.")
    return [user for user in users if not ids or user.id in ids]
