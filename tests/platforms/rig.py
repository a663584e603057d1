"""Platforms on the stage for tests: real sockets, the unmodified clients, and small recorders."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from twitchio.ext import commands

from bot.platforms.endpoints import Endpoints, point
from bot.platforms.twitch.bot import TwitchBot
from bot.platforms.twitch.people import actor_of
from bot.platforms.twitch.platform import TwitchPlatform
from bot.platforms.twitch.settings import TwitchSettings
from bot.stage.server import Stage


async def until(fact: Callable[[], Any], *, within: float = 60.0) -> None:
    """Wait until a fact holds; all times in seconds."""
    async with asyncio.timeout(within):
        while not fact():  # noqa: ASYNC110  # clients and stage share no event to wait for
            await asyncio.sleep(0.01)


@asynccontextmanager
async def library_pause(monkeypatch: pytest.MonkeyPatch, *, seconds: int) -> Any:
    """Hold a client library in the pause before it repeats a request; clear the event to let it go on."""
    paused, sleep = asyncio.Event(), asyncio.sleep

    async def hold(delay: float, result: Any = None) -> Any:
        # Only the libraries pause for whole seconds that are no float.
        if not isinstance(delay, int) or delay != seconds:
            return await sleep(delay, result)
        paused.set()
        while paused.is_set():
            await sleep(0.01)
        return result

    with monkeypatch.context() as patch:
        patch.setattr(asyncio, "sleep", hold)
        yield paused


def twitch_settings(stage: Stage, **changes: Any) -> TwitchSettings:
    """What the seeded channel needs, with a watchdog that looks often."""
    cast = stage.cast
    assert cast is not None
    assert cast.bot_token.refresh
    assert cast.broadcaster_token.refresh
    settings = TwitchSettings(
        client_id=stage.twitch.client_id,
        client_secret=stage.twitch.client_secret,
        channel_id=stage.twitch.broadcaster.id,
        bot_id=stage.twitch.bot.id,
        bot_token=cast.bot_token.access,
        bot_refresh=cast.bot_token.refresh,
        streamer_token=cast.broadcaster_token.access,
        streamer_refresh=cast.broadcaster_token.refresh,
        watchdog_interval=0.3,
        watchdog_grace=1.0,
        backoff_base=0.1,
        backoff_cap=1.0,
    )
    return replace(settings, **changes)


class Heard:
    """What the commands of a small test cog were given."""

    def __init__(self) -> None:
        self.claims: list[tuple[str, str]] = []
        self.actors: list[Any] = []
        self.lines: list[str] = []
        self.gaps: list[float] = []
        self.stream: list[bool] = []

    async def install(self, bot: TwitchBot) -> None:
        heard = self

        class Claims(commands.Component):
            @commands.command(aliases=["c"])
            async def claim(self, ctx: commands.Context[Any], *, words: str = "") -> None:
                heard.claims.append((ctx.chatter.display_name or "", words))
                heard.actors.append(actor_of(ctx.chatter))

            @commands.command()
            async def broken(self, ctx: commands.Context[Any]) -> None:
                raise ValueError("the cog is broken")

            @commands.Component.listener()
            async def event_message(self, payload: Any) -> None:
                heard.lines.append(payload.text)

        await bot.add_component(Claims())

    async def on_connected(self, gap_seconds: float) -> None:
        self.gaps.append(gap_seconds)

    async def on_stream(self, live: bool) -> None:
        self.stream.append(live)


@asynccontextmanager
async def running(run: Callable[[asyncio.Event], Awaitable[None]]) -> Any:
    """Run a platform until the block ends; closing must take less than ten seconds."""
    stop = asyncio.Event()
    task = asyncio.ensure_future(run(stop))
    try:
        yield task
    finally:
        stop.set()
        async with asyncio.timeout(10.0):
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def on_twitch(stage: Stage, heard: Heard, **changes: Any) -> Any:
    """A connected Twitch platform."""
    platform = TwitchPlatform(
        twitch_settings(stage, **changes),
        install=heard.install,
        on_connected=heard.on_connected,
        on_stream=heard.on_stream,
    )
    async with running(platform.run):
        await until(lambda: heard.gaps, within=60.0)
        yield platform


def lines_of(stage: Stage, author: str) -> Iterator[str]:
    """What an account has said in chat, as everybody saw it."""
    for seen in stage.record.seen:
        if seen.platform == "twitch" and seen.kind == "chat" and seen.author == author:
            yield seen.text


@asynccontextmanager
async def open_stage() -> Any:
    """A stage that both client libraries of this process talk to."""
    async with Stage() as stage:
        point(Endpoints(**stage.endpoints()))
        yield stage
