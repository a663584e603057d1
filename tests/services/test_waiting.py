"""A wake-up, a time that is up, and a stop that comes in the very moment of the wake-up."""

from __future__ import annotations

import asyncio

import pytest

from bot.services.waiting import woken


async def test_it_returns_at_the_wake_up_or_when_the_time_is_up():
    wake = asyncio.Event()
    await woken(wake, 0.001)
    wake.set()
    await woken(wake, None)
    assert not wake.is_set()


@pytest.mark.parametrize("seconds", [None, 60.0])
@pytest.mark.parametrize("turns", range(4))
async def test_a_stop_in_the_moment_of_the_wake_up_is_not_lost(seconds, turns):
    wake = asyncio.Event()

    async def work():
        while True:
            await woken(wake, seconds)

    working = asyncio.create_task(work())
    for _ in range(3):
        await asyncio.sleep(0)
    wake.set()
    # How many turns of the loop lie between the wake-up and the stop decides who notices which first.
    for _ in range(turns):
        await asyncio.sleep(0)
    working.cancel()
    done, _ = await asyncio.wait({working}, timeout=60)
    assert done == {working}
    assert working.cancelled()
