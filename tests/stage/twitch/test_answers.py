"""Every answer of the local Helix has the shape and the status that the platform's document describes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.stage.server import Stage
from bot.stage.twitch.layouts import own_path
from bot.stage.twitch.model import ChatMessage, TwitchUser
from bot.stage.twitch.rewards import Redemption
from tests.stage.twitch import openapi
from tests.stage.twitch.helpers import Caller, HandClock

pytestmark = openapi.needs_files
Route = tuple[str, str]

OWNER_SCOPES = [
    "channel:manage:polls",
    "channel:manage:redemptions",
    "channel:manage:moderators",
    "channel:manage:vips",
    "channel:manage:broadcast",
    "moderation:read",
    "channel:read:subscriptions",
]
BOT_SCOPES = [
    "user:read:chat",
    "user:write:chat",
    "user:bot",
    "moderator:read:followers",
    "moderator:read:chatters",
    "moderator:manage:announcements",
    "moderator:manage:banned_users",
    "moderator:manage:chat_messages",
    "moderator:manage:chat_settings",
    "moderator:manage:shoutouts",
]
# Routes of the local Twitch that the document does not describe: it is about Helix alone.
NOT_IN_THE_FILE = {
    ("POST", "/oauth2/token"),
    ("POST", "/oauth2/device"),
    ("GET", "/oauth2/validate"),
    ("POST", "/oauth2/revoke"),
    ("POST", "/auth/authorize"),
    ("GET", "/oauth2/authorize"),
    ("POST", "/activate/authorize"),
    ("GET", "/activate"),
    ("POST", "/activate"),
    ("GET", "/units/clients"),
    ("GET", "/units/users"),
    ("GET", "/units/streams"),
    ("GET", "/units/subscriptions"),
    ("GET", "/ws"),
}
# Which of the tests below asks which routes, by what their paths begin with; every route belongs to one.
BEGINNINGS = {
    "people": ("users", "streams", "channels", "subscriptions", "moderation/moderators", "chat/chatters"),
    "chat": (
        "chat/messages",
        "chat/announcements",
        "chat/settings",
        "chat/shoutouts",
        "moderation/ban",
        "moderation/chat",
    ),
    "polls": ("polls",),
    "rewards": ("channel_points",),
    "eventsub": ("eventsub",),
}


def routes(stage: Stage) -> set[Route]:
    """All routes of the local Twitch at Twitch's own addresses, and those that only the stage has."""
    found = set()
    for route in stage.app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        doubled = own_path(path) != path and (route.method, path) != ("POST", "/auth/authorize")
        ours = path.startswith(("/helix", "/oauth2", "/auth", "/activate", "/units", "/ws"))
        if ours and not doubled and route.method not in ("*", "HEAD"):
            found.add((route.method, path))
    return found


class Examiner:
    """Asks a stage with every scope there is, and keeps which routes answered with success and what did not fit."""

    def __init__(self, stage: Stage, http: aiohttp.ClientSession, violations: list[str], asked: set[Route]) -> None:
        self.stage = stage
        self.world = world = stage.twitch
        self.violations = violations
        self.asked = asked
        self.caller = Caller(stage, http)
        self.owner = world.issue_token(world.broadcaster, OWNER_SCOPES).access
        self.bot = world.issue_token(world.bot, BOT_SCOPES).access
        self.app = world.issue_token(None, ()).access
        self.here = {"broadcaster_id": world.broadcaster.id}
        self.moderating = {**self.here, "moderator_id": world.bot.id}
        self.ann: TwitchUser = world.add_user("ann", "Ann", badges={"vip"})

    async def ask(
        self,
        token: str,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: object = None,
        *,
        status: int = 200,
    ) -> Any:
        """The `data` of an answer that has to have this status."""
        answered, told = await self.caller.request(method, path, query or {}, body, token=token)
        assert answered == status, (method, path, told)
        return told["data"] if told is not None and "data" in told else told

    async def listed(self, token: str, path: str, query: Mapping[str, str] | None = None) -> None:
        """A list has to hold something: an empty one fits any shape."""
        assert len(await self.ask(token, "GET", path, query)) >= 1, path

    def approve(self, part: str) -> None:
        """Nothing did not fit, and every route of the part has been asked."""
        assert self.violations == []
        beginnings = tuple(f"/helix/{each}" for each in BEGINNINGS[part])
        assert {route for route in routes(self.stage) if route[1].startswith(beginnings)} <= self.asked


@pytest.fixture
async def examiner(clock: HandClock) -> AsyncIterator[Examiner]:
    stage, asked = Stage(clock=clock), set[Route]()

    @web.middleware
    async def note(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        asked.add((request.method, request.path))
        return response

    violations = openapi.attach(stage)
    stage.app.middlewares.append(note)
    async with stage, aiohttp.ClientSession() as http:
        yield Examiner(stage, http, violations, asked)


def test_the_document_describes_every_route_but_those_listed() -> None:
    undescribed = {
        (method, path)
        for method, path in routes(Stage())
        if not openapi.describes(method, path.removeprefix("/helix"))
    }
    assert undescribed == NOT_IN_THE_FILE


def test_every_route_of_helix_is_asked_by_one_of_these_tests() -> None:
    beginnings = tuple(f"/helix/{each}" for part in BEGINNINGS.values() for each in part)
    left_out = {
        path for _, path in routes(Stage()) if path.startswith("/helix") and not path.startswith(beginnings)
    }
    assert left_out == set()


async def test_people_the_stream_and_the_channel(examiner: Examiner) -> None:
    ask, world, ann = examiner.ask, examiner.world, examiner.ann
    owner, bot, here = examiner.owner, examiner.bot, examiner.here
    anns = world.issue_token(ann, ["user:read:subscriptions"]).access
    bob = {**here, "user_id": world.add_user("bob").id}
    world.go_live()
    world.follow(ann)
    world.say(ann, "hello")
    await ask(anns, "GET", "subscriptions/user", {**here, "user_id": ann.id}, status=404)
    world.subscribe(ann, "3000", is_gift=True)

    for token, path, query in [
        (bot, "users", {"login": "ann"}),
        (bot, "streams", {"user_id": world.broadcaster.id}),
        (bot, "channels", here),
        (bot, "channels/followers", {**here, "user_id": ann.id}),
        (owner, "subscriptions", {**here, "user_id": ann.id}),
        (anns, "subscriptions/user", {**here, "user_id": ann.id}),
        (owner, "moderation/moderators", here),
        (owner, "channels/vips", here),
        (bot, "chat/chatters", examiner.moderating),
    ]:
        await examiner.listed(token, path, query)
    await ask(owner, "PATCH", "channels", here, {"title": "Still teatime"}, status=204)
    for path, twice in (("moderation/moderators", 400), ("channels/vips", 422)):
        await ask(owner, "POST", path, bob, status=204)
        await ask(owner, "POST", path, bob, status=twice)
        await ask(owner, "DELETE", path, bob, status=204)
    await ask("wrong", "GET", "channels", here, status=401)
    examiner.approve("people")


async def test_chat_and_its_moderators(examiner: Examiner) -> None:
    ask, world, ann, bot = examiner.ask, examiner.world, examiner.ann, examiner.bot
    moderating = examiner.moderating
    line = world.say(ann, "hello")
    assert isinstance(line, ChatMessage)
    text = {**examiner.here, "sender_id": world.bot.id, "message": "hello"}
    await ask(bot, "POST", "chat/messages", body=text)
    await ask(bot, "POST", "chat/messages", body=text)  # dropped, with a reason
    await ask(bot, "POST", "chat/messages", body={**text, "message": "x" * 501}, status=422)
    await ask(bot, "POST", "chat/announcements", moderating, {"message": "hello"}, status=204)
    await examiner.listed(examiner.app, "chat/settings", examiner.here)
    await examiner.listed(bot, "chat/settings", moderating)
    await ask(bot, "PATCH", "chat/settings", moderating, {"slow_mode": True, "slow_mode_wait_time": 10})
    await ask(bot, "POST", "moderation/bans", moderating, {"data": {"user_id": ann.id, "duration": 60}})
    await ask(bot, "POST", "moderation/bans", moderating, {"data": {"user_id": ann.id}})
    await examiner.listed(examiner.owner, "moderation/banned", examiner.here)
    await ask(bot, "DELETE", "moderation/bans", {**moderating, "user_id": ann.id}, status=204)
    await ask(bot, "DELETE", "moderation/chat", {**moderating, "message_id": line.id}, status=204)
    await ask(bot, "DELETE", "moderation/chat", {**moderating, "message_id": "nowhere"}, status=404)
    shout = {"from_broadcaster_id": world.broadcaster.id, "to_broadcaster_id": ann.id, "moderator_id": world.bot.id}
    await ask(bot, "POST", "chat/shoutouts", shout, status=400)  # nobody streams
    world.go_live()
    await ask(bot, "POST", "chat/shoutouts", shout, status=204)
    await ask(bot, "POST", "chat/shoutouts", shout, status=429)
    examiner.approve("chat")


async def test_polls(examiner: Examiner) -> None:
    ask, owner, here = examiner.ask, examiner.owner, examiner.here
    wish = {**here, "title": "Which mug?", "choices": [{"title": "Teal"}, {"title": "Plum"}], "duration": 60}
    [poll] = await ask(owner, "POST", "polls", body=wish)
    await ask(owner, "POST", "polls", body=wish, status=400)
    await examiner.listed(owner, "polls", here)
    await ask(owner, "PATCH", "polls", body={**here, "id": poll["id"], "status": "TERMINATED"})
    await examiner.listed(owner, "polls", here)
    await ask(owner, "GET", "polls", {**here, "id": "nowhere"}, status=404)
    examiner.world.broadcaster_type = ""
    await ask(owner, "POST", "polls", body=wish, status=403)
    examiner.approve("polls")


async def test_rewards_and_redemptions(examiner: Examiner) -> None:
    ask, owner, here = examiner.ask, examiner.owner, examiner.here
    path = "channel_points/custom_rewards"
    cooldown = {"is_global_cooldown_enabled": True, "global_cooldown_seconds": 60}
    [reward] = await ask(owner, "POST", path, here, {"title": "Claim the mug", "cost": 500, **cooldown})
    examiner.world.go_live()
    redemption = examiner.world.redeem(examiner.ann, reward["id"])
    assert isinstance(redemption, Redemption)
    await examiner.listed(owner, path, here)
    of_reward = {**here, "reward_id": reward["id"]}
    await examiner.listed(owner, f"{path}/redemptions", {**of_reward, "status": "UNFULFILLED"})
    settle = {**of_reward, "id": redemption.id}
    await ask(owner, "PATCH", f"{path}/redemptions", settle, {"status": "FULFILLED"})
    await ask(owner, "PATCH", f"{path}/redemptions", settle, {"status": "FULFILLED"}, status=404)
    await ask(owner, "PATCH", path, {**here, "id": reward["id"]}, {"is_paused": True})
    await ask(owner, "DELETE", path, {**here, "id": reward["id"]}, status=204)
    await ask(owner, "DELETE", path, {**here, "id": reward["id"]}, status=404)
    examiner.approve("rewards")


async def test_subscriptions_and_conduits(examiner: Examiner) -> None:
    ask, bot, app = examiner.ask, examiner.bot, examiner.app
    session_id = await examiner.caller.open_session()
    path = "eventsub/subscriptions"
    condition = {"broadcaster_user_id": examiner.world.broadcaster.id}
    online = {"type": "stream.online", "version": "1", "condition": condition}
    on_socket = {**online, "transport": {"method": "websocket", "session_id": session_id}}
    [made] = await ask(bot, "POST", path, body=on_socket, status=202)
    await ask(bot, "POST", path, body=on_socket, status=409)
    await ask(app, "POST", path, body=on_socket, status=400)
    await examiner.listed(bot, path)
    await ask(bot, "DELETE", path, {"id": made["id"]}, status=204)

    conduits = "eventsub/conduits"
    [conduit] = await ask(app, "POST", conduits, body={"shard_count": 1})
    await ask(app, "PATCH", conduits, body={"id": conduit["id"], "shard_count": 2})
    await examiner.listed(app, conduits)
    places = [{"id": place, "transport": on_socket["transport"]} for place in ("0", "7")]
    body = {"conduit_id": conduit["id"], "shards": places}
    await ask(app, "PATCH", f"{conduits}/shards", body=body, status=202)
    await examiner.listed(app, f"{conduits}/shards", {"conduit_id": conduit["id"]})
    on_conduit = {**online, "transport": {"method": "conduit", "conduit_id": conduit["id"]}}
    await ask(app, "POST", path, body=on_conduit, status=202)
    await examiner.listed(app, path)
    await ask(app, "DELETE", conduits, {"id": conduit["id"]}, status=204)
    examiner.approve("eventsub")
