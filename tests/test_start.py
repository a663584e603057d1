"""What a bot that starts loads, and what it does without: start time and memory are imports before all else."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from bot.loading import loading_for_good
from bot.storage.database import ledger_url
from tests.new_ledgers import new_ledger_at

ROOT = Path(__file__).parent.parent
CONFIG = """
[channel]
name = "TeaPotTV"
[ledger]
url = "ledger.sqlite"
[twitch]
channel = "teapottv"
channel_id = "1"
bot_id = "2"
client_id = "an-id"
client_secret = "env:SECRET"
bot_token = "env:SECRET"
bot_refresh_token = "env:SECRET"
[discord]
token = "env:SECRET"
server = "1"
announcements = "2"
moderators = "3"
[endpoints]
helix = "http://127.0.0.1:9/helix"
oauth = "http://127.0.0.1:9/oauth2"
eventsub = "ws://127.0.0.1:9/ws"
discord_rest = "http://127.0.0.1:9/api/v10"
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 48
opening = "cue"
lasts = "15m"
"""
READY = b"bot started"
SECONDS_MAX = 60.0

# Each with the reason why a start does without it.
NOT_LOADED = {
    "alembic": "the stored revision is the head",
    "sqlalchemy.orm": "the ledger is rows, not objects",
    "sqlalchemy.ext.asyncio": "it brings sqlalchemy.orm",
    "sqlalchemy.dialects.postgresql": "the ledger is a file",
    "rich.console": "nothing is printed in tables",
    "pygments": "it comes with rich",
    "rapidfuzz": "nobody has mistyped",
    "tomlkit": "nothing writes a configuration",
    "discord.ext.commands": "no command is typed on Discord",
    "bot.stage": "the platforms are the real ones",
    "bot.rehearsal": "nothing is rehearsed",
    "bot.views.plan": "no plan is shown",
    **dict.fromkeys(("numpy", "scipy", "pandas", "matplotlib"), "reports run in a process of their own"),
}


def loaded_of(log: bytes) -> set[str]:
    """The modules in what `python -X importtime` wrote."""
    return set(re.findall(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", log.decode(), re.MULTILINE))


async def modules_of_a_start(folder: Path) -> set[str]:
    """Everything that `microdrops run` imports until it is ready, on a ledger that needs no migration."""
    new_ledger_at(ledger_url(str(folder / "ledger.sqlite")))
    (folder / "config.toml").write_text(CONFIG, "utf-8")
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "importtime", "-m", "bot", "run", "--config", str(folder / "config.toml"),
        cwd=ROOT, env={**os.environ, "SECRET": "not-a-real-one"}, stdout=DEVNULL, stderr=PIPE,
    )  # fmt: skip
    assert child.stderr is not None
    log = b""
    try:
        while READY not in log:
            line = await asyncio.wait_for(child.stderr.readline(), SECONDS_MAX)
            assert line, log.decode()[-2_000:]
            log += line
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()
    return loaded_of(log)


async def test_a_start_loads_nothing_it_does_not_use(tmp_path):
    modules = await modules_of_a_start(tmp_path)
    # The list is whole: what a start cannot do without stands in it.
    assert {"discord", "twitchio", "sqlalchemy", "bot.wiring", "bot.storage.lane"} <= modules
    found = {
        f"{name}, though {why}"
        for name, why in NOT_LOADED.items()
        if any(module == name or module.startswith(f"{name}.") for module in modules)
    }
    assert found == set()


@pytest.mark.parametrize("arguments", [["--help"], ["version"], ["run", "--help"]])
def test_to_say_what_there_is_needs_neither_a_platform_nor_a_ledger(arguments):
    said = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", *arguments],
        cwd=ROOT, capture_output=True, timeout=SECONDS_MAX, check=True,
    )  # fmt: skip
    assert said.stdout
    heavy = {"discord", "twitchio", "aiohttp", "sqlalchemy", "bot.config"}
    assert loaded_of(said.stderr) & heavy == set()


def test_the_collector_rests_while_loading_and_leaves_out_what_was_loaded():
    """In a process of its own: what is left out stays out."""
    program = """
import gc, json
from bot.loading import loading_for_good
with loading_for_good():
    resting = not gc.isenabled()
    import structlog
try:
    import rich
except ImportError:
    rich = None
print(json.dumps([resting, gc.isenabled(), gc.get_freeze_count() > 10_000, rich is not None]))
"""
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=SECONDS_MAX, check=True
    )
    assert json.loads(said.stdout) == [True, True, True, True]


def test_a_start_that_fails_leaves_the_collector_as_it_was():
    frozen = gc.get_freeze_count()
    rich = sys.modules.get("rich")
    with pytest.raises(RuntimeError), loading_for_good():
        raise RuntimeError
    assert (gc.isenabled(), gc.get_freeze_count(), sys.modules.get("rich")) == (True, frozen, rich)
