"""The shapes of what the platforms call: probes around a send, and news of the connection."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from bot.domain.entitlements import Found, Question, Source
from bot.domain.people import Account
from bot.domain.time import Micros

Probe = Callable[[str], None]
"""Called with a step's name, such as "twitch.send.before"; a test ends the process there."""

Connected = Callable[[float], Awaitable[None]]
"""Awaited after every (re)connection with the seconds in which events may have been missed."""

StateChanged = Callable[[str, bool], None]
"""Called with a platform's name and whether it runs now."""


def machine_clock() -> Micros:
    """The machine's clock, in microseconds UTC."""
    return time.time_ns() // 1_000


def no_probe(step: str) -> None:
    """Outside of tests nobody watches."""


async def nothing_to_catch_up(gap_seconds: float) -> None:
    """For whoever has nothing to do after a reconnection."""


class NobodyAsks:
    """For a channel whose drops let everybody in at once."""

    def seen(self, account: Account) -> None:
        pass

    def note(self, account: Account, found: Mapping[Question, Found]) -> None:
        pass

    def void(self, account: Account, questions: Collection[Question]) -> None:
        pass

    def questions(self, source: Source) -> Sequence[Question]:
        return ()
