"""The local Helix's shoutouts: another channel recommended, not too often."""

from __future__ import annotations

from aiohttp import web

from bot.stage.record import SECOND
from bot.stage.twitch.access import need_same, need_scope, token_of
from bot.stage.twitch.answers import no_content
from bot.stage.twitch.model import Problem, TwitchUser
from bot.stage.twitch.world import TwitchWorld

SECONDS_BETWEEN = 120
SECONDS_BETWEEN_FOR_ONE = 3600


class HelixShoutouts:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._next_at = 0
        self._next_to: dict[TwitchUser, int] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/helix/chat/shoutouts", self.shout_out)]

    async def shout_out(self, request: web.Request) -> web.Response:
        world, asked = self._world, request.query
        user = need_scope(token_of(world, request), "moderator:manage:shoutouts")
        need_same(user, asked.get("moderator_id", ""), "moderator_id")
        channel = world.users.get(asked.get("to_broadcaster_id", ""))
        if asked.get("from_broadcaster_id") != world.broadcaster.id:
            raise Problem(400, "The ID in from_broadcaster_id is not valid.")
        if channel is None:
            raise Problem(400, "The ID in to_broadcaster_id is not valid.")
        if channel is world.broadcaster:
            raise Problem(400, "The broadcaster may not give themselves a Shoutout.")
        if not world.moderates(user):
            raise Problem(403, "The user in moderator_id is not one of the broadcaster's moderators.")
        if world.stream is None or not world.chatters:
            raise Problem(400, "The broadcaster is not streaming live or does not have one or more viewers.")
        now = world.clock()
        if now < max(self._next_at, self._next_to.get(channel, 0)):
            raise Problem(429, "The broadcaster exceeded the number of Shoutouts they may send.")
        self._next_at = now + SECONDS_BETWEEN * SECOND
        self._next_to[channel] = now + SECONDS_BETWEEN_FOR_ONE * SECOND
        world.moderation.shout_out(channel, user, next_at=self._next_at, next_to_it_at=self._next_to[channel])
        return no_content()
