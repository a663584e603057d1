"""The local Discord on a loopback port, and the unmodified discord.py pointed at it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
import discord
import discord.gateway
import discord.http
import pytest
import yarl
from aiohttp import web

from bot.stage.discord import wire
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import Record
from tests.stage.discord.client import TeaBot
from tests.stage.discord.openapi import Checker


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[int]:
    """The application on a free loopback port."""
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.fixture
def world() -> DiscordWorld:
    world = DiscordWorld(Record(), lambda: time.time_ns() // 1000)
    world.seed()
    # Tests about limits switch them on; the others need not wait for them.
    world.rate_limits.enforced = False
    return world


@pytest.fixture
async def port(world: DiscordWorld, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """The stage is up, discord.py is pointed at it, and every exchange fits the platform's OpenAPI file."""
    app = web.Application()
    checker = Checker.if_available()
    if checker is not None:
        app.middlewares.append(checker.middleware)
    wire.mount(app, world)
    async with serving(app) as port:
        monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{port}/api/v10")
        gateway = yarl.URL(f"ws://127.0.0.1:{port}/gw/")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
        yield port
        await world.close()
    assert checker is None or checker.violations == []


Start = Callable[[], Awaitable[TeaBot]]


@pytest.fixture
async def start(world: DiscordWorld, port: int) -> AsyncIterator[Start]:
    """Logs a fresh client in, waits until it is ready, and closes it at the end."""
    async with AsyncExitStack() as stack:

        async def start() -> TeaBot:
            return await stack.enter_async_context(TeaBot.running(world.bot_token))

        yield start


@pytest.fixture
async def bot(start: Start) -> TeaBot:
    return await start()


class Answered(NamedTuple):
    status: int
    body: Any
    headers: Mapping[str, str]


class Rest:
    """Plain requests with the bot's token, for what discord.py would smooth over."""

    def __init__(self, session: aiohttp.ClientSession, port: int, token: str) -> None:
        self._session = session
        self._base = f"http://127.0.0.1:{port}/api/v10"
        self.token = token

    async def __call__(self, method: str, path: str, body: object = None) -> Answered:
        headers = {"Authorization": f"Bot {self.token}"}
        async with self._session.request(method, self._base + path, json=body, headers=headers) as response:
            text = await response.text()
            is_json = response.headers.get("Content-Type") == "application/json"
            return Answered(response.status, json.loads(text) if is_json else text, response.headers)


@pytest.fixture
async def rest(world: DiscordWorld, port: int) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession() as session:
        yield Rest(session, port, world.bot_token)
