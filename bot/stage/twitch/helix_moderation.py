"""The local Helix's moderation: bans and time-outs, deleted lines, moderators and VIPs made and unmade."""

from __future__ import annotations

from aiohttp import web

from bot.stage.twitch import fields, payloads
from bot.stage.twitch.access import json_body, named_user, need_moderator, need_owner
from bot.stage.twitch.answers import no_content
from bot.stage.twitch.limits import Recent
from bot.stage.twitch.model import Problem, rfc3339_seconds
from bot.stage.twitch.pages import page_of
from bot.stage.twitch.world import TwitchWorld

ROLES_MAX = 10
ROLES_SECONDS = 10
VIPS_MAX = 10
TIMEOUT_SECONDS_MAX = 1_209_600
REASON_CHARACTERS_MAX = 500
_OTHERS = {"moderator": "vip", "vip": "moderator"}


class HelixModeration:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._changes = {
            (badge, deed): Recent(world.clock, ROLES_SECONDS) for badge in _OTHERS for deed in ("added", "removed")
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/helix/moderation/banned", self.bans),
            web.post("/helix/moderation/bans", self.ban),
            web.delete("/helix/moderation/bans", self.unban),
            web.delete("/helix/moderation/chat", self.delete_lines),
            web.post("/helix/moderation/moderators", self.add_moderator),
            web.delete("/helix/moderation/moderators", self.remove_moderator),
            web.post("/helix/channels/vips", self.add_vip),
            web.delete("/helix/channels/vips", self.remove_vip),
        ]

    async def ban(self, request: web.Request) -> web.Response:
        moderator = need_moderator(self._world, request, "moderator:manage:banned_users")
        body = (await json_body(request)).get("data")
        if not isinstance(body, dict):
            raise Problem(400, 'Missing required parameter "data"')
        user = self._world.users.get(fields.text(body, "user_id"))
        # Nobody bans the broadcaster, and only the broadcaster bans moderators.
        above = user is not None and self._world.moderates(user) and not self._owns(moderator.id)
        if user is None or above or self._owns(user.id):
            raise Problem(400, "The user specified in the user_id field may not be banned.")
        seconds = fields.optional_number(body, "duration", 0, least=1, most=TIMEOUT_SECONDS_MAX)
        reason = fields.optional_text(body, "reason", "", most=REASON_CHARACTERS_MAX)
        standing = self._world.chat.ban_of(user)
        if standing is not None and standing.until is None:
            raise Problem(400, "The user specified in the user_id field is already banned.")
        until = self._world.moderation.ban(user, moderator, reason, seconds=seconds or None).until
        shown = {
            "broadcaster_id": self._world.broadcaster.id,
            "moderator_id": moderator.id,
            "user_id": user.id,
            "created_at": rfc3339_seconds(self._world.clock()),
            "end_time": rfc3339_seconds(until) if until is not None else None,
        }
        return web.json_response({"data": [shown]})

    async def bans(self, request: web.Request) -> web.Response:
        """Newest first; a time-out that is over is not listed."""
        need_owner(self._world, request, "moderation:read", "moderator:manage:banned_users")
        chat, wanted = self._world.chat, request.query.getall("user_id", [])
        standing = [(user, ban) for user in reversed(tuple(chat.bans)) if (ban := chat.ban_of(user)) is not None]
        shown, pagination = page_of(request, [each for each in standing if not wanted or each[0].id in wanted])
        return web.json_response(payloads.page([payloads.helix_ban(*each) for each in shown], pagination))

    async def unban(self, request: web.Request) -> web.Response:
        moderator = need_moderator(self._world, request, "moderator:manage:banned_users")
        user = named_user(self._world, request)
        if self._world.chat.ban_of(user) is None:
            raise Problem(400, "The user specified in the user_id query parameter is not banned.")
        self._world.unban(user, moderator)
        return no_content()

    async def delete_lines(self, request: web.Request) -> web.Response:
        """One line, or all of them when none is named."""
        moderator = need_moderator(self._world, request, "moderator:manage:chat_messages")
        wanted = request.query.get("message_id")
        if not wanted:
            self._world.moderation.clear_chat()
            return no_content()
        line = self._world.chat.log.get(wanted)
        if line is None:
            raise Problem(404, "The ID in message_id was not found.")
        if line.sender is self._world.broadcaster and moderator is not line.sender:
            raise Problem(400, "You may not delete the broadcaster's messages.")
        if line.sender is not moderator and self._world.moderates(line.sender) and not self._owns(moderator.id):
            raise Problem(400, "You may not delete another moderator's messages.")
        self._world.moderation.delete_line(line)
        return no_content()

    async def add_moderator(self, request: web.Request) -> web.Response:
        return self._add(request, "moderator", "channel:manage:moderators", already=400)

    async def add_vip(self, request: web.Request) -> web.Response:
        return self._add(request, "vip", "channel:manage:vips", already=422)

    async def remove_moderator(self, request: web.Request) -> web.Response:
        return self._remove(request, "moderator", "channel:manage:moderators", not_one=400)

    async def remove_vip(self, request: web.Request) -> web.Response:
        return self._remove(request, "vip", "channel:manage:vips", not_one=422)

    def _add(self, request: web.Request, badge: str, scope: str, *, already: int) -> web.Response:
        need_owner(self._world, request, scope)
        user = named_user(self._world, request)
        if badge in user.badges:
            raise Problem(already, f"The user in user_id is already a {badge}.")
        if self._world.chat.ban_of(user) is not None:
            raise Problem(400, "The user in user_id is banned from the channel.")
        if _OTHERS[badge] in user.badges:
            raise Problem(422, f"The user in user_id is a {_OTHERS[badge]}.")
        if badge == "vip" and sum("vip" in each.badges for each in self._world.users.values()) >= VIPS_MAX:
            raise Problem(409, "The broadcaster doesn't have available VIP slots.")
        self._count(badge, "added")
        self._world.grant_badge(user, badge)
        return no_content()

    def _remove(self, request: web.Request, badge: str, scope: str, *, not_one: int) -> web.Response:
        need_owner(self._world, request, scope)
        user = named_user(self._world, request)
        if badge not in user.badges:
            raise Problem(not_one, f"The user in user_id is not a {badge}.")
        self._count(badge, "removed")
        self._world.remove_badge(user, badge)
        return no_content()

    def _count(self, badge: str, deed: str) -> None:
        changes = self._changes[badge, deed]
        if len(changes) >= ROLES_MAX:
            raise Problem(429, "The broadcaster has exceeded the number of requests allowed in 10 seconds.")
        changes.add()

    def _owns(self, user_id: str) -> bool:
        return user_id == self._world.broadcaster.id
