"""The two children of a rehearsal, stage and bot: started, listened to, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.rehearsal.backstage import StageRefused
from bot.rehearsal.parts import OrderedStage
from bot.rehearsal.processes import STOP_SECONDS_MAX, BotProcess, end_child, start_child
from bot.stage.record import SeenLine

Json = dict[str, Any]
START_SECONDS_MAX = 30.0


class ChildFailed(Exception):
    """A child ended or kept silent when it should have answered; the text is for the person who rehearses."""


class StageProcess(OrderedStage):
    """The stage behind its pipes. `on_seen` hears every line of the record."""

    def __init__(self, process: asyncio.subprocess.Process, on_seen: Callable[[SeenLine], None]) -> None:
        super().__init__()
        self._process = process
        self._on_seen = on_seen
        self._loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[Json] = self._loop.create_future()
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._stopped: asyncio.Future[Json] = self._loop.create_future()
        self._reading = asyncio.create_task(self._read())

    @property
    def ended(self) -> bool:
        """Whether the stage is gone, asked or not. Raises what whoever listens to the record has stumbled over."""
        if self._reading.done() and not self._reading.cancelled():
            self._reading.result()
        return self._reading.done()

    async def ask(self, order: Mapping[str, Any]) -> Any:
        """Give an order and return its result. Raises StageRefused with the stage's own sentence, and ChildFailed
        when the stage has gone."""
        number = next(self._numbers)
        answer = self._asked[number] = self._loop.create_future()
        if self.ended:
            raise ChildFailed("The stage has ended.")
        await self._send({**order, "id": number})
        return await answer

    async def stop(self) -> tuple[str, ...]:
        """End the stage; returns all the secrets it ever gave out. Raises ChildFailed when it does not answer."""
        await self._send({"do": "stop"})
        try:
            async with asyncio.timeout(STOP_SECONDS_MAX):
                told = await asyncio.shield(self._stopped)
        except TimeoutError:
            raise ChildFailed("The stage did not stop.") from None
        return tuple(told["secrets"])

    async def _send(self, order: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # its end is noticed where its answer is awaited
            await self._process.stdin.drain()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            if "seen" in told:
                self._on_seen(told["seen"])
            elif "ready" in told:
                self.ready.set_result(told["ready"])
            elif "played" in told:
                self._more_play(-1)
            elif "done" in told:
                self._answered(told)
            elif "stopped" in told:
                self._stopped.set_result(told["stopped"])
        for future in (self.ready, self._stopped, *self._asked.values()):
            if not future.done():
                future.set_exception(ChildFailed("The stage ended before its time."))
                future.exception()  # whoever still waits gets it; nobody else needs to hear of it

    def _answered(self, told: Json) -> None:
        answer = self._asked.pop(told["done"])
        if answer.done():
            return  # whoever asked has gone
        if "refused" in told:
            answer.set_exception(StageRefused(told["refused"]))
        else:
            answer.set_result(told.get("result"))

    async def close(self) -> None:
        await end_child(self._process)
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)


@asynccontextmanager
async def start_stage(
    folder: Path, on_seen: Callable[[SeenLine], None], *, live: bool = True
) -> AsyncIterator[StageProcess]:
    """A stage that is ready to be joined; its errors go to stage.log in the folder. Raises ChildFailed."""
    command = [sys.executable, "-m", "bot.stage.child", str(folder / "record.jsonl")]
    command += [] if live else ["offline"]
    with (folder / "stage.log").open("wb") as log:
        process = await start_child(command, folder, log, {}, stdout=asyncio.subprocess.PIPE)
    stage = StageProcess(process, on_seen)
    try:
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                await asyncio.shield(stage.ready)
        except TimeoutError:
            raise ChildFailed("The stage did not get ready.") from None
        yield stage
    finally:
        await stage.close()


@asynccontextmanager
async def start_bot(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], *, log_level: str = "debug"
) -> AsyncIterator[BotProcess]:
    """The bot, which is asked to stop at the end."""
    bot = BotProcess(command, folder, environment, log_level=log_level)
    await bot.start()
    try:
        yield bot
    finally:
        await bot.stop()
