"""Warms the nursery up, so that no test's first life waits until the bot is imported."""

from __future__ import annotations

import sys

import pytest

from tests.faults.rig import nursery


def nothing() -> None:
    """A life without a bot."""


@pytest.fixture(scope="session", autouse=True)
def warm_nursery() -> None:
    if sys.platform != "win32":
        first = nursery.Process(target=nothing)
        first.start()
        first.join(60)
        assert first.exitcode == 0
