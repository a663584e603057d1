"""The send budget: urgent lines first, never more than allowed, and nothing is lost by a cancelled line."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.announcing import Priority
from bot.platforms.twitch.settings import TwitchSettings
from bot.platforms.twitch.turns import Turns

WINDOW = 0.2


async def _line(turns: Turns, priority: Priority, name: str, order: list[str]) -> None:
    async with turns.turn(priority):
        order.append(name)


async def test_the_most_urgent_line_goes_first_and_equals_in_order() -> None:
    turns, order = Turns(1, WINDOW), []
    async with turns.turn(Priority.ANSWER):
        lines = [
            asyncio.ensure_future(_line(turns, priority, name, order))
            for priority, name in (
                (Priority.MILESTONE, "nearly gone"),
                (Priority.ANSWER, "ann"),
                (Priority.ANSWER, "bob"),
                (Priority.WINDOW, "closed"),
            )
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*lines)
    assert order == ["closed", "ann", "bob", "nearly gone"]


async def test_no_window_holds_more_lines_than_allowed() -> None:
    turns, moments = Turns(3, WINDOW), []
    loop = asyncio.get_running_loop()

    async def line() -> None:
        async with turns.turn(Priority.ANSWER):
            moments.append(loop.time())

    await asyncio.gather(*(line() for _ in range(10)))
    assert all(later - earlier >= WINDOW * 0.99 for earlier, later in zip(moments, moments[3:], strict=False))


async def test_ready_counts_what_could_go_now() -> None:
    turns, order = Turns(2, WINDOW), []
    assert turns.ready == 2
    await _line(turns, Priority.ANSWER, "ann", order)
    assert turns.ready == 1
    await _line(turns, Priority.ANSWER, "bob", order)
    assert turns.ready == 0
    turns.pause(0.05)
    await asyncio.wait_for(_line(turns, Priority.ANSWER, "cay", order), 60.0)
    assert order == ["ann", "bob", "cay"]


async def test_a_pause_holds_everybody_back() -> None:
    turns = Turns(5, WINDOW)
    turns.pause(0.1)
    assert turns.ready == 0
    begun = asyncio.get_running_loop().time()
    await asyncio.wait_for(_line(turns, Priority.WINDOW, "open", []), 60.0)
    assert asyncio.get_running_loop().time() - begun >= 0.099


@pytest.mark.parametrize("given_first", [False, True])
async def test_a_cancelled_line_gives_its_turn_on(given_first: bool) -> None:
    turns, order = Turns(5, WINDOW), []
    async with turns.turn(Priority.ANSWER):
        cancelled = asyncio.ensure_future(_line(turns, Priority.WINDOW, "cancelled", order))
        kept = asyncio.ensure_future(_line(turns, Priority.ANSWER, "kept", order))
        await asyncio.sleep(0)
        if not given_first:
            cancelled.cancel()
    # With `given_first` the turn has been given, and its line has not yet begun.
    cancelled.cancel()
    await asyncio.wait_for(kept, 60.0)
    assert order == ["kept"]


@pytest.mark.parametrize(
    ("bot_id", "as_moderator", "lines_max", "expected"),
    [("2", False, None, 20), ("2", True, None, 100), ("1", False, None, 100), ("2", True, 7, 7)],
)
def test_the_budget_is_the_accounts(bot_id: str, as_moderator: bool, lines_max: int | None, expected: int) -> None:
    settings = TwitchSettings("id", "1", bot_id, "t", "r", lines_max=lines_max)
    assert settings.lines_per_window(as_moderator=as_moderator) == expected


async def test_a_larger_budget_lets_waiting_lines_go_at_once() -> None:
    turns = Turns(1, 3600.0)
    async with turns.turn(Priority.ANSWER):
        pass
    waiting = asyncio.create_task(_go(turns))
    await asyncio.sleep(0)
    assert turns.ready == 0
    turns.allow(3)
    await asyncio.wait_for(waiting, 60.0)


async def _go(turns: Turns) -> None:
    async with turns.turn(Priority.ANSWER):
        pass
