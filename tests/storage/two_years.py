"""A bot that runs for two virtual years over a real ledger, with restarts, and what its drops have to have done."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from sqlalchemy import URL, event, select

from bot.config import Config, load_config
from bot.domain.stream import Wake
from bot.domain.time import DAY, MINUTE, Micros
from bot.opening import channel_settings
from bot.services.drops import Drops
from bot.services.planning import Planning
from bot.storage import tables
from bot.storage.database import Reads, ledger_url, snapshot_engine, write_engine
from bot.storage.lane import Lane
from tests.conftest import CHANNEL, KEYS, FixedClock
from tests.domain.cadences import opens_on
from tests.new_ledgers import new_ledger_at

LASTS = 15 * MINUTE
_WAKES_MAX = 60


@dataclass(frozen=True)
class Weekly:
    """A drop that comes every Sunday at this time of the day."""

    name: str
    clock: time


@dataclass
class Years:
    """`missed` are the spans in which no process was there, from the last one's end to the next one's start."""

    zone: str
    drops: Sequence[Weekly]
    begins_at: Micros
    ends_at: Micros
    missed: list[tuple[Micros, Micros]] = field(default_factory=list)


def config_of(years: Years, folder: Path) -> Config:
    written = "".join(
        f'[[drops]]\nname = "{drop.name}"\ntitle = "{drop.name.title()}"\nsupply = 1\nlasts = "15m"\n'
        f'every = "sunday {drop.clock:%H:%M}"\nwhile_offline = "run"\n'
        for drop in years.drops
    )
    path = folder / "config.toml"
    path.write_text(
        f'[channel]\nname = "Teal Fox"\ntime_zone = "{years.zone}"\n[ledger]\nurl = "years.db"\n{written}'
    )
    return load_config(path, {})


async def live_through(years: Years, folder: Path, dice: Random) -> URL:
    """Play the years, a process after the other. Now and then the process is down over the very moment at which
    something is due, and back within the window."""
    config = config_of(years, folder)
    url = ledger_url(config.ledger.url)
    clock = FixedClock(years.begins_at)
    new_ledger_at(url)
    while clock.at < years.ends_at:
        due = await _live_once(config, url, clock, years.ends_at, dice)
        if due is not None and dice.random() < 0.5:
            ended_at, clock.at = clock.at, due + dice.randrange(LASTS)
            years.missed.append((ended_at, clock.at))
    return url


@asynccontextmanager
async def _lane(config: Config, url: URL, clock: FixedClock) -> AsyncIterator[Lane]:
    engine = write_engine(url)
    # No power is cut here, and waiting for the disk would take most of the time.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    lane = Lane(engine, [channel_settings(config)], clock, KEYS)
    await lane.start()
    try:
        yield lane
    finally:
        await lane.close()
        engine.dispose()


async def _live_once(config: Config, url: URL, clock: FixedClock, ends_at: Micros, dice: Random) -> Micros | None:
    """One process: it wakes when something is due, a random number of times. Returns what is due next."""
    dues: list[Micros | None] = [None]
    reads = Reads(url)
    try:
        async with _lane(config, url, clock) as lane:
            lane.listen(lambda committed: dues.append(committed.wake_at))
            drops = Drops(lane, reads, CHANNEL, config.channel.time_zone, clock)
            planning = Planning(drops, config.plans, config.series, config.pacing, clock)
            await planning.follow()
            for _ in range(dice.randrange(1, _WAKES_MAX)):
                due = dues[-1]
                if due is None or due > ends_at:
                    clock.at = ends_at
                    return None
                # Woken a little late, as by an alarm, or twice at the same instant.
                clock.at = max(clock.at, due + dice.choice((0, 0, 1, 250_000)))
                await lane.submit(Wake(CHANNEL))
                await planning.keep_up()
            return dues[-1]
    finally:
        await reads.close()


def faults_in(years: Years, url: URL) -> list[str]:
    """What did not happen once and at its time, in words."""
    return list(_faults(years, _openings(url)))


def _openings(url: URL) -> list[tuple[str, Micros]]:
    entry = tables.entry.c
    engine = snapshot_engine(url)
    with engine.connect() as connection:
        query = select(entry.drop_key, entry.at).where(entry.kind == "drop.opened").order_by(entry.number)
        found = [(row.drop_key, row.at) for row in connection.execute(query)]
    engine.dispose()
    return found


def _faults(years: Years, openings: Sequence[tuple[str, Micros]]) -> Iterator[str]:
    wanted = {}
    for drop in years.drops:
        for day in _sundays(years):
            at = opens_on(day, drop.clock, years.zone)
            if years.begins_at < at < years.ends_at - DAY:
                wanted[f"{drop.name}-{day}"] = at
    opened = Counter(key for key, _ in openings)
    yield from (f"{key} opened {count} times" for key, count in opened.items() if count > 1)
    yield from (f"{key} never opened" for key in wanted.keys() - opened.keys())
    for key, at in openings:
        due = wanted.get(key)
        if due is None:
            if at < years.ends_at - DAY:
                yield f"{key} opened at {at}, and nothing was due"
        elif not due <= at <= max([due + MINUTE, *(back for gone, back in years.missed if gone <= due <= back)]):
            yield f"{key} opened {(at - due) / MINUTE:+.1f} minutes off its time"
    yield from _too_near(years, openings)


def _too_near(years: Years, openings: Sequence[tuple[str, Micros]]) -> Iterator[str]:
    """A drop comes once a week, by whatever name."""
    for drop in years.drops:
        its = sorted(at for key, at in openings if key.startswith(drop.name))
        yield from (f"{drop.name} opened twice within a day" for one, two in pairwise(its) if two - one < DAY)


def _sundays(years: Years) -> Iterator[date]:
    begin = date(1970, 1, 1) + timedelta(days=years.begins_at // DAY)
    for number in range((years.ends_at - years.begins_at) // DAY + 1):
        if (begin + timedelta(days=number)).weekday() == 6:
            yield begin + timedelta(days=number)
