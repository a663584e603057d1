"""The alarm clock: rings at due instants, replaces them, and never spins."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain.answers import TryAgain
from bot.domain.time import HOUR, MILLISECOND, SECOND
from bot.scheduler import Alarm


class Rings:
    """What the alarm wakes: counts, and may ask for the next instant as a commit does."""

    def __init__(self):
        self.at: list[float] = []
        self.rang = asyncio.Condition()
        self.alarm: Alarm | None = None
        self.next_due: int | None = None
        self.fault: Exception | None = None

    async def __call__(self):
        async with self.rang:
            self.at.append(time.time())
            self.rang.notify_all()
        if self.alarm is not None and self.next_due is not None:
            self.alarm.set(self.next_due)
        if self.fault is not None:
            raise self.fault

    async def times(self, count, within=60.0):
        async with asyncio.timeout(within), self.rang:
            await self.rang.wait_for(lambda: len(self.at) >= count)


def now_in(microseconds=0):
    return time.time_ns() // 1_000 + microseconds


@asynccontextmanager
async def running(rings, **options) -> AsyncIterator[Alarm]:
    alarm = rings.alarm = Alarm(rings, **{"sweep_seconds": 3600, **options})
    alarm.start()
    try:
        await rings.times(1)  # the first sweep
        yield alarm
    finally:
        alarm.stop()


@pytest.fixture
def rings():
    return Rings()


async def test_the_first_sweep_comes_at_once_and_others_follow(rings):
    async with running(rings, sweep_seconds=0.05):
        await rings.times(4)


async def test_it_rings_at_the_due_instant_and_not_before(rings):
    async with running(rings) as alarm:
        due = now_in(150 * MILLISECOND)
        alarm.set(due)
        await rings.times(2)
    assert rings.at[1] * SECOND >= due


async def test_a_later_call_replaces_the_instant(rings):
    async with running(rings) as alarm:
        alarm.set(now_in(HOUR))
        alarm.set(now_in(50 * MILLISECOND))
        await rings.times(2)
        alarm.set(now_in(50 * MILLISECOND))
        alarm.set(now_in(HOUR))
        alarm.set(None)
        with pytest.raises(TimeoutError):
            await rings.times(3, within=0.3)


async def test_an_instant_that_stays_in_the_past_is_asked_for_again_but_never_in_a_busy_loop(rings):
    rings.next_due = now_in(-HOUR)
    async with running(rings) as alarm:
        alarm.set(rings.next_due)
        await rings.times(4)
    waits = [later - earlier for earlier, later in zip(rings.at[1:], rings.at[2:], strict=False)]
    assert min(waits) >= 0.2


async def test_an_instant_beyond_all_calendars_is_no_trouble(rings):
    async with running(rings) as alarm:
        alarm.set(2**62)
        alarm.set(0)
        await rings.times(2)


async def test_a_busy_ledger_does_not_stop_the_clock(rings):
    rings.fault = TryAgain("busy")
    async with running(rings, sweep_seconds=0.05) as alarm:
        await rings.times(3)
        alarm.set(now_in(10 * MILLISECOND))
        await rings.times(6)


async def test_a_wake_that_fails_for_another_reason_does_not_stop_the_clock_either(rings):
    rings.fault = ValueError("planted")
    async with running(rings, sweep_seconds=0.05):
        await rings.times(3)


async def test_a_stopped_alarm_is_silent_and_may_be_stopped_again(rings):
    async with running(rings) as alarm:
        alarm.set(now_in(50 * MILLISECOND))
        alarm.stop()
        alarm.stop()
        with pytest.raises(TimeoutError):
            await rings.times(2, within=0.2)
