"""Instants are written as Twitch writes them; what is due at one is done once, in order, unless called off."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from bot.stage.record import SECOND
from bot.stage.server import Stage
from bot.stage.twitch.agenda import Agenda
from bot.stage.twitch.model import rfc3339, rfc3339_seconds
from tests.stage.twitch.helpers import PATIENCE_SECONDS, HandClock


def test_instants_are_written_in_utc_with_a_z() -> None:
    at = 1_780_000_000 * SECOND
    assert (rfc3339(at), rfc3339(at + 1)) == ("2026-05-28T20:26:40.000000Z", "2026-05-28T20:26:40.000001Z")
    assert rfc3339_seconds(at + 999_999) == "2026-05-28T20:26:40Z"


@pytest.fixture
def agenda(clock: HandClock) -> Agenda:
    return Agenda(clock)


def test_acts_come_in_the_order_of_their_time_and_equal_ones_as_they_were_made(
    agenda: Agenda, clock: HandClock
) -> None:
    done: list[str] = []
    for seconds, name in [(2, "late"), (1, "first"), (1, "second"), (3, "too late")]:
        agenda.at(clock.now + seconds * SECOND, partial(done.append, name))
    clock.advance(2)
    agenda.run_due()
    agenda.run_due()
    assert done == ["first", "second", "late"]
    assert agenda.next_at == clock.now + SECOND


def test_what_was_called_off_is_not_done_and_not_waited_for(agenda: Agenda, clock: HandClock) -> None:
    done: list[str] = []
    agenda.at(clock.now, partial(done.append, "never")).call_off()
    assert agenda.next_at is None
    agenda.run_due()
    assert done == []


def test_an_act_may_make_another_that_is_due_already(agenda: Agenda, clock: HandClock) -> None:
    done: list[str] = []

    def outer() -> None:
        agenda.at(clock.now, partial(done.append, "inner"))

    agenda.at(clock.now, outer)
    agenda.run_due()
    assert done == ["inner"]


async def test_a_served_world_keeps_its_appointments_though_nobody_asks_and_one_of_them_fails() -> None:
    async with Stage() as stage:
        world, rung = stage.twitch, asyncio.Event()
        failures: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, about: failures.append(repr(about["exception"])))

        def fail() -> None:
            raise ValueError("this one goes wrong")

        world.agenda.at(world.clock() + SECOND // 50, fail)
        world.agenda.at(world.clock() + SECOND // 20, rung.set)
        await asyncio.wait_for(rung.wait(), PATIENCE_SECONDS)
    assert failures == ["ValueError('this one goes wrong')"]
    assert world.agenda.on_change is None
