"""The stage answers at the addresses of Twitch's command-line mock as it does at Twitch's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from bot.stage.twitch.layouts import own_path
from tests.stage.twitch.helpers import PATIENCE_SECONDS, seen, welcome


class MockClient:
    """Knows only what the mock's documentation tells: the addresses, and /units to look ids up."""

    def __init__(self, stage: Stage, http: aiohttp.ClientSession) -> None:
        self.stage = stage
        self.http = http
        self.layout = stage.describe()["layouts"]["twitch_cli"]
        self.headers: dict[str, str] = {}

    async def get(self, url: str, **query: str) -> tuple[int, Any]:
        async with self.http.get(url, params=query, headers=self.headers) as answer:
            return answer.status, await answer.json()

    async def post(self, url: str, body: object = None, **query: str) -> tuple[int, Any]:
        async with self.http.post(url, params=query, json=body, headers=self.headers) as answer:
            return answer.status, await answer.json()

    async def log_in(self, login: str, scope: str) -> str:
        """Become a user, by the mock's own endpoint; gives the user's id."""
        _, clients = await self.get(self.layout["units"] + "/clients")
        _, users = await self.get(self.layout["units"] + "/users")
        [user_id] = [each["id"] for each in users["data"] if each["login"] == login]
        client = clients["data"][0]
        status, given = await self.post(
            self.layout["auth"] + "/authorize",
            client_id=client["ID"],
            client_secret=client["Secret"],
            grant_type="user_token",
            user_id=user_id,
            scope=scope,
        )
        assert (status, given["refresh_token"], given["scope"]) == (200, "", sorted(scope.split()))
        self.headers = {"Authorization": f"Bearer {given['access_token']}", "Client-Id": client["ID"]}
        return str(user_id)


@pytest.fixture
async def client() -> AsyncIterator[MockClient]:
    async with Stage() as stage, aiohttp.ClientSession() as http:
        yield MockClient(stage, http)


async def test_a_client_of_the_mock_logs_in_asks_who_it_is_and_hears_chat(client: MockClient) -> None:
    world, layout = client.stage.twitch, client.layout
    user_id = await client.log_in("microdrops_bot", "user:read:chat user:bot user:write:chat")
    _, me = await client.get(layout["api"] + "/users")
    socket = await client.http.ws_connect(layout["eventsub"])
    wish = {
        "type": "channel.chat.message",
        "version": "1",
        "condition": {"broadcaster_user_id": world.broadcaster.id, "user_id": user_id},
        "transport": {"method": "websocket", "session_id": await welcome(socket)},
    }
    status, made = await client.post(layout["eventsub_subscriptions"], wish)
    line = {"broadcaster_id": world.broadcaster.id, "sender_id": user_id, "message": "hello"}
    sent = await client.post(layout["api"] + "/chat/messages", line)
    frame = await socket.receive_json(timeout=PATIENCE_SECONDS)

    assert me["data"][0]["id"] == user_id
    assert (status, sent[0]) == (202, 200)
    assert frame["payload"]["subscription"]["id"] == made["data"][0]["id"]
    assert frame["payload"]["event"]["message"]["text"] == "hello"


async def test_the_mocks_units_show_who_is_here(client: MockClient) -> None:
    world, units = client.stage.twitch, client.layout["units"]
    world.go_live("Teatime")
    world.subscribe(world.add_user("ann"))
    _, streams = await client.get(units + "/streams")
    _, paid = await client.get(units + "/subscriptions")
    _, users = await client.get(units + "/users", first="2")
    assert [each["title"] for each in streams["data"]] == ["Teatime"]
    assert [each["user_login"] for each in paid["data"]] == ["ann"]
    assert (len(users["data"]), users["total"], "cursor" in users["pagination"]) == (2, 4, True)
    status, _ = await client.get(units + "/categories")
    assert status == 501


@pytest.mark.parametrize(
    ("change", "status"),
    [({"client_secret": "guess"}, 403), ({"user_id": "1"}, 400), ({"grant_type": "code"}, 400)],
)
async def test_the_mocks_login_refuses_what_is_wrong(
    client: MockClient, change: dict[str, str], status: int
) -> None:
    world = client.stage.twitch
    right = {
        "client_id": world.client_id,
        "client_secret": world.client_secret,
        "grant_type": "user_token",
        "user_id": world.bot.id,
    }
    assert (await client.post(client.layout["auth"] + "/authorize", **{**right, **change}))[0] == status


async def test_a_fault_planned_for_twitchs_own_address_strikes_at_the_mocks_too(client: MockClient) -> None:
    await client.log_in("microdrops_bot", "user:bot")
    client.stage.twitch.faults.fail_next("GET", "/helix/users", 503)
    assert [(await client.get(client.layout["api"] + "/users"))[0] for _ in range(2)] == [503, 200]


async def test_what_is_not_imitated_is_not_imitated_there_either(client: MockClient) -> None:
    for path in ("/mock/raids", "/auth/userinfo", "/eventsub/other"):
        assert (await client.get(f"http://127.0.0.1:{client.stage.port}{path}"))[0] == 501
    assert len(seen(client.stage.twitch, "not-imitated")) == 3


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/mock/users", "/helix/users"),
        ("/auth/token", "/oauth2/token"),
        ("/eventsub/subscriptions", "/helix/eventsub/subscriptions"),
        ("/helix/users", "/helix/users"),
        ("/mockery", "/mockery"),
    ],
)
def test_a_path_of_the_mock_has_one_of_twitchs(path: str, own: str) -> None:
    assert own_path(path) == own
