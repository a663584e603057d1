"""The supervisor: a fresh run after each crash, pauses that grow, a stop that is heard, and what ends it."""

from __future__ import annotations

import asyncio

import pytest

from bot.platforms.supervisor import Fatal, delay_seconds, keep_alive


async def test_a_crash_is_followed_by_a_fresh_run() -> None:
    stop, states = asyncio.Event(), []
    runs = 0

    async def run_once() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise KeyError("d")
        stop.set()

    def note(name: str, running: bool) -> None:
        states.append((name, running))

    await asyncio.wait_for(keep_alive("discord", run_once, stop, base=0.01, on_state=note), 60.0)
    assert runs == 3
    assert states == [("discord", True), ("discord", False)] * 3


async def test_a_fatal_error_is_raised_and_nothing_is_run_again() -> None:
    runs = 0

    async def run_once() -> None:
        nonlocal runs
        runs += 1
        raise Fatal("no such token")

    with pytest.raises(Fatal) as fatal:
        await asyncio.wait_for(keep_alive("twitch", run_once, asyncio.Event(), base=0.01), 60.0)
    assert (runs, str(fatal.value)) == (1, "no such token")


async def test_a_stop_ends_a_run_and_lets_it_close() -> None:
    stop, begun, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def run_once() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            closed.set()

    alive = asyncio.ensure_future(keep_alive("twitch", run_once, stop))
    await begun.wait()
    stop.set()
    await asyncio.wait_for(alive, 60.0)
    assert closed.is_set()


async def test_a_run_that_does_not_close_is_left_after_its_time() -> None:
    stop, begun, release = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def run_once() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await release.wait()

    alive = asyncio.ensure_future(keep_alive("discord", run_once, stop, closing_seconds=0.05))
    await begun.wait()
    stop.set()
    await asyncio.wait_for(alive, 60.0)
    release.set()


async def test_a_stop_ends_a_pause_at_once() -> None:
    stop, crashed = asyncio.Event(), asyncio.Event()

    async def run_once() -> None:
        crashed.set()
        raise OSError("unreachable")

    alive = asyncio.ensure_future(keep_alive("twitch", run_once, stop, base=3600.0, cap=3600.0))
    await crashed.wait()
    stop.set()
    await asyncio.wait_for(alive, 60.0)
    assert alive.done()


async def test_a_healthy_run_makes_the_pauses_short_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, tries = asyncio.Event(), []
    runs = 0

    async def run_once() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            await asyncio.sleep(0.25)
        if runs == 5:
            stop.set()
        raise OSError("unreachable")

    def remember(number: int, *, base: float, cap: float) -> float:
        tries.append(number)
        return 0.001

    monkeypatch.setattr("bot.platforms.supervisor.delay_seconds", remember)
    await asyncio.wait_for(keep_alive("twitch", run_once, stop, healthy_after=0.2), 60.0)
    assert tries == [1, 2, 0, 1]


@pytest.mark.parametrize(
    ("tries", "least", "most"),
    [(0, 0.5, 1.0), (1, 1.0, 2.0), (5, 16.0, 32.0), (10, 30.0, 60.0), (11, 150.0, 300.0)],
)
def test_pauses_grow_up_to_the_cap_and_beyond_it_in_a_crash_loop(tries: int, least: float, most: float) -> None:
    for _ in range(50):
        assert least <= delay_seconds(tries, base=1.0, cap=60.0) <= most


def test_a_crash_loop_identifies_less_than_a_thousand_times_a_day() -> None:
    shortest = [delay_seconds(tries, base=1.0, cap=60.0) for tries in range(1, 1000)]
    assert sum(shortest) > 24 * 3600
