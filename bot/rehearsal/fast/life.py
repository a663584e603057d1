"""One process of the bot in virtual time: the program's own services over the real ledger, until it ends."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from typing import Any

import structlog

from bot.assembly import Assembly, Outside, keep_going, names_and_words, never_live, nobody_tells
from bot.config import Config
from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS
from bot.domain.answers import TryAgain
from bot.domain.checkpoint import KEY_BYTES
from bot.opening import OpenLedger
from bot.platforms.discord.settings import DiscordSettings
from bot.platforms.twitch.settings import TwitchSettings
from bot.rehearsal.fast.alarm import VirtualAlarm
from bot.rehearsal.fast.discord_side import DiscordSide
from bot.rehearsal.fast.disk import READ_TAKES, WRITE_TAKES, Disk, VirtualThread
from bot.rehearsal.fast.network import Network
from bot.rehearsal.fast.twitch_lines import QuickCommands
from bot.rehearsal.fast.twitch_side import TwitchSide
from bot.rehearsal.fast.virtual_time import SteadyClock, VirtualLoop, WallClock
from bot.services.ports import EvidenceEar
from bot.services.services import Services
from bot.stage.server import Stage
from bot.storage.database import ledger_url
from bot.storage.lane import nothing
from bot.storage.process_lock import only_process
from bot.storage.signing import KeyRing
from bot.storage.upgrade import upgrade
from cogs.dialogues.chat import answer_in_chat

log = structlog.get_logger(__name__)

# From its start until it is there.
_STARTS_WITHIN = 0.9


@dataclass(frozen=True, slots=True)
class Machine:
    """What outlives a process of the bot: time, the disk, both platforms, and the seed."""

    loop: VirtualLoop
    clock: WallClock
    disk: Disk
    stage: Stage
    seed: int


class Life:
    """`number` counts the processes of one play; each has dice of its own."""

    def __init__(self, config: Config, machine: Machine, number: int) -> None:
        self._config = config
        self._machine = machine
        self._alive = True
        self._numbers = itertools.count()
        # In the order in which they began: a set would end them in any.
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._held = ExitStack()
        loop = machine.loop
        self._network = Network(loop, Random(f"{machine.seed}:network:{number}"))
        self._held.enter_context(only_process(ledger_url(config.ledger.url)))
        upgrade(ledger_url(config.ledger.url), now=machine.clock.now, backups=config.ledger.backups_folder)
        self._ledger = OpenLedger(
            config,
            machine.clock,
            # The lines in chat tell of the log's root: the same seed must say the same.
            KeyRing([Random(f"{machine.seed}:log key").randbytes(KEY_BYTES)]),
            nothing,
            steady=SteadyClock(loop),
            lane_thread=VirtualThread(loop, WRITE_TAKES, self._is_alive, lambda: machine.disk.is_held),
            read_threads=VirtualThread(loop, READ_TAKES, self._is_alive),
            random_bytes=Random(f"{machine.seed}:ledger:{number}").randbytes,
        )
        machine.disk.put_under(self._ledger.writes)
        names, words = names_and_words(config)
        self._commands = QuickCommands(names)
        self._twitch, self._discord = self._make_twitch(), self._make_discord()
        self._alarm = VirtualAlarm(loop, machine.clock, lambda: self._spawn(self._wake()))
        twitch, discord = self._twitch, self._discord
        outside = Outside(
            chat=twitch.chat if twitch else None,
            board=discord.board if discord else None,
            lookups={"twitch": twitch} if twitch else {},
            fetch_live=twitch.fetch_live if twitch else never_live,
            sources=[
                *(twitch.evidence.sources if twitch else ()),
                *(discord.evidence.sources if discord else ()),
            ],
            listen_for=twitch.listen_for if twitch else nobody_tells,
        )
        self._assembly = Assembly(
            config,
            words,
            self._ledger,
            outside,
            clock=machine.clock,
            steady=SteadyClock(loop),
            set_alarm=self._alarm.set,
            random_bytes=Random(f"{machine.seed}:codes:{number}").randbytes,
        )
        answer_in_chat(self._commands, self._assembly.services)

    async def start(self) -> None:
        """What the program does at its start, in its order. Raises what a ledger that cannot be opened raises."""
        await asyncio.sleep(_STARTS_WITHIN)
        await self._ledger.lane.start()
        await self._assembly.prepare()
        for name, work in self._assembly.speaking():
            self._spawn(keep_going(name, work))
        self._alarm.start()
        for side in (self._twitch, self._discord):
            if side is not None:
                self._spawn(side.run())

    async def stop(self) -> None:
        """End in order: nobody speaks any more, and whoever is in the queue is answered."""
        self._alarm.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*tuple(self._tasks), return_exceptions=True)
        await self._ledger.lane.close()
        self._bury()

    def kill(self) -> None:
        """End now. Nothing of it happens any more, and nobody is told."""
        self._alive = False
        self._alarm.stop()
        for task in tuple(self._tasks):
            task.cancel()
        self._bury()

    def _bury(self) -> None:
        """What the operating system takes back."""
        self._alive = False
        # The lane knows how to give up a connection that it may not have given back.
        self._ledger.lane._disconnect()
        self._ledger.writes.dispose()
        self._ledger.reads.let_go()
        self._held.close()

    # What both sides are handed

    @property
    def services(self) -> Services:
        return self._assembly.services

    async def stream_reported(self, live: bool) -> None:
        await self._assembly.stream_reported(live)

    async def twitch_connected(self, gap_seconds: float) -> None:
        await self._assembly.twitch_connected(gap_seconds)

    async def discord_connected(self, gap_seconds: float) -> None:
        await self._assembly.discord_connected(gap_seconds)

    def _is_alive(self) -> bool:
        return self._alive

    def _spawn(self, work: Awaitable[Any]) -> None:
        """Run something as part of this process; it ends with it."""
        if not self._alive:
            _forget(work)
            return
        task = self._machine.loop.create_task(_logging(work), name=f"quick {next(self._numbers)}")
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _wake(self) -> None:
        try:
            await self._ledger.drops.wake()
        except TryAgain:
            log.warning("the ledger was busy at a due instant; the sweep comes back to it")

    def _make_twitch(self) -> TwitchSide | None:
        section = self._config.twitch
        if section is None:
            return None
        settings = TwitchSettings(
            client_id=section.client_id,
            channel_id=section.channel_id,
            bot_id=section.bot_id,
            # Nothing here logs in.
            bot_token="",
            bot_refresh="",
            streamer_token="given" if section.streamer_token else "",
        )
        world = self._machine.stage.twitch
        now = self._ledger.lane.now
        commands = self._commands
        return TwitchSide(world, self._network, settings, commands, self, self._spawn, now=now, ear=self._ear)

    def _make_discord(self) -> DiscordSide | None:
        section = self._config.discord
        if section is None:
            return None
        settings = DiscordSettings(
            token="",
            guild_id=int(section.server),
            channels={
                DISCORD_ANNOUNCEMENTS: int(section.announcements),
                DISCORD_MODERATORS: int(section.moderators),
            },
            reminder_role_id=None if section.reminder_role is None else int(section.reminder_role),
        )
        world, now = self._machine.stage.discord, self._ledger.lane.now
        return DiscordSide(world, self._network, settings, self, self._spawn, now=now, ear=self._ear)

    def _ear(self) -> EvidenceEar:
        return self._assembly.entitlements


async def _logging(work: Awaitable[Any]) -> None:
    """As the clients do: what a handler trips over is logged and ends nothing else."""
    try:
        await work
    except Exception:
        log.exception("a part of the bot stumbled")


def _forget(work: Awaitable[Any]) -> None:
    if asyncio.iscoroutine(work):
        work.close()
