"""Every endpoint the local Discord has is asked once, and each answer fits the platform's OpenAPI file."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.stage.discord.model import Interaction
from bot.stage.discord.routes import ROUTES
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.conftest import Rest
from tests.stage.discord.openapi import ABSENT, FILE, operations

Json = dict[str, Any]

# Endpoints of the platform that its file does not have; none at this time.
NOT_IN_THE_FILE: set[tuple[str, str]] = set()

TEXT_DISPLAY = {"type": 10, "content": "# Teal Mug"}
LAYOUT = [
    {
        "type": 17,
        "components": [
            {
                "type": 9,
                "components": [TEXT_DISPLAY],
                "accessory": {"type": 11, "media": {"url": "https://x.org/m.png"}},
            },
            {"type": 14},
            {"type": 12, "items": [{"media": {"url": "https://x.org/m.png"}}]},
            {"type": 1, "components": [{"type": 2, "style": 1, "label": "Claim", "custom_id": "claim"}]},
            {"type": 1, "components": [{"type": 5, "custom_id": "who"}]},
        ],
    }
]


class Caller:
    """Asks by the stage's own address patterns, and remembers which it has asked."""

    def __init__(self, world: DiscordWorld, rest: Rest) -> None:
        self.world, self._rest = world, rest
        self.asked: set[tuple[str, str]] = set()
        self.ids = {"application_id": world.application_id, "guild_id": world.guild_id}

    async def __call__(self, method: str, path: str, body: object = None, query: str = "", **ids: str) -> Any:
        self.asked.add((method, path))
        answer = await self._rest(method, path.format(**self.ids, **ids) + query, body)
        assert answer.status < 300, (method, path, answer.body)
        return answer.body


@pytest.fixture
def call(world: DiscordWorld, rest: Rest) -> Caller:
    return Caller(world, rest)


async def _applications(call: Caller) -> None:
    for path in ("/users/@me", "/oauth2/applications/@me", "/applications/@me", "/gateway", "/gateway/bot"):
        await call("GET", path)
    option = {"type": 3, "name": "drop", "description": "Which", "autocomplete": True}
    body = {"name": "claim", "description": "Take one", "options": [option]}
    for path in (
        "/applications/{application_id}/commands",
        "/applications/{application_id}/guilds/{guild_id}/commands",
    ):
        await call("PUT", path, [body])
        made = await call("POST", path, {"name": "mine", "description": "What you hold"})
        await call("GET", path)
        one = path + "/{command_id}"
        await call("GET", one, command_id=made["id"])
        await call("PATCH", one, {"description": "Yours"}, command_id=made["id"])
        await call("DELETE", one, command_id=made["id"])


async def _interactions(call: Caller) -> None:
    callback = "/interactions/{interaction_id}/{token}/callback"
    webhook = "/webhooks/{application_id}/{token}"
    ann = call.world.add_member("ann")

    async def answer(act: Interaction, body: Json) -> None:
        await call("POST", callback, body, "?with_response=true", interaction_id=act.id, token=act.token)

    act = call.world.slash(ann, "claim")
    await answer(act, {"type": 5})
    await call(
        "PATCH", webhook + "/messages/{message_id}", {"content": "1"}, token=act.token, message_id="@original"
    )
    sent = await call("POST", webhook, {"flags": 1 << 15, "components": LAYOUT}, token=act.token)
    await call("GET", webhook + "/messages/{message_id}", token=act.token, message_id=sent["id"])
    pressed = call.world.press(ann, sent["id"], "claim")
    await answer(pressed, {"type": 4, "data": {"content": "Teal Mug #1", "flags": 64}})
    await answer(call.world.select(ann, sent["id"], [ann]), {"type": 6})
    field = {"type": 18, "label": "Why", "component": {"type": 4, "custom_id": "why", "style": 1}}
    shown = call.world.press(ann, sent["id"], "claim")
    await answer(shown, {"type": 9, "data": {"title": "Give", "custom_id": "give", "components": [field]}})
    await answer(call.world.submit(ann, shown, {"Why": "lost"}), {"type": 7, "data": {"components": LAYOUT}})
    choices = [{"name": "Teal Mug", "value": "mug"}]
    await answer(call.world.complete(ann, "claim", "drop", ""), {"type": 8, "data": {"choices": choices}})
    await call("DELETE", webhook + "/messages/{message_id}", token=act.token, message_id=sent["id"])


async def _members(call: Caller) -> None:
    user = call.world.add_member("bob").id
    for path in ("/guilds/{guild_id}", "/guilds/{guild_id}/channels", "/guilds/{guild_id}/roles"):
        await call("GET", path)
    await call("GET", "/guilds/{guild_id}/members/{user_id}", user_id=user)
    await call("GET", "/users/{user_id}", user_id=user)
    call.world.sessions.allowed_privileged_intents = 1 << 1
    call.world.boost(call.world.member("bob"))
    await call("GET", "/guilds/{guild_id}/members", query="?limit=10")
    await call("GET", "/guilds/{guild_id}/members/search", query="?limit=10&query=bo")
    role = (await call("POST", "/guilds/{guild_id}/roles", {"name": "winners"}))["id"]
    await call("GET", "/guilds/{guild_id}/roles/{role_id}", role_id=role)
    await call("PATCH", "/guilds/{guild_id}/roles/{role_id}", {"name": "owners"}, role_id=role)
    for method in ("PUT", "DELETE"):
        await call(method, "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", user_id=user, role_id=role)
    await call("DELETE", "/guilds/{guild_id}/roles/{role_id}", role_id=role)
    direct = (await call("POST", "/users/@me/channels", {"recipient_id": user}))["id"]
    await call("GET", "/channels/{channel_id}", channel_id=direct)
    await call("POST", "/channels/{channel_id}/messages", {"content": "You won!"}, channel_id=direct)


async def _messages(call: Caller) -> None:
    lounge, messages = call.world.channel("lounge").id, "/channels/{channel_id}/messages"
    one = messages + "/{message_id}"
    sent = await call("POST", messages, {"content": "48 left", "embeds": [{"title": "Mug"}]}, channel_id=lounge)
    here = {"channel_id": lounge, "message_id": sent["id"]}
    await call("PATCH", one, {"content": "47 left"}, **here)
    for path in ("/channels/{channel_id}/pins/{message_id}", "/channels/{channel_id}/messages/pins/{message_id}"):
        await call("PUT", path, **here)
        await call("GET", "/channels/{channel_id}/pins", channel_id=lounge)
        await call("GET", "/channels/{channel_id}/messages/pins", channel_id=lounge)
        await call("DELETE", path, **here)
    call.world.say(call.world.add_member("cat"), "mine!", reply_to=sent["id"])
    reactions = one + "/reactions"
    for method, path in (
        ("PUT", "/{emoji}/@me"),
        ("GET", "/{emoji}"),
        ("DELETE", "/{emoji}/@me"),
        ("PUT", "/{emoji}/@me"),
        ("DELETE", "/{emoji}/{user_id}"),
        ("PUT", "/{emoji}/@me"),
    ):
        await call(method, reactions + path, emoji="👍", user_id=call.world.application_id, **here)
    await call("GET", one, **here)
    await call("DELETE", reactions + "/{emoji}", emoji="👍", **here)
    await call("DELETE", reactions, **here)
    await call("GET", messages, channel_id=lounge)
    await call("DELETE", one, **here)


async def _polls(call: Caller) -> None:
    lounge = call.world.channel("lounge").id
    answers = [{"poll_media": {"text": text}} for text in ("Mug", "Cap")]
    body = {"poll": {"question": {"text": "Next?"}, "answers": answers, "duration": 1}}
    sent = await call("POST", "/channels/{channel_id}/messages", body, channel_id=lounge)
    call.world.vote(call.world.add_member("dan"), sent["id"], "Mug")
    poll = "/channels/{channel_id}/polls/{message_id}"
    here = {"channel_id": lounge, "message_id": sent["id"]}
    await call("GET", poll + "/answers/{answer_id}", answer_id="1", **here)
    await call("POST", poll + "/expire", **here)
    await call("GET", "/channels/{channel_id}/messages", channel_id=lounge)


async def _threads(call: Caller) -> None:
    lounge, channel = call.world.channel("lounge").id, "/channels/{channel_id}"
    sent = await call("POST", channel + "/messages", {"content": "Which?"}, channel_id=lounge)
    begun = await call(
        "POST",
        channel + "/messages/{message_id}/threads",
        {"name": "colours"},
        channel_id=lounge,
        message_id=sent["id"],
    )
    await call("GET", channel + "/messages/{message_id}", channel_id=lounge, message_id=sent["id"])
    await call("GET", channel + "/messages", channel_id=begun["id"])
    thread = (await call("POST", channel + "/threads", {"name": "testers"}, channel_id=lounge))["id"]
    eve = call.world.add_member("eve").id
    await call("PUT", channel + "/thread-members/{user_id}", channel_id=thread, user_id=eve)
    await call("GET", channel + "/thread-members", query="?with_member=true", channel_id=thread)
    await call("DELETE", channel + "/thread-members/{user_id}", channel_id=thread, user_id=eve)
    await call("DELETE", channel + "/thread-members/@me", channel_id=thread)
    await call("PUT", channel + "/thread-members/@me", channel_id=thread)
    await call("GET", "/guilds/{guild_id}/threads/active")
    await call("PATCH", channel, {"archived": True}, channel_id=thread)
    await call("GET", channel, channel_id=thread)
    await call("DELETE", channel, channel_id=thread)


async def _events(call: Caller) -> None:
    starts = datetime.now(UTC) + timedelta(hours=1)
    events = "/guilds/{guild_id}/scheduled-events"
    made = await call(
        "POST",
        events,
        {
            "name": "Teal Mug",
            "privacy_level": 2,
            "entity_type": 3,
            "entity_metadata": {"location": "the stream"},
            "scheduled_start_time": starts.isoformat(),
            "scheduled_end_time": (starts + timedelta(hours=1)).isoformat(),
        },
    )
    one = events + "/{event_id}"
    await call("PATCH", one, {"status": 2}, event_id=made["id"])
    await call("GET", events, query="?with_user_count=true")
    await call("GET", one, query="?with_user_count=true", event_id=made["id"])
    await call("GET", one + "/users", query="?with_member=true", event_id=made["id"])
    await call("DELETE", one, event_id=made["id"])


async def test_every_endpoint_answers_in_the_platforms_shape(call: Caller) -> None:
    """The fixture `port` judges each exchange by the file, where that is at hand."""
    for part in (_applications, _interactions, _members, _messages, _polls, _threads, _events):
        await part(call)
    assert call.asked == {(route.method, route.path) for route in ROUTES}


@pytest.mark.skipif(not FILE.exists(), reason=ABSENT)
def test_every_endpoint_is_one_of_the_platforms() -> None:
    known = {(method, _shape(path)) for method, path in operations()}
    strange = {(route.method, route.path) for route in ROUTES if (route.method, _shape(route.path)) not in known}
    assert strange == NOT_IN_THE_FILE


def _shape(path: str) -> str:
    """An address without the names of its parameters, which everybody chooses for themselves."""
    return re.sub(r"\{[^}]+\}", "{}", path)
