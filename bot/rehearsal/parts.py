"""The two parts of a play as whoever directs it needs them: a stage that takes orders, and a bot to be robbed."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol

from bot.rehearsal.backstage import StageRefused


class StagePart(Protocol):
    """`played` is set when the whole crowd has done what it came for, `ended` when the stage is gone."""

    played: asyncio.Event

    @property
    def ended(self) -> bool: ...

    async def play(
        self,
        scene: dict[str, Any],
        *,
        seed: int,
        viewers: int,
        discord_viewers: int,
        shares: Mapping[str, int] | None = None,
    ) -> None:
        """Let the crowd come."""

    async def invite(self, viewers: int, discord_viewers: int) -> None:
        """Let more of the same crowd come. Raises StageRefused before the play."""

    async def ask(self, order: Mapping[str, Any]) -> Any:
        """Give an order and return its result. Raises StageRefused with the stage's own sentence."""


class OrderedStage(ABC):
    """What a stage does about its crowd, however its orders reach it. `played` is set when nobody has anything left
    to do."""

    def __init__(self) -> None:
        self.played = asyncio.Event()
        self._playing = 0

    async def play(
        self,
        scene: dict[str, Any],
        *,
        seed: int,
        viewers: int,
        discord_viewers: int,
        shares: Mapping[str, int] | None = None,
    ) -> None:
        """Let the crowd come; `played` is set when it, and whoever was invited later, has done everything."""
        order = {"do": "play", "scene": scene, "seed": seed, "shares": dict(shares or {})}
        self._more_play(+1)
        await self._send(order | {"viewers": viewers, "discord_viewers": discord_viewers})

    async def invite(self, viewers: int, discord_viewers: int) -> None:
        """Let more of the same crowd come. Raises StageRefused before the play."""
        self._more_play(+1)
        try:
            await self.ask({"do": "invite", "viewers": viewers, "discord_viewers": discord_viewers})
        except StageRefused:
            self._more_play(-1)
            raise

    @abstractmethod
    async def ask(self, order: Mapping[str, Any]) -> Any:
        """Give an order and return its result. Raises StageRefused with the stage's own sentence."""

    @abstractmethod
    async def _send(self, order: Mapping[str, Any]) -> None:
        """Give an order whose result nobody waits for."""

    def _more_play(self, by: int) -> None:
        self._playing += by
        (self.played.clear if self._playing else self.played.set)()


class BotPart(Protocol):
    """The bot that is put to the test, whether it is a process or not."""

    clock_can_move: bool

    @property
    def returncode(self) -> int | None:
        """None while it runs, or while it is down on purpose."""

    async def start(self) -> None: ...

    async def kill(self) -> None:
        """End it at once, as a power cut does; returns when it is gone."""

    async def stop(self) -> None:
        """Ask it to end, as Ctrl-C does, and wait."""

    async def fill_disk(self, full: bool) -> None:
        """Let it write into no file any more, or again."""

    def move_clock(self, by: float) -> None:
        """Set its clock forward by so many seconds, or back; moves add up."""
