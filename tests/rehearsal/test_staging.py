"""The children of a rehearsal: ready by their own word, and gone whenever their parent is."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.rehearsal.staging import ChildFailed, start_bot, start_stage

_SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
_KEPT = [sys.executable, "-m", "bot.rehearsal.keeper", sys.executable, "-c", _SLEEPER]


def test_a_kept_program_ends_when_its_parents_pipe_closes() -> None:
    with subprocess.Popen(_KEPT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        assert int(keeper.stdout.readline()) > 0
        keeper.stdin.close()
        # Its output ends only when nobody holds it any more.
        assert keeper.stdout.read() == b""
    assert keeper.returncode not in (0, None)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_parent_that_is_killed_leaves_nothing_behind() -> None:
    parent = f"import subprocess; subprocess.Popen({_KEPT!r}, stdin=subprocess.PIPE).wait()"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        sleeper = int(started.stdout.readline())
        started.send_signal(signal.SIGKILL)
        assert started.stdout.read() == b""
    with pytest.raises(ProcessLookupError):
        os.kill(sleeper, 0)


def test_the_kept_programs_exit_code_is_the_keepers() -> None:
    command = [sys.executable, "-m", "bot.rehearsal.keeper", sys.executable, "-c", "raise SystemExit(78)"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as keeper:
        assert keeper.wait(60) == 78


async def test_a_stage_tells_how_to_join_it_and_at_the_end_what_was_secret(tmp_path: Path) -> None:
    seen: list[str] = []
    async with start_stage(tmp_path, lambda line: seen.append(line["kind"])) as stage:
        told = await stage.ready
        secrets = await stage.stop()
    assert told["endpoints"]["helix"].startswith("http://127.0.0.1:")
    assert {told["twitch"]["client_secret"], told["discord"]["token"], told["twitch"]["bot"]["token"]} <= set(
        secrets
    )
    lines = [json.loads(line) for line in (tmp_path / "record.jsonl").read_text("utf-8").splitlines()]
    assert lines[0]["kind"] == "live"


async def test_a_stage_that_is_not_stopped_ends_with_its_parents_interest(tmp_path: Path) -> None:
    async with start_stage(tmp_path, lambda _: None) as stage:
        process = stage._process
    assert process.returncode == 0


async def test_a_stage_that_is_gone_cannot_be_stopped(tmp_path: Path) -> None:
    async with start_stage(tmp_path, lambda _: None) as stage:
        stage._process.kill()
        await stage._process.wait()
        with pytest.raises(ChildFailed, match="ended before its time"):
            await stage.stop()


async def test_the_bot_gets_no_real_secret_and_its_output_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICRODROPS_TWITCH_BOT_TOKEN", "a-real-one")
    show = "import os; print({k: v for k, v in os.environ.items() if k.startswith('MICRODROPS_')})"
    async with start_bot((sys.executable, "-c", show), tmp_path, {"MICRODROPS_REHEARSAL_CANARY": "tweet"}) as bot:
        assert await bot.wait() == 0
    assert (tmp_path / "bot.out").read_text("utf-8").strip() == "{'MICRODROPS_REHEARSAL_CANARY': 'tweet'}"


async def test_a_crowd_that_stumbles_ends_the_stage_and_says_why(tmp_path: Path) -> None:
    async with start_stage(tmp_path, lambda _: None) as stage:
        await stage.play({"drops": [{"key": "no such drop"}], "words": {}}, seed=1, viewers=1, discord_viewers=0)
        await asyncio.wait_for(stage._process.wait(), 60)
        await asyncio.wait_for(asyncio.shield(stage._reading), 60)
        assert stage.ended
    assert "TypeError" in (tmp_path / "stage.log").read_text("utf-8")
