"""The bot as a process: really killed, started again, kept from its disk, and with a clock that can be set."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.rehearsal.keeper import CAN_FILL_THE_DISK
from bot.rehearsal.processes import BotProcess

# Says who it is and what it can do, four times a second, as long as it lives.
PROGRAM = """
import os, sys, time
from pathlib import Path
from bot.opening import SystemClock
import bot.scheduler
print("pid", os.getpid(), flush=True)
while True:
    try:
        Path("written").write_text("x")
        disk = "writes"
    except OSError as error:
        disk = type(error).__name__
    ahead = round((SystemClock().now() - time.time_ns() // 1000) / 1_000_000)
    alarm = round(time.time() - bot.scheduler.datetime.fromtimestamp(time.time()).timestamp())
    print("disk", disk, "clock", ahead, "alarm", alarm, flush=True)
    time.sleep(0.05)
"""


class Watched:
    """A bot process and what it has printed."""

    def __init__(self, bot: BotProcess, output: Path) -> None:
        self.bot = bot
        self._output = output

    @property
    def printed(self) -> str:
        return self._output.read_text("utf-8") if self._output.exists() else ""

    async def prints(self, text: str, *, times: int = 1) -> None:
        """Wait until it has printed `text`, and so often from now on."""
        before = self.printed.count(text)
        async with asyncio.timeout(60):
            while self.printed.count(text) < before + times:  # noqa: ASYNC110 - another process writes the file
                await asyncio.sleep(0.02)

    @property
    def pids(self) -> list[int]:
        return [int(line.split()[1]) for line in self.printed.splitlines() if line.startswith("pid")]


@asynccontextmanager
async def started(folder: Path, *command: str) -> AsyncIterator[Watched]:
    program = folder / "program.py"
    program.write_text(PROGRAM)
    bot = BotProcess(command or (sys.executable, str(program)), folder, {})
    await bot.start()
    watched = Watched(bot, folder / "bot.out")
    try:
        await watched.prints("clock 0")
        yield watched
    finally:
        await bot.stop()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 0 to ask with")
async def test_a_bot_that_is_killed_is_gone_at_once_and_another_one_can_be_started(tmp_path: Path) -> None:
    async with started(tmp_path) as watched:
        assert watched.bot.returncode is None
        await watched.bot.kill()
        assert not is_alive(watched.pids[0])
        assert watched.bot.returncode is None, "it is down on purpose"
        await watched.bot.start()
        await watched.prints("pid")
        assert len(set(watched.pids)) == 2
        assert watched.bot.starts == 2
    assert not is_alive(watched.pids[1])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
async def test_a_bot_that_ends_by_itself_is_noticed(tmp_path: Path) -> None:
    async with started(tmp_path) as watched:
        os.kill(watched.pids[0], signal.SIGKILL)
        async with asyncio.timeout(60):
            await watched.bot.wait()
        assert watched.bot.returncode not in (None, 0)


@pytest.mark.skipif(not CAN_FILL_THE_DISK, reason="only Linux can limit the files of a running program")
async def test_on_a_full_disk_nothing_is_written_and_the_program_still_speaks(tmp_path: Path) -> None:
    async with started(tmp_path) as watched:
        await watched.bot.fill_disk(True)
        await watched.prints("disk OSError", times=2)
        await watched.bot.fill_disk(False)
        await watched.prints("disk writes", times=2)


async def test_the_clock_is_set_for_the_bot_and_its_alarm_and_stays_so_after_a_restart(tmp_path: Path) -> None:
    async with started(tmp_path) as watched:
        assert watched.bot.clock_can_move
        watched.bot.move_clock(30)
        await watched.prints("clock 30 alarm 30")
        watched.bot.move_clock(-40)
        await watched.prints("clock -10 alarm -10")
        await watched.bot.kill()
        await watched.bot.start()
        await watched.prints("clock -10 alarm -10", times=2)


@pytest.mark.parametrize("command", [("/bin/other-bot",), (sys.executable, "-c", "pass")])
def test_a_bot_that_is_not_ours_keeps_its_clock(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert not BotProcess(command, tmp_path, {}).clock_can_move
