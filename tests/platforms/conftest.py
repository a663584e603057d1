"""A stage for each test, since the addresses of the libraries hold for the whole process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.stage.server import Stage
from tests.platforms.rig import open_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as opened:
        yield opened
