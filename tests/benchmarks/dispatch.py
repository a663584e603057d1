"""What twitchio itself spends on a chat command: raw text in, parsed, dispatched, an idle callback called."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Sequence
from typing import Any

import aiohttp
from twitchio.eventsub.websockets import Websocket
from twitchio.ext import commands

from bot.stage.twitch import payloads
from bot.stage.twitch.model import ChatMessage, TwitchUser
from tests.benchmarks.burst import Run, Stopwatch
from tests.conftest import NOON

CHAT = "channel.chat.message"
# How many frames one read of a busy socket brings before the loop turns to what they have set off.
FRAMES_AT_ONCE = 20
# With this close code the library gives the socket up instead of connecting anew.
UNUSED = 4003
HEARD_SECONDS_MAX = 30.0


class Counting(commands.Bot):
    """A bot with one command that counts and does nothing else. It never logs in."""

    def __init__(self, expected: int) -> None:
        super().__init__(client_id="id", client_secret="secret", bot_id="1", owner_id="2", prefix="!")
        self.missing = expected
        self.all_heard = asyncio.Event()
        self.add_command(_claim)

    def count(self) -> None:
        self.missing -= 1
        if not self.missing:
            self.all_heard.set()


@commands.command(name="claim")
async def _claim(ctx: commands.Context[Any]) -> None:
    ctx.bot.count()


class Frames:
    """A socket that has these texts to read, and then closes."""

    close_code = UNUSED
    closed = False

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = iter(texts)
        self._read = 0

    async def receive(self) -> aiohttp.WSMessage:
        self._read += 1
        if self._read % FRAMES_AT_ONCE == 0:
            await asyncio.sleep(0)
        text = next(self._texts, None)
        if text is None:
            return aiohttp.WSMessage(aiohttp.WSMsgType.CLOSED, None, None)
        return aiohttp.WSMessage(aiohttp.WSMsgType.TEXT, text, None)

    async def close(self) -> None:
        self.closed = True


def texts(count: int) -> list[str]:
    """So many notifications of a viewer's !claim, as they come over EventSub."""
    streamer = TwitchUser("2", "teapottv", "TeaPotTV", NOON)
    subscription = {
        "id": str(uuid.uuid4()),
        "status": "enabled",
        "type": CHAT,
        "version": "1",
        "cost": 0,
        "condition": {"broadcaster_user_id": streamer.id, "user_id": "1"},
        "transport": {"method": "websocket", "session_id": "session"},
        "created_at": "2026-11-01T12:00:00Z",
    }
    frames = []
    for number in range(count):
        sender = TwitchUser(str(100 + number), f"v{number}", f"V{number}", NOON, {"subscriber"})
        said = ChatMessage(str(uuid.uuid4()), sender, "!claim", NOON)
        about = {"subscription": subscription, "event": payloads.chat_message(said, streamer)}
        frame = payloads.frame(
            str(uuid.uuid4()), "notification", NOON, about, subscription_type=CHAT, subscription_version="1"
        )
        frames.append(json.dumps(frame))
    return frames


async def through_twitchio(count: int) -> Run:
    """The library's own reading loop over `count` messages, until every callback has run.

    Raises TimeoutError when one of them was never called."""
    bot = Counting(count)
    frames = texts(count)
    socket = Websocket(client=bot, token_for="1", http=bot._http)
    socket._socket = Frames(frames)  # type: ignore[assignment]  # it never touches a network
    watch = Stopwatch()
    await socket._listen()
    await asyncio.wait_for(bot.all_heard.wait(), HEARD_SECONDS_MAX)
    run = watch.run(count)
    await bot.close()
    return run
