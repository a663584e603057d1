"""A bot that is up over the times of a recurring drop plans on by itself; one that is killed takes it up anew."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.config import load_config
from bot.domain.drops import DropState
from bot.domain.time import MINUTE, SECOND
from bot.rehearsal.fast.disk import Disk
from bot.rehearsal.fast.life import Machine
from bot.rehearsal.fast.logging_apart import logging_to
from bot.rehearsal.fast.play import set_stage
from bot.rehearsal.fast.stand_ins import QuickBot
from bot.rehearsal.fast.virtual_time import VirtualLoop, WallClock, in_virtual_time
from bot.services.planning import Planning
from bot.storage.drops import read_plans
from tests.domain.cadences import utc

DAILY = """[channel]
name = "Teal Fox"
[ledger]
url = "ledger.db"
[[drops]]
name = "mug"
title = "Teal Mug"
supply = 5
every = "daily 20:00"
lasts = "15m"
announce_before = "2h"
while_offline = "run"
"""
BEFORE_EIGHT = utc("2026-11-01 19:58")


def evening(folder: Path, *, minutes: int, killed_after: int | None = None) -> dict[str, DropState]:
    """The drops of a bot that was up from two minutes before eight on for so many, by their dates."""
    path = folder / "config.toml"
    path.write_text(DAILY, "utf-8")
    config = load_config(path, {})

    async def play(loop: VirtualLoop) -> None:
        clock = WallClock(loop, BEFORE_EIGHT)
        with set_stage(folder, clock) as stage:
            bot = QuickBot(
                Machine(loop, clock, Disk(folder / "ledger.db"), stage, 1), lambda: config, folder / "out"
            )
            with logging_to(folder / "bot.log", "INFO", clock.now):
                await bot.start()
                if killed_after is not None:
                    await asyncio.sleep(killed_after * MINUTE / SECOND)
                    await bot.kill()
                    await asyncio.sleep(5 * MINUTE / SECOND)
                    await bot.start()
                await asyncio.sleep((BEFORE_EIGHT + minutes * MINUTE - clock.now()) / SECOND)
                await bot.end()
            await stage.discord.close()

    in_virtual_time(play)
    return {drop.key.removeprefix("mug-2026-"): drop.state for drop in read_plans(config.ledger.url).values()}


PLANNED = dict.fromkeys(("11-02", "11-03", "11-04", "11-05"), DropState.PLANNED)


def test_the_next_time_is_planned_as_soon_as_one_is_over(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    assert evening(before, minutes=10) == {"11-01": DropState.OPEN, **PLANNED}
    assert evening(after, minutes=25) == {
        "11-01": DropState.SETTLED,
        **PLANNED,
        "11-06": DropState.PLANNED,
    }


def test_a_bot_that_is_killed_in_the_window_goes_on_with_it(tmp_path: Path) -> None:
    assert evening(tmp_path, minutes=25, killed_after=5) == {
        "11-01": DropState.SETTLED,
        **PLANNED,
        "11-06": DropState.PLANNED,
    }


def test_a_bot_that_never_plans_on_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def keep_up(_: Planning) -> None:
        """The planted bug: what was planned at the start has to do."""

    monkeypatch.setattr(Planning, "keep_up", keep_up)
    assert "11-06" not in evening(tmp_path, minutes=25)
