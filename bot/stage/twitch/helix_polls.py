"""The local Helix's polls: begun, read and ended by the broadcaster."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.stage.twitch import fields, payloads, poll_payloads
from bot.stage.twitch.access import json_body, need_affiliate, need_owner, need_same, need_scope, token_of
from bot.stage.twitch.model import Problem
from bot.stage.twitch.pages import page_of
from bot.stage.twitch.polls import Poll
from bot.stage.twitch.world import TwitchWorld

TITLE_CHARACTERS_MAX = 60
CHOICE_CHARACTERS_MAX = 25
CHOICES_RANGE = 2, 5
SECONDS_RANGE = 15, 1800
POINTS_A_VOTE_MAX = 1_000_000
IDS_MAX = 20
_MANAGE = "channel:manage:polls"


class HelixPolls:
    def __init__(self, world: TwitchWorld) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        path = "/helix/polls"
        return [web.get(path, self.read), web.post(path, self.begin), web.patch(path, self.end)]

    async def read(self, request: web.Request) -> web.Response:
        need_owner(self._world, request, "channel:read:polls", _MANAGE)
        need_affiliate(self._world)
        ids = request.query.getall("id", [])
        if len(ids) > IDS_MAX:
            raise Problem(400, "The request exceeds the maximum number of 20 polls.")
        polls = [poll for poll in self._world.polls.newest_first if not ids or poll.id in ids]
        if ids and not polls:
            raise Problem(404, "None of the IDs in the id query parameter were found.")
        shown, pagination = page_of(request, polls, most=20)
        return web.json_response(payloads.page([self._json(poll) for poll in shown], pagination))

    async def begin(self, request: web.Request) -> web.Response:
        body = await self._owners_body(request)
        title = fields.text(body, "title", most=TITLE_CHARACTERS_MAX)
        choices = body.get("choices")
        fewest, most = CHOICES_RANGE
        if not isinstance(choices, list) or not all(isinstance(each, dict) for each in choices):
            raise Problem(400, 'Missing required parameter "choices"')
        if not fewest <= len(choices) <= most:
            raise Problem(400, "The number of choices in the poll may not be less than 2 or greater than 5.")
        titles = [fields.text(each, "title", most=CHOICE_CHARACTERS_MAX) for each in choices]
        shortest, longest = SECONDS_RANGE
        seconds = fields.number(body, "duration", least=shortest, most=longest)
        points = 0
        if fields.flag(body, "channel_points_voting_enabled", False):
            points = fields.number(body, "channel_points_per_vote", least=1, most=POINTS_A_VOTE_MAX)
        poll = self._world.polls.begin(title, titles, seconds=seconds, points_per_vote=points)
        return web.json_response({"data": [self._json(poll)]})

    async def end(self, request: web.Request) -> web.Response:
        body = await self._owners_body(request)
        wanted, status = fields.text(body, "id"), fields.text(body, "status")
        if status == "TERMINATED":
            poll = self._world.polls.end(wanted, "TERMINATED")
        elif status == "ARCHIVED":
            poll = self._world.polls.end(wanted, "ARCHIVED")
        else:
            raise Problem(400, "The value in the status field is not valid.")
        return web.json_response({"data": [self._json(poll)]})

    async def _owners_body(self, request: web.Request) -> dict[str, Any]:
        user = need_scope(token_of(self._world, request), _MANAGE)
        body = await json_body(request)
        need_same(user, fields.text(body, "broadcaster_id"), "broadcaster_id")
        if user is not self._world.broadcaster:
            raise Problem(400, "The ID in broadcaster_id is not valid.")
        need_affiliate(self._world)
        return body

    def _json(self, poll: Poll) -> payloads.Json:
        return poll_payloads.helix(poll, self._world.broadcaster)
