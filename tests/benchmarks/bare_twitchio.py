"""What the bot is measured against: twitchio alone, with one command that does nothing. Run as a child process."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import twitchio.eventsub.websockets as twitchio_sockets
import twitchio.http
from twitchio import eventsub
from twitchio.ext import commands


class Bare(commands.Bot):
    def __init__(self, about: dict[str, Any]) -> None:
        twitch = about["twitch"]
        super().__init__(
            client_id=twitch["client_id"],
            client_secret=twitch["client_secret"],
            bot_id=twitch["bot"]["id"],
            owner_id=twitch["broadcaster"]["id"],
            prefix="!",
        )
        self._twitch = twitch

    async def load_tokens(self, path: str | None = None, /) -> None:
        await self.add_token(self._twitch["bot"]["token"], self._twitch["bot"]["refresh"])

    async def save_tokens(self, path: str | None = None, /) -> None:
        """Nothing is kept on the disk."""

    async def setup_hook(self) -> None:
        await self.add_component(Claims())
        channel = {"broadcaster_user_id": self._twitch["broadcaster"]["id"]}
        chat = eventsub.ChatMessageSubscription(**channel, user_id=self._twitch["bot"]["id"])
        await self.subscribe_websocket(chat, as_bot=True)
        print("listening", flush=True)


class Claims(commands.Component):
    @commands.command()
    async def claim(self, ctx: commands.Context[Any]) -> None:
        """Parsed, dispatched, and nothing done."""


async def main(about: dict[str, Any]) -> None:
    endpoints = about["endpoints"]
    twitchio.http.Route.BASE = endpoints["helix"] + "/"
    twitchio.http.Route.ID_BASE = endpoints["oauth"] + "/"
    twitchio_sockets.WSS = endpoints["eventsub"]
    async with Bare(about) as bot:
        await bot.start(with_adapter=False, load_tokens=True, save_tokens=False)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
