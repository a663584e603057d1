"""Virtual time: it jumps, it is exact, and it says so when nothing will ever happen."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.time import DAY, MINUTE, SECOND
from bot.rehearsal.fast.virtual_time import NothingWillHappen, SteadyClock, VirtualLoop, WallClock


@pytest.fixture
def loop():
    loop = VirtualLoop()
    yield loop
    loop.close()


def test_a_day_passes_at_once_and_to_the_microsecond(loop):
    loop.run_until_complete(asyncio.sleep(86_400))
    assert loop.now == DAY


def test_more_than_asyncio_sleeps_at_a_time_is_slept_in_pieces(loop):
    loop.run_until_complete(asyncio.sleep(3 * 86_400 + 1))
    assert loop.now == 3 * DAY + SECOND


def test_far_from_the_beginning_timers_still_fire(loop):
    loop.selector.now = 400 * DAY
    loop.run_until_complete(asyncio.wait_for(asyncio.sleep(0.1), 5))
    assert loop.now == 400 * DAY + SECOND // 10


def test_timers_fire_in_the_order_of_their_microseconds(loop):
    fired = []
    for delay in (3, 1, 2):
        loop.call_in(delay, fired.append, delay)
    loop.run_until_complete(asyncio.sleep(0.001))
    assert fired == [1, 2, 3]


def test_waiting_for_nothing_is_told_and_not_waited_for(loop):
    with pytest.raises(NothingWillHappen):
        loop.run_until_complete(loop.create_future())


def test_who_comes_from_another_thread_is_heard(loop):
    assert loop.run_until_complete(loop.run_in_executor(None, lambda: 7)) == 7


def test_setting_the_wall_clock_leaves_the_steady_one_alone(loop):
    wall, steady = WallClock(loop, 1_000 * DAY), SteadyClock(loop)
    wall.jump(-MINUTE)
    loop.run_until_complete(asyncio.sleep(60))
    assert (wall.now(), wall.true, steady.now()) == (1_000 * DAY, 1_000 * DAY + MINUTE, MINUTE)
