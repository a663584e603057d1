"""Ledgers to measure on: people the bot has met before, and a drop that is open."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from bot.domain.claims import ClaimDrop
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.domain.telling import ForgetRefusals
from bot.domain.time import DAY
from bot.storage.database import ledger_url
from bot.storage.lane import Lane
from bot.storage.upgrade import upgrade
from tests.conftest import CHANNEL, NOON, FixedClock, plan, running_lane, viewer

DROP = "mug"
_EARLIER = "pin"


def claims(drop: str, people: range) -> list[ClaimDrop]:
    """One claim of each of these people, under message ids that look like Twitch's, always the same ones."""
    # Random ids, as in life: rising ones would spare every index its look-ups.
    ids = random.Random(f"{drop}{people}")
    return [
        ClaimDrop(CHANNEL, f"twitch:{uuid.UUID(int=ids.getrandbits(128), version=4)}", viewer(f"v{n}"))
        for n in people
    ]


async def fill(url: URL, people: int, supply: int) -> None:
    """Make a ledger whose people claimed a drop the day before, and in which DROP is open at NOON."""
    upgrade(url, now=lambda: NOON)
    clock = FixedClock(NOON - DAY)
    earlier = plan(_EARLIER, supply=people, announce_at=clock.at, opens_at=clock.at)
    async with running_lane(url, clock) as lane:
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (earlier, plan(DROP, supply=supply))))
        for start in range(0, people, 10_000):
            crowd = claims(_EARLIER, range(start, min(people, start + 10_000)))
            await asyncio.gather(*(lane.submit(claim) for claim in crowd))
        clock.at = NOON
        await lane.submit(Wake(CHANNEL))


@asynccontextmanager
async def started_lane(url: URL, **options: Any) -> AsyncIterator[Lane]:
    """A lane at NOON, as durable as the bot's, that has taken what every start of the bot gives it before it
    listens, and no claim yet."""
    async with running_lane(url, FixedClock(NOON), durable=True, **options) as lane:
        await lane.submit(ForgetRefusals(CHANNEL, NOON - 60 * DAY))
        yield lane


class Ledgers:
    """Filled once a run, copied for each contestant, so that all begin with the very same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where what is made for all rounds is kept."""
        return self._folder

    async def template(self, people: int, supply: int) -> Path:
        """The file itself; whoever writes to it changes it for all."""
        path = self._folder / f"ledger-{people}-{supply}.sqlite"
        if not path.exists():
            await fill(ledger_url(str(path)), people, supply)
        return path

    async def copy(self, target: Path, people: int, supply: int) -> URL:
        """A ledger of one's own at `target`."""
        shutil.copyfile(await self.template(people, supply), target)
        with target.open("rb+") as file:
            # Else the copy itself is written in the middle of what is measured, with the first checkpoint.
            os.fsync(file.fileno())
        return ledger_url(str(target))
