"""Shared by all floors: instants with names, a clock that stands still, a ledger in a temporary folder."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import asynccontextmanager

import pytest
import structlog
from sqlalchemy import Engine, event

from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.people import Actor, Rank
from bot.domain.time import DAY, HOUR, MINUTE
from bot.storage.book import ChannelSettings
from bot.storage.database import ledger_url, write_engine
from bot.storage.lane import Lane
from bot.storage.signing import KeyRing
from tests.compiled_once import compile_once
from tests.new_ledgers import new_ledger_at
from tests.patient_loop import loop_factories
from tests.same_draws import draw_the_same
from tests.waiting_first import turn

draw_the_same()


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]] | None:
    """Whatever an asynchronous test waits for, it waits for in time that this process was given."""
    return loop_factories()


compile_once()

# With every local variable and in colours, a traceback takes a tenth of a second to write, for nobody.
structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback

NOON = 1_793_534_400_000_000  # 2026-11-01T12:00:00Z
CHANNEL = 1
# The log's key in every test that does not ask for another: its signatures are the same each time.
KEYS = KeyRing([bytes(range(32))])
ALL_PLACES = ("twitch:chat", "discord:announcements", "discord:moderators")


class FixedClock:
    """A clock that stands until a test moves it."""

    def __init__(self, at: int = NOON) -> None:
        self.at = at

    def now(self) -> int:
        return self.at


def viewer(name: str, platform: str = "twitch", rank: Rank = Rank.VIEWER) -> Actor:
    return Actor(platform, f"id-{name}", name, rank)


MIA = viewer("mia", rank=Rank.MODERATOR)


def plan(key: str = "mug", **changes) -> DropPlan:
    """A Teal Mug: 48 units, one each, opens at noon for fifteen minutes, announced an hour before."""
    values = {
        "title": f"Teal {key.capitalize()}",
        "kind": "badge",
        "supply": 48,
        "held_back": 0,
        "per_person": 1,
        "opening": Opening.CLOCK,
        "while_offline": WhileOffline.RUN,
        "zone": "UTC",
        "announce_at": NOON - HOUR,
        "opens_at": NOON,
        "window": 15 * MINUTE,
    }
    return DropPlan(key=key, **{**values, **changes})


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON - DAY)


@pytest.fixture
def new_ledger(tmp_path):
    """A fresh ledger file; returns its URL."""
    url = ledger_url(str(tmp_path / "ledger.sqlite"))
    new_ledger_at(url)
    return url


def in_a_hurry(engine: Engine) -> Engine:
    """The same, but its commits do not wait for the disk: no power is cut here."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = OFF"))
    return engine


@asynccontextmanager
async def running_lane(url, clock, **options) -> AsyncIterator[Lane]:
    settings = options.pop("settings", None) or ChannelSettings(CHANNEL, "teapot", ALL_PLACES, False)
    engine = in_a_hurry(write_engine(url))
    lane = Lane(engine, [settings], clock, options.pop("keys", KEYS), **options)
    await lane.start()
    try:
        yield lane
    finally:
        await lane.close()
        engine.dispose()


@pytest.fixture
async def lane(new_ledger, clock) -> AsyncIterator[Lane]:
    async with running_lane(new_ledger, clock) as running:
        yield running


Viewer = Callable[..., Actor]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Seven thousand tests and all they import stay to the end: the collector need not look at them again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid.partition("::")[0]))
