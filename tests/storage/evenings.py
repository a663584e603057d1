"""Ledgers in the middle of an evening, for tests of what happens to them then."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, create_engine, text

from bot.domain.claims import ClaimDrop
from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.storage.book import ChannelSettings
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.rebuild import differences
from tests.conftest import ALL_PLACES, CHANNEL, NOON, FixedClock, plan, running_lane, viewer
from tests.new_ledgers import new_ledger_at


async def claim(lane, *names: str, drop: str = "mug") -> list[object]:
    """Claims of these viewers, one after the other; returns the decisions."""
    return [
        (await lane.submit(ClaimDrop(CHANNEL, f"twitch:{name}-{drop}", viewer(name), drop))).decision
        for name in names
    ]


async def open_mug(lane, clock: FixedClock, *, claims: int, **changes) -> None:
    """A mug that has been announced and opened at noon, with so many claims by v1, v2, ..."""
    await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, (plan(**changes),)))
    clock.at = NOON
    await claim(lane, *(f"v{n}" for n in range(1, claims + 1)))


async def evening_ledger(path: Path, *, claims: int = 10, channel: str = "teapot", **changes) -> URL:
    """A ledger file whose mug is open since noon and has so many owners; nobody has it open."""
    url = ledger_url(str(path))
    new_ledger_at(url)
    clock = FixedClock(NOON - 60_000_000)
    settings = ChannelSettings(CHANNEL, channel, ALL_PLACES, stream_watched=False)
    async with running_lane(url, clock, settings=settings) as lane:
        await open_mug(lane, clock, claims=claims, **changes)
    return url


def rows(url: URL, statement: str) -> list[tuple[object, ...]]:
    """What a query finds, read beside whoever has the ledger open."""
    engine = snapshot_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]
    finally:
        engine.dispose()


def change(url: URL, *statements: str) -> None:
    """Write behind the program's back."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def faults(url: URL) -> list[str]:
    """What entries and tables disagree about."""
    engine = snapshot_engine(url)
    try:
        with engine.connect() as connection:
            return differences(connection, CHANNEL)
    finally:
        engine.dispose()
