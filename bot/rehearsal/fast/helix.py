"""Questions to the local Helix without a client: the same answers about people, and the planned faults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from bot.platforms.twitch.asking import Params
from bot.rehearsal.fast.network import Network
from bot.services.ports import PlaceDown, SendRefused
from bot.stage.twitch import payloads
from bot.stage.twitch.model import TwitchUser, rfc3339_seconds
from bot.stage.twitch.world import TwitchWorld

_TOO_MANY = 429
Json = dict[str, Any]


class QuickHelix:
    """Behind the program's own sources of evidence. Everything is permitted: nothing here logs in."""

    def __init__(self, world: TwitchWorld, network: Network) -> None:
        self._world = world
        self._network = network

    async def ask(self, path: str, params: Params, *, token_for: str, needs: str) -> Mapping[str, Any]:
        """See asking.AsksHelix."""
        faults, where = self._world.faults, f"/helix/{path}"
        await self._network.trip(faults.take_delay("GET", where))
        planned = faults.take_answer("GET", where)
        answer = self._answer(path, params)
        await self._network.trip()
        if planned is None:
            return answer
        if planned.status == _TOO_MANY or planned.status >= 500:
            raise PlaceDown(f"Twitch answers {planned.status}")
        raise SendRefused(f"Twitch answers {planned.status}: it takes {needs}")

    async def pages(self, path: str, params: Params, *, token_for: str, needs: str) -> AsyncIterator[Any]:
        """See asking.AsksHelix; here a list is one page."""
        answer = await self.ask(path, params, token_for=token_for, needs=needs)
        for row in answer["data"]:
            yield row

    def _answer(self, path: str, params: Params) -> Json:
        world = self._world
        match path:
            case "subscriptions":
                paid = [world.paid[user] for user in self._users(params["user_id"]) if user in world.paid]
                return payloads.page([payloads.helix_subscription(each, world.broadcaster) for each in paid])
            case "channels/followers":
                asked = self._users(params["user_id"]) if "user_id" in params else list(world.followers)
                follows = [(user, world.followers[user]) for user in asked if user in world.followers]
                rows = [{"followed_at": rfc3339_seconds(at), **payloads.who(user)} for user, at in follows]
                return payloads.page(rows, total=len(world.followers))
            case "channels/vips" | "moderation/moderators":
                badge = "vip" if path.endswith("vips") else "moderator"
                holders = [user for user in world.users.values() if badge in user.badges]
                return payloads.page([payloads.who(user) for user in holders])
            case "users":
                return payloads.page([payloads.helix_user(user) for user in self._users(params["id"])])
        world.note("not-imitated", f"GET /helix/{path}")
        raise PlaceDown(f"the quick way has no answer for {path}")

    def _users(self, ids: str | int | list[str]) -> list[TwitchUser]:
        asked = ids if isinstance(ids, list) else [str(ids)]
        return [self._world.users[each] for each in asked if each in self._world.users]
