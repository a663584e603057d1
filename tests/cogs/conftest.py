"""A stage and a desk of recording services for each dialogue."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.stage.server import Stage
from tests.cogs.fakes import Desk
from tests.platforms.rig import open_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as opened:
        yield opened


@pytest.fixture
def desk() -> Desk:
    return Desk()
