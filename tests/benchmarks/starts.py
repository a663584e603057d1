"""How long the bot takes until it reaches for the network, and what it weighs when it idles."""

from __future__ import annotations

import asyncio
import compileall
import os
import sys
import time
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.stage.server import Stage
from bot.storage.database import ledger_url
from bot.storage.upgrade import upgrade
from tests.benchmarks import children
from tests.benchmarks.figures import Figure
from tests.conftest import NOON
from tests.journeys.rig import secrets_of

PROJECT = Path(__file__).parents[2]
IDLE_SECONDS = 1.0
READY_SECONDS_MAX = 30.0
BESIDE = f'python -c "{children.IMPORTS}"'
# Twitch is first asked for a token, Discord for the bot's own account.
FIRST_REQUESTS = {"/oauth2/": "twitch", "/api/v10/": "discord"}


class Starts:
    """Two starts a round, each from a ledger that is at the newest schema, as on every evening but the first."""

    def __init__(self) -> None:
        self.ready = Figure("start until both platforms are called, no network", "ms", BESIDE, at_most=2.3)
        self.cpu = Figure("CPU of that start", "ms", BESIDE)
        self.memory = Figure("resident memory, connected and idle", "MiB", BESIDE, at_most=1.9)
        self.hears = Figure("start until it hears chat on the stage", "ms", BESIDE)
        self.figures = [self.ready, self.memory, self.cpu, self.hears]
        _compile_ours()
        self.remarks = [
            "A start is taken from its call until the bot has sent its first request to Twitch and to Discord, at "
            "an address that never answers: the configuration is read, the ledger open and in step, both clients "
            "built. The bare import is a whole process, to its end."
        ]

    async def measure(self, turn: int, folder: Path) -> None:
        async with Stage() as stage:
            stage.twitch.go_live()
            if turn % 2:
                ours = await start_without_network(stage, folder / "silent")
            theirs = await children.import_cost()
            if not turn % 2:
                ours = await start_without_network(stage, folder / "silent")
            self.ready.add(ours.seconds * 1_000, theirs.seconds * 1_000)
            self.cpu.add(ours.cpu_seconds * 1_000, theirs.cpu_seconds * 1_000)
            _ledger(folder / "stage")
            async with children.the_bot(stage, folder / "stage") as (bot, seconds):
                self.hears.add(seconds * 1_000, theirs.seconds * 1_000)
                # Nothing to wait for: idling is what is measured.
                await asyncio.sleep(IDLE_SECONDS)
                self.memory.add(children.memory(bot), await children.import_memory())


async def start_without_network(stage: Stage, folder: Path) -> children.Cost:
    """What `microdrops run` costs until it has called both platforms, which never answer.

    By then the configuration is read, the ledger open and in step, the lane running, and both clients are built."""
    async with _silent_network() as (address, called):
        _ledger(folder)
        endpoints = stage.describe()["endpoints"]
        stage_address = endpoints["oauth"].removeprefix("http://")
        file = children.configured(stage, folder)
        file.write_text(file.read_text("utf-8").replace(stage_address, address), "utf-8")
        began = time.perf_counter()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "--config", str(file), "--log-file", str(folder / "log.txt"),
            env={**os.environ, **secrets_of(stage)}, stdout=DEVNULL, stderr=DEVNULL,
        )  # fmt: skip
        try:
            ready = asyncio.gather(*called.values())
            ended = asyncio.create_task(child.wait())
            await asyncio.wait((ready, ended), timeout=READY_SECONDS_MAX, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                raise RuntimeError(f"the bot called nobody; see {folder / 'log.txt'}")
            ended.cancel()
            return children.Cost(max(ready.result()) - began, children.cpu(child))
        finally:
            await children.ended(child)


def _compile_ours() -> None:
    """Write our bytecode, as the libraries have theirs from their installation.

    Where PYTHONDONTWRITEBYTECODE is set every start would compile our modules anew, and never theirs."""
    for package in ("bot", "cogs", "migrations"):
        compileall.compile_dir(PROJECT / package, quiet=1)


def _ledger(folder: Path) -> None:
    folder.mkdir()
    upgrade(ledger_url(str(folder / "ledger.sqlite")), now=lambda: NOON)


@asynccontextmanager
async def _silent_network() -> AsyncIterator[tuple[str, dict[str, asyncio.Future[float]]]]:
    """An address that takes requests and answers none; notes when each platform was first called."""
    loop = asyncio.get_running_loop()
    called: dict[str, asyncio.Future[float]] = {name: loop.create_future() for name in FIRST_REQUESTS.values()}
    open_ends: list[StreamWriter] = []

    async def hear(reader: StreamReader, writer: StreamWriter) -> None:
        open_ends.append(writer)
        line = (await reader.readline()).decode()
        for path, platform in FIRST_REQUESTS.items():
            if path in line and not called[platform].done():
                called[platform].set_result(time.perf_counter())

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", called
    finally:
        for writer in open_ends:
            writer.close()
        server.close()
