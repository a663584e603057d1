"""The stage starts on a port of its own, tells how to join, and obeys a parent that holds the key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.stage.server import Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage() as stage:
        yield stage


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def control(stage: Stage) -> tuple[str, dict[str, str]]:
    described = stage.describe()["control"]
    return described["url"], {described["header"]: described["key"]}


async def test_what_the_stage_describes_is_enough_to_ask_both_platforms_who_one_is(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    told = stage.describe()
    bot = told["twitch"]["bot"]
    helix = {"Authorization": f"Bearer {bot['token']}", "Client-Id": told["twitch"]["client_id"]}
    async with http.get(told["endpoints"]["helix"] + "/users", headers=helix) as answer:
        twitch_me = (await answer.json())["data"][0]
    discord = {"Authorization": f"Bot {told['discord']['token']}"}
    async with http.get(told["endpoints"]["discord_rest"] + "/users/@me", headers=discord) as answer:
        discord_me = await answer.json()

    assert (twitch_me["id"], twitch_me["login"]) == (bot["id"], "microdrops_bot")
    assert discord_me["id"] == told["discord"]["application_id"]
    assert {"announcements", "moderators", "lounge"} <= set(told["discord"]["channels"])


async def test_a_parent_lets_a_viewer_speak_and_the_stream_begin_and_end(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    url, key = control(stage)
    async with http.post(url + "/twitch/live", headers=key) as answer:
        stream_id = (await answer.json())["stream_id"]
    assert stage.twitch.stream is not None
    assert stage.twitch.stream.id == stream_id

    line = {"login": "ann", "text": "!claim mug"}
    async with http.post(url + "/twitch/say", headers=key, json=line) as answer:
        first = await answer.json()
    async with http.post(url + "/twitch/say", headers=key, json=line) as answer:
        again = await answer.json()
    async with http.post(url + "/twitch/offline", headers=key) as answer:
        assert answer.status == 200

    assert [seen.kind for seen in stage.record.seen if seen.kind in ("live", "offline")] == ["live", "offline"]
    assert again == {"dropped": "msg_duplicate"}
    chat = [(seen.name, seen.text, seen.data["message_id"]) for seen in stage.record.seen if seen.kind == "chat"]
    assert chat == [("ann", "!claim mug", first["message_id"])]


@pytest.mark.parametrize(
    "body", [{}, {"text": 3, "login": "ann"}, {"text": "hi"}, {"text": "hi", "user_id": "7"}, ["hi"]]
)
async def test_a_malformed_line_is_refused_and_nobody_sees_it(
    stage: Stage, http: aiohttp.ClientSession, body: Any
) -> None:
    url, key = control(stage)
    async with http.post(url + "/twitch/say", headers=key, json=body) as answer:
        assert answer.status == 400
    assert [seen for seen in stage.record.seen if seen.kind == "chat"] == []


async def test_without_the_key_nothing_is_told_and_nothing_is_done(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    url, key = control(stage)
    for headers in ({}, dict.fromkeys(key, "guess")):
        async with http.get(url + "/describe", headers=headers) as answer:
            assert (answer.status, stage.key in await answer.text()) == (403, False)
        async with http.post(url + "/twitch/live", headers=headers) as answer:
            assert answer.status == 403
    assert stage.twitch.stream is None


async def test_a_parent_asks_for_the_end_and_the_port_is_free_again(http: aiohttp.ClientSession) -> None:
    stage = Stage()
    await stage.start()
    url, key = control(stage)
    waiting = asyncio.create_task(stage.told_to_stop())
    async with http.post(url + "/stop", headers=key) as answer:
        assert answer.status == 200
    await asyncio.wait_for(waiting, 60)
    await stage.stop()

    again = Stage()
    await again.start(port=stage.port)
    assert again.port == stage.port
    await again.stop()


async def test_a_taken_port_is_told_by_an_os_error_and_leaves_the_first_stage_running(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    with pytest.raises(OSError):
        await Stage().start(port=stage.port)
    url, key = control(stage)
    async with http.get(url + "/describe", headers=key) as answer:
        assert await answer.json() == stage.describe()


async def test_a_stage_stops_at_once_although_a_socket_is_connected(http: aiohttp.ClientSession) -> None:
    stage = Stage()
    await stage.start()
    socket = await http.ws_connect(stage.endpoints()["eventsub"])
    welcome = await socket.receive_json(timeout=60)
    assert welcome["metadata"]["message_type"] == "session_welcome"

    stopping = asyncio.create_task(stage.stop())
    closing = await socket.receive(timeout=60)
    await asyncio.wait_for(stopping, 60)

    assert closing.type is aiohttp.WSMsgType.CLOSE
    assert closing.data == 1001


@pytest.mark.parametrize(
    ("path", "platform"),
    [
        ("/helix/raids", "twitch"),
        ("/oauth2/userinfo", "twitch"),
        ("/api/v10/voice/regions", "discord"),
        ("/x", "stage"),
    ],
)
async def test_what_is_not_imitated_answers_501_and_is_on_the_record(
    stage: Stage, http: aiohttp.ClientSession, path: str, platform: str
) -> None:
    async with http.post(f"http://127.0.0.1:{stage.port}{path}") as answer:
        assert answer.status == 501
    noted = [seen for seen in stage.record.seen if seen.kind == "not-imitated"]
    assert [(seen.platform, path.rpartition("/")[2] in seen.text) for seen in noted] == [(platform, True)]
