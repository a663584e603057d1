"""Conduits: the application's own subscriptions, carried by whichever sockets are its shards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage
from tests.stage.twitch.helpers import Caller, texts, until, welcome


class Application(Caller):
    """Manages conduits with the application's own token."""

    def __init__(self, stage: Stage, http: aiohttp.ClientSession) -> None:
        super().__init__(stage, http)
        self.app_token = stage.twitch.issue_token(None, ()).access

    async def create(self, shard_count: Any = 2) -> tuple[int, Any]:
        return await self.post("eventsub/conduits", {"shard_count": shard_count}, token=self.app_token)

    async def conduit(self) -> str:
        status, body = await self.create()
        assert status == 200, body
        conduit_id: str = body["data"][0]["id"]
        return conduit_id

    async def assign(self, conduit_id: str, **sessions: str) -> tuple[int, Any]:
        """Give places to sessions: `s0=` is the first place."""
        shards = [
            {"id": place.removeprefix("s"), "transport": {"method": "websocket", "session_id": session_id}}
            for place, session_id in sessions.items()
        ]
        body = {"conduit_id": conduit_id, "shards": shards}
        return await self.request("PATCH", "eventsub/conduits/shards", body=body, token=self.app_token)

    async def wish(self, conduit_id: str, name: str, condition: dict[str, str]) -> tuple[int, Any]:
        body = {
            "type": name,
            "version": "1",
            "condition": condition,
            "transport": {"method": "conduit", "conduit_id": conduit_id},
        }
        return await self.post("eventsub/subscriptions", body, token=self.app_token)

    async def wish_for_chat(self, conduit_id: str) -> tuple[int, Any]:
        world = self.stage.twitch
        condition = {"broadcaster_user_id": world.broadcaster.id, "user_id": world.bot.id}
        return await self.wish(conduit_id, "channel.chat.message", condition)

    async def shards(self, conduit_id: str) -> list[Any]:
        _, body = await self.get("eventsub/conduits/shards", {"conduit_id": conduit_id}, token=self.app_token)
        listed: list[Any] = body["data"]
        return listed


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    async with Stage() as stage, aiohttp.ClientSession() as http:
        yield Application(stage, http)


async def test_a_conduit_is_made_changed_listed_and_deleted_with_the_applications_token(
    application: Application,
) -> None:
    path, token = "eventsub/conduits", application.app_token
    conduit_id = await application.conduit()
    resize = {"id": conduit_id, "shard_count": "5"}
    answers = [
        await application.request("PATCH", path, resize, token=token),
        await application.get(path, {}, token=token),
        await application.get(path, {}),
        await application.request("DELETE", path, {"id": conduit_id}, token=token),
        await application.request("DELETE", path, {"id": conduit_id}, token=token),
    ]
    assert [status for status, _ in answers] == [200, 200, 401, 204, 404]
    assert answers[1][1]["data"] == [{"id": conduit_id, "shard_count": 5}]


@pytest.mark.parametrize("count", [0, 20_001, "many", None, True])
async def test_a_conduit_has_a_sensible_number_of_shards(application: Application, count: Any) -> None:
    assert (await application.create(count))[0] == 400


async def test_five_conduits_are_the_most(application: Application) -> None:
    assert [(await application.create())[0] for _ in range(6)] == [200] * 5 + [429]


async def test_each_line_goes_to_one_shard_and_shards_take_turns(application: Application) -> None:
    world, conduit_id = application.stage.twitch, await application.conduit()
    first, second = await application.connect(), await application.connect()
    await application.assign(conduit_id, s0=await welcome(first), s1=await welcome(second))
    status, body = await application.wish_for_chat(conduit_id)
    assert (status, body["data"][0]["cost"], body["max_total_cost"]) == (202, 0, 10_000)
    assert body["data"][0]["transport"] == {"method": "conduit", "conduit_id": conduit_id}
    for text in ("one", "two", "three", "four"):
        world.say(world.broadcaster, text)
    assert (await texts(first, 2), await texts(second, 2)) == (["one", "three"], ["two", "four"])


async def test_a_lost_shard_is_listed_as_lost_and_another_socket_takes_its_place_without_subscribing_again(
    application: Application,
) -> None:
    world, conduit_id = application.stage.twitch, await application.conduit()
    lost = await application.connect()
    await application.assign(conduit_id, s0=await welcome(lost))
    await application.wish_for_chat(conduit_id)
    await lost.close()
    await until(world, lambda: len(world.sessions) == 0)
    [shard] = await application.shards(conduit_id)
    assert shard["status"] == "websocket_disconnected"
    assert "disconnected_at" in shard["transport"]
    world.say(world.broadcaster, "nobody hears this")

    found = await application.connect()
    status, body = await application.assign(conduit_id, s0=await welcome(found))
    world.say(world.broadcaster, "hello again")
    assert (status, body["errors"]) == (202, [])
    assert await texts(found, 1) == ["hello again"]


async def test_a_place_that_cannot_be_given_away_stands_among_the_errors(application: Application) -> None:
    conduit_id = await application.conduit()
    session_id = await application.open_session()
    status, body = await application.assign(conduit_id, s1=session_id, s2=session_id, s0="AgoQnever")
    assert (status, [each["id"] for each in body["data"]]) == (202, ["1"])
    assert [(each["id"], each["code"]) for each in body["errors"]] == [
        ("2", "invalid_parameter"),
        ("0", "invalid_parameter"),
    ]
    assert (await application.assign("nowhere", s0=session_id))[0] == 404


async def test_a_shard_of_a_conduit_is_not_closed_as_unused(application: Application) -> None:
    world = application.stage.twitch
    world.subscribe_within_seconds = 1.0
    conduit_id = await application.conduit()
    shard = await application.connect()
    await application.assign(conduit_id, s0=await welcome(shard))
    unused = await application.connect()
    await welcome(unused)
    closed = await unused.receive(timeout=60)
    assert (closed.type, unused.close_code) == (aiohttp.WSMsgType.CLOSE, 4003)
    await application.wish_for_chat(conduit_id)
    world.say(world.broadcaster, "still here?")
    assert await texts(shard, 1) == ["still here?"]


async def test_a_conduit_needs_the_grants_of_those_it_listens_to(application: Application) -> None:
    world, conduit_id = application.stage.twitch, await application.conduit()
    poll = {"broadcaster_user_id": world.broadcaster.id}
    assert (await application.wish(conduit_id, "channel.poll.end", poll))[0] == 202
    assert (await application.wish(conduit_id, "channel.poll.end", poll))[0] == 409
    world.disconnect_app(world.broadcaster)
    assert world.sessions.subscriptions() == []
    assert (await application.wish(conduit_id, "channel.poll.end", poll))[0] == 403
    # The bot is a moderator, which stands for the channel's own grant.
    assert (await application.wish_for_chat(conduit_id))[0] == 202
    world.bot.badges.clear()
    [chat] = world.sessions.subscriptions()
    gone = await application.request(
        "DELETE", "eventsub/subscriptions", {"id": chat.id}, token=application.app_token
    )
    assert (gone[0], (await application.wish_for_chat(conduit_id))[0]) == (204, 403)


async def test_a_reader_who_let_no_bot_in_is_not_read_along_by_one(application: Application) -> None:
    world, conduit_id = application.stage.twitch, await application.conduit()
    reader = world.add_user("reader")
    condition = {"broadcaster_user_id": world.broadcaster.id, "user_id": reader.id}
    statuses = []
    for scope in ("user:read:chat", "user:bot"):
        world.issue_token(reader, [scope])
        statuses.append((await application.wish(conduit_id, "channel.chat.message", condition))[0])
    assert statuses == [403, 202]


async def test_only_a_conduit_hears_that_somebody_took_the_grant_back(application: Application) -> None:
    world, conduit_id = application.stage.twitch, await application.conduit()
    shard = await application.connect()
    session_id = await welcome(shard)
    await application.assign(conduit_id, s0=session_id)
    mine = {"client_id": world.client_id}
    on_a_socket = await application.subscribe(session_id, "user.authorization.revoke", "1", mine)
    on_a_conduit = await application.wish(conduit_id, "user.authorization.revoke", mine)
    world.disconnect_app(world.bot)
    frame = await shard.receive_json(timeout=60)
    assert (on_a_socket[0], on_a_conduit[0]) == (400, 202)
    assert frame["payload"]["event"]["user_id"] == world.bot.id


async def test_a_user_token_does_not_go_with_a_conduit_and_an_unknown_one_is_refused(
    application: Application,
) -> None:
    world = application.stage.twitch
    condition = {"broadcaster_user_id": world.broadcaster.id}
    body = {
        "type": "stream.online",
        "version": "1",
        "condition": condition,
        "transport": {"method": "conduit", "conduit_id": await application.conduit()},
    }
    status, said = await application.post("eventsub/subscriptions", body)
    assert (status, said["message"]) == (400, "invalid transport and auth combination")
    assert (await application.wish("nowhere", "stream.online", condition))[0] == 400
