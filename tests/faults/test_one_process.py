"""One process per ledger: a second one refuses, and the first leaves cleanly when it is asked to."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys

import pytest
from filelock import FileLock

from tests.faults.rig import Night, night
from tests.journeys.rig import drop, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork"),
]

DO_NOT_RESTART = 78
ON_CUE = drop("mug", opening="cue")


async def _run(tonight: Night, *, file_bytes_max: int | None = None) -> tuple[int | None, str]:
    """`microdrops run` as a person types it, ended by itself; returns the exit code and what it said."""
    limit = [] if file_bytes_max is None else ["prlimit", f"--fsize={file_bytes_max}"]
    process = await asyncio.create_subprocess_exec(
        *(*limit, sys.executable, "-m", "bot", "run", "--config", str(tonight.folder / "config.toml")),
        env={**os.environ, **tonight.environ},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()


async def test_a_second_process_on_the_same_ledger_refuses_in_one_sentence(tmp_path):
    async with night(tmp_path, ON_CUE) as tonight:
        await tonight.open_on_cue()
        code, said = await _run(tonight)
        assert code == DO_NOT_RESTART
        assert said == "Not started: another Microdrops is using ledger.sqlite; stop that one first.\n"
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1 of 48")
        assert tonight.openings() == (1, 1)


async def test_a_bot_that_is_told_to_stop_in_a_rush_ends_in_time_and_owes_nobody(tmp_path):
    async with night(tmp_path, ON_CUE) as tonight:
        await tonight.open_on_cue()
        names = [f"viewer{number}" for number in range(12)]
        for name in names:
            tonight.say(name, "!claim")
        await until(lambda: tonight.facts().units(), "the first of them has a unit")
        tonight.ask_to_stop()
        # systemd would kill it after ninety seconds.
        assert await tonight.died(60) == 0, tonight.log.read_text()
        with FileLock(f"{tonight.ledger}.lock", timeout=0):
            stored = tonight.facts().numbers["mug"]
        await tonight.start()
        await tonight.quiet()
        assert tonight.facts().numbers["mug"] == stored
        for (_, name), (number,) in stored.items():
            assert any(f"@{name}" in line and f"#{number}" in line for line in tonight.chat), name


async def test_a_ledger_left_by_a_killed_bot_is_free_for_the_next(tmp_path):
    async with night(tmp_path, ON_CUE) as tonight:
        await tonight.open_on_cue()
        tonight.kill()
        await tonight.died()
        with FileLock(f"{tonight.ledger}.lock", timeout=0):
            assert tonight.facts().drops["mug"]["state"] == "open"
        await tonight.start()


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs prlimit, which only Linux has")
# No room at all; and room for the index of the write-ahead log, but none at the log's end.
@pytest.mark.parametrize("file_bytes_max", [0, 40_000])
async def test_a_bot_that_finds_a_full_disk_at_the_start_says_so_in_one_sentence(tmp_path, file_bytes_max):
    said = "Not started: the ledger cannot be opened (the log cannot be synced: File too large)."
    async with night(tmp_path, ON_CUE) as tonight:
        await tonight.open_on_cue()
        tonight.kill()
        await tonight.died()
        assert tonight.folder.joinpath("ledger.sqlite-wal").stat().st_size > 40_000
        code, printed = await _run(tonight, file_bytes_max=file_bytes_max)
        assert (code, printed.splitlines()[-1]) == (1, said)
        assert "Traceback" not in printed
        await tonight.start()
        tonight.say("ann", "!claim")
        await tonight.hears("@ann", "#1 of 48")
