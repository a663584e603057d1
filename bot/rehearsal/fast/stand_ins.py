"""The two children of a rehearsal without being children: the stage and the bot in this very process."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.config import Config
from bot.exits import FOUND_WRONG
from bot.opening import NOT_OPENED, why_not
from bot.rehearsal.backstage import StageRefused
from bot.rehearsal.fast.life import Life, Machine
from bot.rehearsal.parts import OrderedStage
from bot.stage.orders import Orders

Json = dict[str, Any]
_LAST_WORDS_SECONDS = 1.0


class QuickStage(OrderedStage):
    """Takes the orders that a stage's process takes; see staging.StageProcess."""

    def __init__(self, machine: Machine, group: asyncio.TaskGroup) -> None:
        super().__init__()
        self._loop = machine.loop
        self._orders = Orders(machine.stage, group, self._told)
        self._numbers = itertools.count(1)
        self._answers: dict[int, Mapping[str, Any]] = {}
        self.ended = False

    async def ask(self, order: Mapping[str, Any]) -> Any:
        """Give an order and return its result. Raises StageRefused with the stage's own sentence."""
        number = next(self._numbers)
        await self._orders.obey({**order, "id": number})
        answer = self._answers.pop(number)
        if "refused" in answer:
            raise StageRefused(answer["refused"])
        return answer.get("result")

    async def _send(self, order: Mapping[str, Any]) -> None:
        await self.ask(order)

    def end(self) -> None:
        """Whatever still goes on is over."""
        self.ended = True
        self._orders.end()

    def _told(self, told: Mapping[str, Any]) -> None:
        if "played" in told:
            # What was typed last is still on its way, and nothing else here takes any time.
            self._loop.call_later(_LAST_WORDS_SECONDS, self._more_play, -1)
        elif "done" in told:
            self._answers[told["done"]] = told


class QuickBot:
    """Lives, dies and lives again over one ledger; see processes.BotProcess. `read_config` reads the file anew, and
    `last_words` is the file that says why it could not live."""

    clock_can_move = True

    def __init__(self, machine: Machine, read_config: Callable[[], Config], last_words: Path) -> None:
        self._machine = machine
        self._read_config = read_config
        self._last_words = last_words
        self._failed: int | None = None
        self._life: Life | None = None
        # What waits in a dead process waits for ever; it is let go when the play is over.
        self._graves: list[Life] = []
        self._starting: asyncio.Task[None] | None = None
        self.is_down_on_purpose = False
        self.starts = 0

    @property
    def returncode(self) -> int | None:
        """None while it runs, or while it is down on purpose; a life that could not begin has ended. Raises what it
        has stumbled over, if that is no fault of the ledger."""
        if self._starting is not None and self._starting.done() and not self._starting.cancelled():
            self._starting.result()
        return None if self.is_down_on_purpose else self._failed

    async def start(self) -> None:
        """Begin a life; it takes a moment until it is there."""
        # As over the wire, it is the process that may not write; the next one may, until it is told otherwise.
        self._machine.disk.is_full = False
        self._life, self._failed = None, None
        self.is_down_on_purpose = False
        self._starting = asyncio.create_task(self._begin(self.starts))
        self.starts += 1
        await asyncio.sleep(0)

    async def _begin(self, number: int) -> None:
        try:
            self._life = Life(self._read_config(), self._machine, number)
            await self._life.start()
        except NOT_OPENED as error:
            if self._life is not None:
                self._life.kill()
            self._last_words.write_text(f"Not started: {why_not(error)}.\n", "utf-8")
            self._failed = FOUND_WRONG

    async def kill(self) -> None:
        """End it at once, as a power cut does."""
        self.is_down_on_purpose = True
        life = await self._taken_away()
        if life is not None:
            life.kill()

    async def stop(self) -> None:
        """Ask it to end, as Ctrl-C does, and wait."""
        self.is_down_on_purpose = True
        life = await self._taken_away()
        if life is not None:
            await life.stop()

    async def end(self) -> None:
        """It is over: the bot stops, and lets go of everything."""
        await self.stop()
        self._machine.disk.close()

    async def fill_disk(self, full: bool) -> None:
        """Let it write into no file any more, or again."""
        self._machine.disk.is_full = full

    def move_clock(self, by: float) -> None:
        """Set its clock forward by so many seconds, or back; moves add up."""
        self._machine.clock.jump(round(by * 1_000_000))

    async def _taken_away(self) -> Life | None:
        life, self._life = self._life, None
        if life is not None:
            self._graves.append(life)
        starting, self._starting = self._starting, None
        if starting is not None and not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
        return life
