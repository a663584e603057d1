"""A world without a wire, on a clock that is moved by hand."""

from __future__ import annotations

import pytest

from bot.stage.record import Record
from bot.stage.twitch.model import TwitchUser
from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def world(clock: HandClock) -> TwitchWorld:
    world = TwitchWorld(Record(), clock)
    world.set_channel(world.add_user("teapot_tv", "TeaPotTV"), world.add_user("microdrops_bot"))
    return world


@pytest.fixture
def ann(world: TwitchWorld) -> TwitchUser:
    return world.add_user("ann", "Ann")
