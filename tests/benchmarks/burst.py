"""Two thousand claims at once through the write lane, beside a program that commits each claim by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.storage.database import ledger_url
from bot.storage.upgrade import upgrade
from tests.conftest import CHANNEL, NOON, FixedClock, plan, running_lane, viewer

CLAIMS = 2_000


async def through_the_lane(folder: Path) -> float:
    """Seconds until all of them have their durable answer: numbers, entries, outcomes and news."""
    url = ledger_url(str(folder / "lane.sqlite"))
    upgrade(url, now=lambda: NOON)
    clock = FixedClock(NOON)
    async with running_lane(url, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(supply=CLAIMS),)))
        commands = [ClaimDrop(CHANNEL, f"twitch:{n}", viewer(f"v{n}")) for n in range(CLAIMS)]
        began = time.perf_counter()
        answers = await asyncio.gather(*(lane.submit(command) for command in commands))
        took = time.perf_counter() - began
    if not all(isinstance(answer.decision, ClaimGranted) for answer in answers):
        raise RuntimeError("not everybody got a unit")
    return took


def one_by_one(folder: Path) -> float:
    """Seconds for the same claims into one small table, a transaction each, as safe on the disk as the ledger."""
    with closing(sqlite3.connect(folder / "raw.sqlite", isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("CREATE TABLE unit (number INTEGER PRIMARY KEY, person TEXT NOT NULL UNIQUE) STRICT")
        began = time.perf_counter()
        for n in range(CLAIMS):
            raw.execute("BEGIN IMMEDIATE")
            (taken,) = raw.execute("SELECT count(*) FROM unit").fetchone()
            raw.execute("INSERT INTO unit VALUES (?, ?)", (taken + 1, f"id-v{n}"))
            raw.execute("COMMIT")
        return time.perf_counter() - began
