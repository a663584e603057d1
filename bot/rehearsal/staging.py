"""The two children of a rehearsal, stage and bot: started, listened to, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]
START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 12.0
# A line of the record holds at most a few messages of 2,000 characters.
_LINE_BYTES_MAX = 4_000_000
# The children run in the rehearsal's own folder and must find the program all the same.
_PROJECT = str(Path(__file__).resolve().parents[2])


class ChildFailed(Exception):
    """A child ended or kept silent when it should have answered; the text is for the person who rehearses."""


class StageProcess:
    """The stage behind its pipes. `on_seen` hears every line of the record."""

    def __init__(self, process: asyncio.subprocess.Process, on_seen: Callable[[Json], None]) -> None:
        self._process = process
        self._on_seen = on_seen
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[Json] = self._loop.create_future()
        self.played = asyncio.Event()
        self._stopped: asyncio.Future[Json] = self._loop.create_future()
        self._reading = asyncio.create_task(self._read())

    @property
    def ended(self) -> bool:
        """Whether the stage is gone, asked or not."""
        return self._reading.done()

    async def play(self, scene: Json, *, seed: int, viewers: int, discord_viewers: int) -> None:
        """Let the crowd come; `played` is set when it has done everything."""
        await self._order(
            {"do": "play", "scene": scene, "seed": seed, "viewers": viewers, "discord_viewers": discord_viewers}
        )

    async def stop(self) -> tuple[str, ...]:
        """End the stage; returns all the secrets it ever gave out. Raises ChildFailed when it does not answer."""
        await self._order({"do": "stop"})
        try:
            async with asyncio.timeout(STOP_SECONDS_MAX):
                told = await asyncio.shield(self._stopped)
        except TimeoutError:
            raise ChildFailed("The stage did not stop.") from None
        return tuple(told["secrets"])

    async def _order(self, order: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # its end is noticed where its answer is awaited
            await self._process.stdin.drain()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            if "seen" in told:
                self._on_seen(told["seen"])
            elif "ready" in told:
                self.ready.set_result(told["ready"])
            elif "played" in told:
                self.played.set()
            elif "stopped" in told:
                self._stopped.set_result(told["stopped"])
        for future in (self.ready, self._stopped):
            if not future.done():
                future.set_exception(ChildFailed("The stage ended before its time."))
                future.exception()  # whoever still waits gets it; nobody else needs to hear of it

    async def close(self) -> None:
        await _end(self._process)
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)


@asynccontextmanager
async def start_stage(folder: Path, on_seen: Callable[[Json], None]) -> AsyncIterator[StageProcess]:
    """A stage that is ready to be joined; its errors go to stage.log in the folder. Raises ChildFailed."""
    command = [sys.executable, "-m", "bot.stage.child", str(folder / "record.jsonl")]
    with (folder / "stage.log").open("wb") as log:
        process = await _start(command, folder, log, {}, stdout=asyncio.subprocess.PIPE)
    stage = StageProcess(process, on_seen)
    try:
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                await asyncio.shield(stage.ready)
        except TimeoutError:
            raise ChildFailed("The stage did not get ready.") from None
        yield stage
    finally:
        await stage.close()


@asynccontextmanager
async def start_bot(
    command: Sequence[str], folder: Path, environment: dict[str, str], *, log_level: str = "debug"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot under its keeper; it is asked to stop at the end, and what it prints goes to bot.out."""
    arguments = ["run", "--config", str(folder / "config.toml"), "--log-level", log_level]
    arguments += ["--log-file", str(folder / "bot.log")]
    kept = [sys.executable, "-m", "bot.rehearsal.keeper", *command, *arguments]
    with (folder / "bot.out").open("wb") as output:
        process = await _start(kept, folder, output, environment, stdout=output)
    try:
        yield process
    finally:
        await _end(process)


async def _start(
    command: Sequence[str], folder: Path, errors: Any, environment: dict[str, str], *, stdout: Any
) -> asyncio.subprocess.Process:
    # In a session of its own, Ctrl-C reaches the parent alone, which then ends the children in order.
    alone: Json = (
        {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        if os.name == "nt"
        else {"start_new_session": True}
    )
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=_surroundings() | environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=stdout,
        stderr=errors,
        limit=_LINE_BYTES_MAX,
        **alone,
    )


def _surroundings() -> dict[str, str]:
    """Our own environment without the streamer's real secrets, which no rehearsal needs."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MICRODROPS_")}
    paths = os.pathsep.join(path for path in (_PROJECT, inherited.get("PYTHONPATH", "")) if path)
    return inherited | {"PYTHONUTF8": "1", "PYTHONPATH": paths}


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close the child's input, which asks it to end, and wait; kill it when it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
