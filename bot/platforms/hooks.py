"""The shapes of what the platforms call: probes around a send, and news of the connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Probe = Callable[[str], None]
"""Called with a step's name, such as "twitch.send.before"; a test ends the process there."""

Connected = Callable[[float], Awaitable[None]]
"""Awaited after every (re)connection with the seconds in which events may have been missed."""

StateChanged = Callable[[str, bool], None]
"""Called with a platform's name and whether it runs now."""


def no_probe(step: str) -> None:
    """Outside of tests nobody watches."""


async def nothing_to_catch_up(gap_seconds: float) -> None:
    """For whoever has nothing to do after a reconnection."""
