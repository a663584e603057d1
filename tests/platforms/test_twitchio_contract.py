"""Every private name of twitchio 3.3.2 that we lean on, one test each: a new version must not change it unseen."""

from __future__ import annotations

import asyncio
import inspect
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import twitchio
from twitchio.authentication.tokens import ManagedHTTPClient
from twitchio.client import Client
from twitchio.eventsub.websockets import Websocket
from twitchio.models.eventsub_ import BaseEvent

import bot.platforms.twitch as package

SOURCES = "\n".join(path.read_text() for path in Path(package.__file__).parent.glob("*.py"))


def source(of: Any) -> str:
    return inspect.getsource(of)


def websocket() -> Websocket:
    return Websocket(client=None, token_for="1", http=SimpleNamespace())  # type: ignore[arg-type]  # never connected


def test_the_version_is_the_one_these_tests_read() -> None:
    assert twitchio.__version__ == "3.3.2"


def test_every_private_name_we_use_has_a_test_here() -> None:
    inherited = set(dir(Websocket)) | set(Websocket.__slots__) | set(vars(Client(client_id="x", client_secret="y")))
    inherited |= set(dir(Client)) | {"_metadata", "_ManagedHTTPClient__isolated", "_has_closed"}
    used = {name for name in re.findall(r"\b(_[a-zA-Z]\w*)", SOURCES) if name in inherited and name[1] != "_"}
    tests = Path(__file__).read_text()
    assert used
    assert {name for name in used if f"test_{name.strip('_').lower()}_" not in tests} == set()


async def test_websockets_maps_owners_to_sessions_to_sockets() -> None:
    client = Client(client_id="x", client_secret="y")
    assert client._websockets == {}
    assert client._websockets["1"] == {}
    assert "self._websockets[token_for]" in source(Client.subscribe_websocket)
    assert "self._websockets.values()" in source(Client.close)


async def test_http_is_the_client_that_renews_tokens() -> None:
    assert isinstance(Client(client_id="x", client_secret="y")._http, ManagedHTTPClient)


async def test_managedhttpclient__isolated_is_asked_for_every_renewal_and_closed() -> None:
    client = Client(client_id="x", client_secret="y")
    assert hasattr(client._http, "_ManagedHTTPClient__isolated")
    text = source(ManagedHTTPClient)
    assert text.count("refresh_token(") - text.count("def refresh_token(") >= 3
    assert text.count("self.__isolated.refresh_token(") == 3
    assert "await self.__isolated.close()" in text


async def test_has_closed_is_set_by_close() -> None:
    client = Client(client_id="x", client_secret="y")
    assert client._has_closed is False
    await client.close(save_tokens=False)
    assert client._has_closed is True


async def test_dispatch_runs_one_listener() -> None:
    client, heard = Client(client_id="x", client_secret="y"), []

    async def listener(payload: str) -> None:
        heard.append(payload)

    await client._dispatch(listener, original="line")
    assert heard == ["line"]
    assert "self._dispatch(listener, original=payload)" in source(Client.dispatch)


def test_metadata_holds_the_message_id_of_every_event() -> None:
    event = BaseEvent(subscription_data={}, metadata={"message_id": "m1"})  # type: ignore[typeddict-item]  # only the id
    assert event._metadata is not None
    assert event._metadata["message_id"] == "m1"


async def test_closed_says_that_a_socket_is_used_up() -> None:
    socket = websocket()
    assert socket._closed is False
    socket._closed = True
    await asyncio.wait_for(socket.connect(fail_once=True), 60.0)
    assert not socket.connected


async def test_cleanup_is_what_close_calls_to_leave_the_map() -> None:
    assert "self._cleanup()" in source(Websocket.close)
    assert list(inspect.signature(Websocket._cleanup).parameters) == ["self", "closed"]


async def test_create_connection_task_is_the_only_way_to_reconnect_by_itself() -> None:
    listening = source(Websocket._listen) + source(Websocket._process_keepalive)
    assert listening.count("self._create_connection_task()") == 3
    assert "self.connect(" not in listening


async def test_process_keepalive_is_started_after_the_welcome_and_cancelled_by_close() -> None:
    assert "create_task(self._process_keepalive())" in source(Websocket.connect)
    assert "self._keep_alive_task.cancel()" in source(Websocket.close)


async def test_process_reconnect_is_awaited_inside_the_reading_loop() -> None:
    assert "await self._process_reconnect(" in source(Websocket._listen)
    assert 'data["payload"]["session"]["reconnect_url"]' in source(Websocket._process_reconnect)


def test_last_keepalive_changes_with_every_frame() -> None:
    text = source(Websocket._listen)
    assert text.index("self._last_keepalive = ") < text.index("session_keepalive")
    assert "_last_keepalive" in Websocket.__slots__


async def test_keep_alive_timeout_is_the_promised_seconds_between_frames() -> None:
    assert websocket()._keep_alive_timeout == 10
    assert "keepalive_timeout_seconds={self._keep_alive_timeout}" in source(Websocket.connect)


async def test_listen_task_reads_the_socket() -> None:
    assert websocket()._listen_task is None
    assert "self._listen_task = asyncio.create_task(self._listen())" in source(Websocket.connect)


async def test_socket_is_the_connection_of_aiohttp() -> None:
    assert websocket()._socket is None
    assert "self._socket.close_code" in source(Websocket._listen)


async def test_subscriptions_hold_what_twitch_confirmed_and_lose_what_it_revoked() -> None:
    assert websocket()._subscriptions == {}
    assert "websocket._subscriptions[identifier] = data" in source(Client.subscribe_websocket)
    assert "self._subscriptions.pop(payload.id, None)" in source(Websocket._process_revocation)


@pytest.mark.parametrize("name", ["_bot", "_lost", "_loop", "_move", "_on_lost", "_on_successor", "_silence_grace"])
def test_our_own_names_do_not_meet_the_librarys(name: str) -> None:
    assert name not in dir(Websocket)
