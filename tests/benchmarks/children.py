"""The bot and the bare client as real child processes on one stage: their memory, their CPU, their start."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.stage.server import Stage
from tests.journeys.rig import config_text, drop, local, secrets_of, until

IMPORTS = "import discord, twitchio"
LISTENING = "created channel.chat.message"
# CPU times come in hundredths of a second: a child that has added none for this long has nothing left to do.
QUIET_SECONDS = 0.3
SETTLED_SECONDS_MAX = 5.0


async def ended(child: Process) -> None:
    if child.returncode is None:
        child.terminate()
    await asyncio.wait_for(child.wait(), 15)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds on the wall, and seconds of CPU of all its threads."""

    seconds: float
    cpu_seconds: float


async def import_cost() -> Cost:
    """What a Python costs, from its call to its end, that only imports both client libraries."""
    program = f"{IMPORTS}, time; print(time.process_time())"
    began = time.perf_counter()
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=PIPE)
    told, _ = await child.communicate()
    if child.returncode != 0:
        raise RuntimeError("the libraries cannot be imported")
    return Cost(time.perf_counter() - began, float(told))


async def import_memory() -> float:
    """Resident MiB of a Python that has imported both client libraries and does nothing."""
    program = f"{IMPORTS}; print(flush=True); input()"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdin=PIPE, stdout=PIPE)
    try:
        if child.stdout is not None:
            await child.stdout.readline()
        return memory(child)
    finally:
        await ended(child)


def memory(child: Process) -> float:
    return psutil.Process(child.pid).memory_info().rss / 2**20


def cpu(child: Process) -> float:
    """Seconds of CPU that the child has used, all its threads together."""
    times = psutil.Process(child.pid).cpu_times()
    return float(times.user + times.system)


async def settled(*children: Process) -> None:
    """Wait until the children have digested what they were sent."""
    deadline = time.monotonic() + SETTLED_SECONDS_MAX
    last, since = [cpu(child) for child in children], time.monotonic()
    while time.monotonic() - since < QUIET_SECONDS and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
        now = [cpu(child) for child in children]
        if now != last:
            last, since = now, time.monotonic()


def configured(stage: Stage, folder: Path) -> Path:
    """A configuration with a drop that is open by the time the bot has started."""
    folder.mkdir(exist_ok=True)
    file = folder / "config.toml"
    drops = drop("mug", supply=100_000, opens=local(1), lasts="1h")
    platforms = ("twitch", "discord")
    file.write_text(config_text(stage, folder / "ledger.sqlite", drops, platforms=platforms, pace={}), "utf-8")
    return file


def check_granted(folder: Path, expected: int) -> None:
    """Raises RuntimeError unless so many units have an owner: else another path than the claims' was measured."""
    with closing(sqlite3.connect(folder / "ledger.sqlite")) as ledger:
        (granted,) = ledger.execute("SELECT count(*) FROM unit").fetchone()
    if granted != expected:
        raise RuntimeError(f"{granted} of {expected} claims were granted")


@asynccontextmanager
async def the_bot(stage: Stage, folder: Path) -> AsyncIterator[tuple[Process, float]]:
    """The bot as `microdrops run` starts it, and how many seconds it took until it heard chat."""
    file = configured(stage, folder)
    before = listening(stage)
    began = time.perf_counter()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", "--config", str(file), "--log-file", str(folder / "log.txt"),
        env={**os.environ, **secrets_of(stage)}, stdout=PIPE, stderr=DEVNULL,
    )  # fmt: skip
    try:
        await _hears(child, lambda: listening(stage) > before)
        yield child, time.perf_counter() - began
    finally:
        await ended(child)


@asynccontextmanager
async def bare_twitchio(stage: Stage) -> AsyncIterator[Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.bare_twitchio", stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    try:
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child has no pipes")
        child.stdin.write(json.dumps(stage.describe()).encode() + b"\n")
        if await child.stdout.readline() != b"listening\n":
            raise RuntimeError("the bare client did not get as far as listening")
        yield child
    finally:
        await ended(child)


def listening(stage: Stage) -> int:
    """How often somebody has subscribed to chat on this stage."""
    return sum(seen.kind == "subscription" and seen.text == LISTENING for seen in stage.record.seen)


async def _hears(child: Process, fact: Callable[[], bool]) -> None:
    await until(lambda: fact() or child.returncode is not None, "the bot hears chat", 20)
    if child.returncode is not None:
        raise RuntimeError(f"the bot ended with {child.returncode} before it heard chat")
