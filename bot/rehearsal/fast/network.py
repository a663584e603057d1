"""How long things are under way in virtual time: the same for the same seed, and in order on one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

from bot.domain.time import MILLISECOND, SECOND, Micros
from bot.rehearsal.fast.virtual_time import VirtualLoop

_SHORTEST, _LONGEST = 15 * MILLISECOND, 90 * MILLISECOND


class Network:
    """Between one process of the bot and both platforms."""

    def __init__(self, loop: VirtualLoop, dice: Random) -> None:
        self.loop = loop
        self._dice = dice

    def delay(self) -> Micros:
        return self._dice.randrange(_SHORTEST, _LONGEST)

    async def trip(self, seconds: float = 0.0) -> None:
        """One way, and `seconds` on top."""
        await asyncio.sleep(seconds + self.delay() / SECOND)


class Line:
    """One connection: what is sent arrives in the order in which it was sent."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._free_at: Micros = 0

    def carry(self, deliver: Callable[..., Any], *args: Any) -> None:
        loop = self._network.loop
        # Of two calls for one instant the loop may make either first.
        self._free_at = max(self._free_at + 1, loop.now + self._network.delay())
        loop.call_in(self._free_at - loop.now, deliver, *args)
