"""The one who can do something while a play is on: the hands of Backstage, over the stage's orders and the bot."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.config.mistakes import nearest
from bot.rehearsal.backstage import StageRefused
from bot.rehearsal.compress import Play
from bot.rehearsal.faults import CLOCK_BACK_SECONDS_MAX, FAULTS, Fault
from bot.rehearsal.keeper import CAN_FILL_THE_DISK
from bot.rehearsal.parts import BotPart, StagePart
from bot.stage.record import SeenLine

Json = Mapping[str, Any]
# So long the bot waits for a ledger that another program holds; a test compares it with the bot's own figure.
BOT_WAITS_SECONDS = 5.0
_BACK_SECONDS_MAX = 30.0


class Impossible(Exception):
    """A fault cannot strike here; the text says why."""


class Stagehand:
    """Backstage of one play. What lasts goes on in `group`; `hear` has to be given every line of the record."""

    def __init__(self, stage: StagePart, bot: BotPart, play: Play, ledger: Path, group: asyncio.TaskGroup) -> None:
        self._stage = stage
        self._bot = bot
        self._play = play
        self._ledger = ledger
        self._group = group
        self._one_restart_at_a_time = asyncio.Lock()
        self._going_on = 0
        self._connected = {"twitch": asyncio.Event(), "discord": asyncio.Event()}
        self._own: Mapping[str, Callable[[Fault, float, Json], Awaitable[None]]] = {
            "disk-full": self._fill_disk,
            "database-busy": self._hold_ledger,
            "bot-killed": self._restart,
            "bot-stopped": self._restart,
            "clock-moved": self._move_clock,
        }

    @property
    def ledger(self) -> Path:
        return self._ledger

    @property
    def is_idle(self) -> bool:
        """Whether no fault of ours goes on."""
        return not self._going_on

    def hear(self, seen: SeenLine) -> None:
        """Notices that the bot is there again."""
        if seen["platform"] == "twitch" and seen["kind"] == "socket" and seen["text"] == "opened":
            self._connected["twitch"].set()
        elif seen["platform"] == "discord" and seen["kind"] == "gateway" and seen["text"] in ("identify", "resume"):
            self._connected["discord"].set()

    async def say(self, login: str, text: str) -> str:
        return str(await self._stage.ask({"do": "say", "login": login, "text": text}))

    async def press(self, user: str, message_id: str, custom_id: str) -> None:
        order = {"do": "press", "user": user, "message_id": message_id, "custom_id": custom_id}
        await self._stage.ask(order)

    async def slash(self, user: str, line: str) -> None:
        await self._stage.ask({"do": "slash", "user": user, "text": line})

    async def submit(self, user: str, interaction_id: str, values: Mapping[str, str]) -> None:
        order = {"do": "submit", "user": user, "interaction_id": interaction_id, "values": dict(values)}
        await self._stage.ask(order)

    async def live(self, on: bool) -> None:
        await self._stage.ask({"do": "live", "on": on})

    async def invite(self, viewers: int, discord_viewers: int) -> None:
        viewers = viewers if self._play.twitch else 0
        await self._stage.invite(viewers, discord_viewers if self._play.discord else 0)

    async def fault(
        self, name: str, seconds: float | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        """Begin it and return; one that cannot strike here is noted with the reason."""
        fault = FAULTS.get(name)
        if fault is None:
            cure = nearest(name, FAULTS) or f"Choose from: {', '.join(FAULTS)}."
            raise StageRefused(f"There is no fault “{name[:40]}”. {cure}")
        if strange := sorted(set(options or {}) - set(fault.options)):
            raise StageRefused(f"{name} has no option {', '.join(strange)}.")
        merged = {**fault.options, **(options or {})}
        if fault.where == "clock" and merged["by"] < -CLOCK_BACK_SECONDS_MAX:
            raise StageRefused(f"The clock cannot be set back by more than {CLOCK_BACK_SECONDS_MAX} s in a play.")
        lasts = fault.seconds if seconds is None else seconds
        if fault.where == "twitch" and not self._play.twitch:
            await self.skip(name, "Twitch is not configured.")
        elif fault.where == "discord" and not self._play.discord:
            await self.skip(name, "Discord is not configured.")
        elif name in self._own:
            self._going_on += 1
            self._group.create_task(self._cause(fault, lasts, merged))
        else:
            order = {"do": "fault", "name": name, "text": fault.sentence, "seconds": lasts, "options": merged}
            if not self._one_restart_at_a_time.locked():
                await self._stage.ask(order)
                return
            # How long a bot takes to come back is up to the machine, and meanwhile it would strike nobody.
            self._going_on += 1
            self._group.create_task(self._ask_when_back(order))

    async def _ask_when_back(self, order: Json) -> None:
        try:
            async with self._one_restart_at_a_time:
                await self._stage.ask(order)
        finally:
            self._going_on -= 1

    async def skip(self, name: str, why: str) -> None:
        """Note that a fault did not strike."""
        data = {"name": name, "state": "skipped", "seconds": 0, "why": why}
        await self._stage.ask({"do": "note", "text": FAULTS[name].sentence, "data": data})

    async def _cause(self, fault: Fault, seconds: float, options: Json) -> None:
        try:
            await self._own[fault.name](fault, seconds, options)
        except Impossible as reason:
            await self.skip(fault.name, str(reason))
        finally:
            self._going_on -= 1

    async def _note(self, fault: Fault, state: str, seconds: float, options: Json, text: str = "") -> None:
        data = {"name": fault.name, "state": state, "seconds": seconds, "options": dict(options)}
        await self._stage.ask({"do": "note", "text": text or fault.sentence, "data": data})

    # What the parent causes itself

    async def _restart(self, fault: Fault, _: float, options: Json) -> None:
        # Whoever kills a bot that is just being stopped would start it twice.
        async with self._one_restart_at_a_time:
            await self._end_and_start(fault, options)

    async def _end_and_start(self, fault: Fault, options: Json) -> None:
        down = float(options["down"])
        await self._note(fault, "begins", down, options)
        await (self._bot.kill() if fault.name == "bot-killed" else self._bot.stop())
        await asyncio.sleep(down)
        for connected in self._connected.values():
            connected.clear()
        await self._bot.start()
        there = {"twitch": self._play.twitch, "discord": self._play.discord}
        try:
            async with asyncio.timeout(_BACK_SECONDS_MAX):
                for platform, connected in self._connected.items():
                    if there[platform]:
                        await connected.wait()
        except TimeoutError:
            pass  # that it never came back is for the judge to find
        await self._note(fault, "ends", down, options)

    def _need_the_bot(self) -> None:
        """What strikes a bot's disk finds none under a bot that is not there. Raises Impossible."""
        if self._one_restart_at_a_time.locked() or not any(each.is_set() for each in self._connected.values()):
            raise Impossible("The bot was not up.")

    async def _fill_disk(self, fault: Fault, seconds: float, options: Json) -> None:
        self._need_the_bot()
        if not CAN_FILL_THE_DISK:
            raise Impossible("This operating system cannot limit the files of a running program.")
        await self._note(fault, "begins", seconds, options)
        await self._bot.fill_disk(True)
        try:
            await asyncio.sleep(seconds)
        finally:
            await self._bot.fill_disk(False)
        await self._note(fault, "ends", seconds, options)

    async def _hold_ledger(self, fault: Fault, seconds: float, options: Json) -> None:
        self._need_the_bot()
        than = f"{'' if seconds > BOT_WAITS_SECONDS else 'not '}longer than the {BOT_WAITS_SECONDS:g} s"
        text = f"Another program holds the ledger for {seconds:g} s, {than} that the bot waits."
        await self._note(fault, "begins", seconds, options, text)
        with closing(sqlite3.connect(self._ledger, timeout=0, isolation_level=None)) as holder:
            await _begin(holder)
            await _pause(seconds)
            holder.execute("ROLLBACK")
        await self._note(fault, "ends", seconds, options, text)

    async def _move_clock(self, fault: Fault, _: float, options: Json) -> None:
        if not self._bot.clock_can_move:
            raise Impossible("This bot's clock is out of reach.")
        by = float(options["by"])
        text = f"Somebody sets the machine's clock {abs(by):g} s {'forward' if by >= 0 else 'back'}."
        await self._note(fault, "begins", 0, options, text)
        self._bot.move_clock(by)
        await self._note(fault, "ends", 0, options, text)


async def _pause(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def _begin(holder: sqlite3.Connection) -> None:
    """Take the write lock between two of the bot's own transactions."""
    while True:
        try:
            holder.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            await asyncio.sleep(0.005)
        else:
            return
