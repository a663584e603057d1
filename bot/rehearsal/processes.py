"""The bot as a child process that can be killed, stopped, started again, and robbed of its disk and its clock."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

STOP_SECONDS_MAX = 12.0
# A line of the record holds at most a few messages of 2,000 characters.
_LINE_BYTES_MAX = 4_000_000
# The children run in the rehearsal's own folder and must find the program all the same.
_PROJECT = str(Path(__file__).resolve().parents[2])
_CLOCK = "clock"


class BotProcess:
    """The bot under its keeper; what it prints goes to bot.out in the folder."""

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], *, log_level: str = "debug"
    ) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self.clock_can_move = command[0] == sys.executable and command[1:2] != ("-c",)
        if self.clock_can_move:
            clock = str(folder / _CLOCK)
            command = (command[0], "-m", "bot.rehearsal.clockwork", clock, *command[1:])
        run = ["run", "--config", str(folder / "config.toml"), "--log-level", log_level]
        self._command = [*command, *run, "--log-file", str(folder / "bot.log")]
        self._process: asyncio.subprocess.Process | None = None
        self.is_down_on_purpose = False
        self.starts = 0

    @property
    def returncode(self) -> int | None:
        """None while it runs, or while it is down on purpose."""
        return None if self._process is None or self.is_down_on_purpose else self._process.returncode

    async def start(self) -> None:
        """Start it, for the first time or again."""
        kept = [sys.executable, "-m", "bot.rehearsal.keeper", *self._command]
        with (self._folder / "bot.out").open("ab" if self.starts else "wb") as output:
            self._process = await start_child(kept, self._folder, output, self._environment, stdout=output)
        self.starts += 1
        self.is_down_on_purpose = False

    async def wait(self) -> int:
        """Its exit code, when it has ended."""
        assert self._process is not None
        return await self._process.wait()

    async def kill(self) -> None:
        """End it at once, as a power cut does; returns when it is gone."""
        self.is_down_on_purpose = True
        await self._tell("kill")
        await self.wait()

    async def stop(self) -> None:
        """Ask it to end, as Ctrl-C does, and wait; kill it when it does not."""
        self.is_down_on_purpose = True
        if self._process is not None:
            await end_child(self._process)

    async def fill_disk(self, full: bool) -> None:
        """Let it write into no file any more, or again. Linux only: see keeper.CAN_FILL_THE_DISK."""
        await self._tell("full" if full else "free")

    def move_clock(self, by: float) -> None:
        """Set its clock forward by so many seconds, or back; moves add up."""
        file = self._folder / _CLOCK
        before = int(file.read_text("ascii")) if file.exists() else 0
        fresh = file.with_suffix(".new")
        fresh.write_text(str(before + round(by * 1_000_000)), "ascii")
        fresh.replace(file)  # whole or not at all: the bot reads it whenever it likes

    async def _tell(self, word: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(word.encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # it has ended by itself, which is noticed elsewhere
            await self._process.stdin.drain()


async def start_child(
    command: Sequence[str], folder: Path, errors: Any, environment: Mapping[str, str], *, stdout: Any
) -> asyncio.subprocess.Process:
    """A child that has a pipe for its input, and no secret of ours but those in `environment`."""
    # In a session of its own, Ctrl-C reaches the parent alone, which then ends the children in order.
    alone: dict[str, Any] = (
        {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        if os.name == "nt"
        else {"start_new_session": True}
    )
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=_surroundings() | dict(environment),
        stdin=asyncio.subprocess.PIPE,
        stdout=stdout,
        stderr=errors,
        limit=_LINE_BYTES_MAX,
        **alone,
    )


async def end_child(process: asyncio.subprocess.Process) -> None:
    """Close the child's input, which asks it to end, and wait; kill it when it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _surroundings() -> dict[str, str]:
    """Our own environment without the streamer's real secrets, which no rehearsal needs."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MICRODROPS_")}
    paths = os.pathsep.join(path for path in (_PROJECT, inherited.get("PYTHONPATH", "")) if path)
    return inherited | {"PYTHONUTF8": "1", "PYTHONPATH": paths}
