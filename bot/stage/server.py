"""The stage as one server: a local Twitch and a local Discord on one port, with one record and one clock."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.stage.control import KEY_HEADER, Control
from bot.stage.discord.wire import mount as mount_discord
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import Record, Seen
from bot.stage.twitch.seed import Cast, seed
from bot.stage.twitch.wire import mount as mount_twitch
from bot.stage.twitch.world import TwitchWorld


def system_clock() -> int:
    """Microseconds since the epoch, UTC."""
    return time.time_ns() // 1000


class Stage:
    """Both platforms, ready to be joined once started; `app` takes middlewares until then.

    With `seed_users` there are a channel, a bot and a moderator on Twitch and a furnished server on Discord;
    without, the caller sets up both worlds before any client joins.
    """

    def __init__(
        self,
        *,
        seed_users: bool = True,
        record: Record | None = None,
        clock: Callable[[], int] = system_clock,
    ) -> None:
        self.record = record if record is not None else Record()
        self.clock = clock
        self.twitch = TwitchWorld(self.record, clock)
        self.discord = DiscordWorld(self.record, clock)
        self.cast: Cast | None = None
        if seed_users:
            self.cast = seed(self.twitch)
            self.discord.seed()
        self.key = secrets.token_urlsafe(24)
        self.app = web.Application()
        mount_twitch(self.app, self.twitch)
        mount_discord(self.app, self.discord)
        self._told_to_stop = asyncio.Event()
        Control(self.key, self.twitch, self.describe, self._told_to_stop.set).mount(self.app)
        self.app.router.add_route("*", "/{rest:.*}", self._nowhere)
        self._runner: web.AppRunner | None = None
        self._host = "127.0.0.1"
        self._port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
        self._runner = web.AppRunner(self.app, handle_signals=False, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            await self.stop()
            raise
        self._host, self._port = self._runner.addresses[0][:2]

    async def stop(self) -> None:
        """Say goodbye on every socket and close the port; a second call does nothing."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await self.discord.close()
            await runner.cleanup()

    async def told_to_stop(self) -> None:
        """Return when a parent process has asked for the end."""
        await self._told_to_stop.wait()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def port(self) -> int:
        return self._port

    def endpoints(self) -> dict[str, str]:
        """Base addresses, in the form a client's settings take them."""
        place = f"{self._host}:{self._port}"
        return {
            "helix": f"http://{place}/helix",
            "oauth": f"http://{place}",
            "eventsub": f"ws://{place}/ws",
            "discord_rest": f"http://{place}/api/v10",
            "discord_gateway": f"ws://{place}/gw/",
        }

    def describe(self) -> dict[str, Any]:
        """All that a client needs to join, and a parent process to steer: addresses, ids, tokens, scopes."""
        twitch: dict[str, Any] = {
            "client_id": self.twitch.client_id,
            "client_secret": self.twitch.client_secret,
        }
        if self.cast is not None:
            twitch |= self.cast.describe()
        return {
            "endpoints": self.endpoints(),
            "layouts": {"twitch_cli": self._twitch_cli_layout()},
            "control": {
                "url": f"http://{self._host}:{self._port}/_stage",
                "header": KEY_HEADER,
                "key": self.key,
            },
            "twitch": twitch,
            "discord": self.discord.describe() if self.cast is not None else {},
        }

    def _twitch_cli_layout(self) -> dict[str, str]:
        """The same Twitch at the addresses of Twitch's command-line mock, for clients that know those."""
        place = f"{self._host}:{self._port}"
        return {
            "api": f"http://{place}/mock",
            "auth": f"http://{place}/auth",
            "units": f"http://{place}/units",
            "eventsub_subscriptions": f"http://{place}/eventsub/subscriptions",
            "eventsub": f"ws://{place}/ws",
        }

    async def _nowhere(self, request: web.Request) -> web.Response:
        self.record.add(Seen(self.clock(), "stage", "not-imitated", text=f"{request.method} {request.path}"))
        return web.json_response({"error": "Not Implemented"}, status=501)
