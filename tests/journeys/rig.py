"""A whole evening in one process: the stage, and the bot as it is started for real, over real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import bot.opening
import bot.scheduler
import bot.wiring
from bot.config import Config, load_config
from bot.domain.time import SECOND
from bot.rehearsal.clockwork import move_clocks
from bot.stage.record import Seen
from bot.stage.server import Stage
from bot.stage.twitch.world import TwitchUser
from bot.wiring import run_until
from tests.patient_loop import stood_still

SECRETS = {
    "MICRODROPS_TWITCH_CLIENT_SECRET": "client_secret",
    "MICRODROPS_TWITCH_BOT_TOKEN": "bot.token",
    "MICRODROPS_TWITCH_BOT_REFRESH_TOKEN": "bot.refresh",
    "MICRODROPS_TWITCH_STREAMER_TOKEN": "broadcaster.token",
    "MICRODROPS_TWITCH_STREAMER_REFRESH_TOKEN": "broadcaster.refresh",
}


async def until(fact: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Wait for a fact; fails naming it."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not fact():
        assert loop.time() < deadline, f"waited {seconds} s in vain for: {what}"
        await asyncio.sleep(0.02)


class WaitingClock:
    """The machine's clock, but it waits for a process that gets no turn: a window is then as long as it was to be.
    For tests in one process, on one loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    @property
    def offset(self) -> int:
        return -round(stood_still(self._loop) * SECOND)

    def now(self) -> int:
        return time.time_ns() // 1_000 + self.offset

    def steady(self) -> int:
        return round(self._loop.time() * SECOND)


@contextmanager
def by_the_waiting_clock() -> Iterator[WaitingClock]:
    """Everything that the bot does goes by it."""
    clock = WaitingClock()
    with pytest.MonkeyPatch.context() as patch:
        # As they are now they shall be again.
        patch.setattr(bot.opening.SystemClock, "now", bot.opening.SystemClock.now)
        patch.setattr(bot.scheduler, "datetime", bot.scheduler.datetime)
        patch.setattr(bot.wiring.SteadyClock, "now", lambda _: clock.steady())
        move_clocks(clock)  # type: ignore[arg-type]  # it has what is asked of one
        yield clock


def local(seconds_from_now: float) -> str:
    """A config time that lies so many seconds ahead, in UTC, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(WaitingClock().now() / SECOND + seconds_from_now))


def drop(name: str = "mug", **keys: object) -> str:
    """A [[drops]] table; the window lasts 15 minutes unless said otherwise."""
    values = {
        "name": name,
        "title": f"Teal {name.capitalize()}",
        "kind": "badge",
        "supply": 48,
        "lasts": "15m",
        **keys,
    }
    lines = [
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in values.items()
    ]
    return "\n".join(["[[drops]]", *lines])


def config_text(
    stage: Stage, ledger: Path, drops: str, *, platforms: tuple[str, ...], pace: Mapping[str, str]
) -> str:
    about = stage.describe()
    streamer = about["twitch"]["broadcaster"]
    twitch, discord, endpoints = about["twitch"], about["discord"], about["endpoints"]
    parts = ['[channel]\nname = "TeaPotTV"\ntime_zone = "UTC"']
    if "twitch" in platforms:
        parts.append(
            f'[twitch]\nchannel = "{streamer["login"]}"\nchannel_id = "{streamer["id"]}"\n'
            f'bot_id = "{twitch["bot"]["id"]}"\nclient_id = "{twitch["client_id"]}"\n'
            'client_secret = "env:MICRODROPS_TWITCH_CLIENT_SECRET"\nbot_token = "env:MICRODROPS_TWITCH_BOT_TOKEN"\n'
            'bot_refresh_token = "env:MICRODROPS_TWITCH_BOT_REFRESH_TOKEN"\n'
            'streamer_token = "env:MICRODROPS_TWITCH_STREAMER_TOKEN"\n'
            'streamer_refresh_token = "env:MICRODROPS_TWITCH_STREAMER_REFRESH_TOKEN"'
        )
    if "discord" in platforms:
        channels = discord["channels"]
        parts.append(
            f'[discord]\ntoken = "env:MICRODROPS_DISCORD_TOKEN"\nserver = "{discord["guild_id"]}"\n'
            f'announcements = "{channels["announcements"]}"\nmoderators = "{channels["moderators"]}"\n'
            f'lounge = "{channels["lounge"]}"\nreminder_role = "{discord["roles"]["drop-reminders"]}"'
        )
    parts.append(f'[ledger]\nurl = "{ledger}"')
    parts.append("[endpoints]\n" + "\n".join(f'{key} = "{value}"' for key, value in endpoints.items()))
    parts.append("[pace]\n" + "\n".join(f'{key} = "{value}"' for key, value in pace.items()))
    return "\n\n".join([*parts, drops]) + "\n"


def secrets_of(stage: Stage) -> dict[str, str]:
    about = stage.describe()
    environ = {"MICRODROPS_DISCORD_TOKEN": about["discord"]["token"]}
    for name, path in SECRETS.items():
        value = about["twitch"]
        for part in path.split("."):
            value = value[part]
        environ[name] = value
    return environ


@dataclass
class Evening:
    """Hands and eyes of a test. `viewers` remembers who has walked in."""

    stage: Stage
    folder: Path
    config: Config
    environ: dict[str, str]
    viewers: dict[str, TwitchUser] = field(default_factory=dict)
    _running: asyncio.Task[None] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite"

    def viewer(self, name: str) -> TwitchUser:
        if name not in self.viewers:
            cast = self.stage.cast
            known = {"mia": cast.moderator, "streamer": cast.broadcaster} if cast else {}
            self.viewers[name] = known.get(name) or self.stage.twitch.add_user(name)
        return self.viewers[name]

    def say(self, name: str, text: str, **more: object):
        return self.stage.twitch.say(self.viewer(name), text, **more)

    @property
    def chat(self) -> list[str]:
        """What the bot has said in Twitch chat, in order."""
        return [s.text for s in self.stage.record.seen if s.kind == "chat" and s.data.get("bot")]

    def board(self, channel: str = "announcements") -> list[str]:
        """What the bot has posted into a Discord channel, in order."""
        place = f"discord:#{channel}"
        return [s.text for s in self.stage.record.seen if s.kind == "message" and s.place == place]

    def seen(self, kind: str) -> list[Seen]:
        return [s for s in self.stage.record.seen if s.kind == kind]

    async def hears(self, *parts: str, since: int = 0, seconds: float = 60.0) -> str:
        """Wait until the bot says a line in Twitch chat with all these parts; returns the line."""
        found: list[str] = []

        def said() -> bool:
            found[:] = [line for line in self.chat[since:] if all(part in line for part in parts)]
            return bool(found)

        try:
            await until(said, f"a line with {parts}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; chat so far: {self.chat[since:]}") from None
        return found[0]

    async def start(self) -> None:
        """Start the bot and wait until both platforms hear it."""
        self._stop = asyncio.Event()
        before = len(self.stage.record.seen)
        self._running = asyncio.create_task(run_until(self.config, self._stop))
        await until(lambda: self._running.done() or self._listening(before), "the bot listens")
        if self._running.done():
            await self._running

    def _listening(self, before: int) -> bool:
        new = self.stage.record.seen[before:]
        twitch = self.config.twitch is None or any(
            s.kind == "subscription" and "stream.offline" in s.text for s in new
        )
        discord = self.config.discord is None or any(
            s.kind == "gateway" and s.text in ("identify", "resume") for s in new
        )
        return twitch and discord

    async def stop(self) -> None:
        if self._running is not None:
            self._stop.set()
            await asyncio.wait_for(self._running, 60)
            self._running = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()


QUICK = {"resume_warning": "1s", "settle_after": "5m", "answer_gap": "1s", "soon_lead": "1s"}


@asynccontextmanager
async def evening(
    folder: Path,
    drops: str,
    *,
    live: bool = True,
    platforms: tuple[str, ...] = ("twitch", "discord"),
    pace: Mapping[str, str] = QUICK,
    start: bool = True,
) -> AsyncIterator[Evening]:
    """A stage, a config around these drops, and the bot listening; everything ends with the block."""
    with by_the_waiting_clock() as clock:
        async with Stage(clock=clock.now) as stage:
            environ = secrets_of(stage)
            file = folder / "config.toml"
            file.write_text(
                config_text(stage, folder / "ledger.sqlite", drops, platforms=platforms, pace=pace), "utf-8"
            )
            if live:
                stage.twitch.go_live()
            tonight = Evening(stage, folder, load_config(file, environ), environ)
            try:
                if start:
                    await tonight.start()
                yield tonight
            finally:
                await tonight.stop()
    strange = [s.text for s in stage.record.seen if s.kind == "not-imitated"]
    assert strange == [], "the stage was asked for what it does not imitate"
