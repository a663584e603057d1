"""One life of the bot's process: the real lane and services, put together as the program does, until it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS, TWITCH_CHAT
from bot.domain.answers import TryAgain
from bot.domain.drop_plan import DropPlan
from bot.domain.entitlements import Source
from bot.domain.people import Actor
from bot.domain.planning import PlansApplied
from bot.domain.poll_asked import PollDefaults
from bot.domain.stream import Pace
from bot.domain.time import DAY, SECOND, Micros
from bot.rehearsal.fast.virtual_time import SteadyClock, VirtualLoop, WallClock
from bot.services.announcing import Announcing
from bot.services.claims import Claims
from bot.services.confirming import Confirmations
from bot.services.control import Control
from bot.services.drops import Drops
from bot.services.entitlements import Entitlements
from bot.services.evidence_trouble import EvidenceTrouble
from bot.services.link_codes import LinkCodes
from bot.services.linked import LinkedAccounts
from bot.services.linking import Linking
from bot.services.polls import Polls
from bot.services.ports import PlaceDown
from bot.services.stream import GAP_SECONDS_MIN, Streams
from bot.services.telling import Telling
from bot.services.voting import Voting
from bot.storage.book import ChannelSettings
from bot.storage.holds import open_holds
from bot.storage.lane import Lane
from bot.storage.people import KnownNames
from bot.storage.polls import running_electorates
from bot.storage.regulars import regulars
from bot.wording.catalogue import Wording
from cogs.names import CommandNames
from tests.conftest import KEYS
from tests.simulation.chance import Chance
from tests.simulation.disk import Workbench, injected
from tests.simulation.platforms import SimBoard, SimChat, SimLookup, World
from tests.simulation.polls.evidence import Knowing, SimEvidence
from tests.simulation.thread import SimReaders, SimThread

CHANNEL_ID = 1
PLACES = (TWITCH_CHAT, DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS)
# As the program has them.
SWEEP_SECONDS = 10.0
STUMBLE_SECONDS = 2.0
ALARM_SWEEP = 30 * SECOND
ALARM_PATIENCE = SECOND // 4
# How often cards may be edited changes nothing that is looked at here, and every look at them costs time.
EDIT_GAP_SECONDS = 15.0
# A mod vote goes on so long after the stream; everything else as it is usually.
USUAL_POLL = PollDefaults(goes_on_for=40 * SECOND)
_SOURCES = (Source.TWITCH_SUBSCRIPTIONS, Source.TWITCH_MODERATORS)
WORDS = Wording({}, zone="UTC", command_names=CommandNames().typed())


class VirtualAlarm:
    """The program's alarm clock over the virtual loop: it goes by the wall clock as it stands when it is set."""

    def __init__(self, loop: VirtualLoop, clock: WallClock, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._clock = clock
        self._ring = ring
        self._due: Micros | None = None
        self._timer: asyncio.TimerHandle | None = None

    def set(self, due: Micros | None) -> None:
        if due is None or due == self._due:
            return
        if self._timer is not None:
            self._timer.cancel()
        now = self._clock.now()
        self._due = due
        delay = min(ALARM_PATIENCE, DAY) if due <= now else min(due - now, DAY)
        self._timer = self._loop.call_in(delay, self._fire)

    def _fire(self) -> None:
        self._due = None
        self._ring()


class Life:
    """`ask_live` asks the platform whether the stream is on the air. `knowing` is what Twitch can tell of people,
    None in an evening in which no gate asks anything."""

    def __init__(
        self,
        loop: VirtualLoop,
        chance: Chance,
        bench: Workbench,
        world: World,
        clock: WallClock,
        pace: Pace,
        *,
        people: Callable[[], list[Actor]],
        ask_live: Callable[[], bool],
        after_each: Callable[[], None],
        note: Callable[[str], None],
        unforeseen: Callable[[BaseException], None],
        name: str,
        knowing: Knowing | None = None,
    ) -> None:
        self._loop = loop
        self._tasks: list[asyncio.Task[Any]] = []
        self._ask_live = ask_live
        self._unforeseen = unforeseen
        self._clock = clock
        self.alive = True
        self.ready = False
        self.told_live = False
        self.stopping = False
        self.chat = SimChat(loop, chance, note, world)
        self.board = SimBoard(loop, chance, note, world, clock)
        steady = SteadyClock(loop)
        self.lane = Lane(
            bench.writes,
            [ChannelSettings(CHANNEL_ID, "teapot", PLACES, stream_watched=True, pace=pace)],
            clock,
            KEYS,
            steady=steady,
            random_bytes=chance.dice(f"salts of {name}").randbytes,
            thread=SimThread(loop, chance, lambda: self.alive, after_each),
        )
        bench.readers = SimReaders(loop, chance, lambda: self.alive, lambda: None)
        reads = bench.reads
        self.drops = Drops(self.lane, reads, CHANNEL_ID, "UTC", clock)
        lookup = SimLookup(chance, people)
        self.confirming = Confirmations(self.lane, steady)
        self.linked = LinkedAccounts(reads, CHANNEL_ID)
        codes = LinkCodes(steady, chance.dice(f"codes of {name}").randbytes)
        self.linking = Linking(self.lane, reads, CHANNEL_ID, self.confirming, codes, steady, possible=True)
        sources: list[SimEvidence] = []
        if knowing is not None:
            sources = [SimEvidence(source, loop, chance, world, self.lane, knowing) for source in _SOURCES]
        self._asks_platforms = bool(sources)
        self.entitlements = Entitlements(
            self.lane,
            CHANNEL_ID,
            sources,
            self.lane,
            open_holds=lambda: open_holds(reads, CHANNEL_ID),
            drops=self.drops.every,
            regulars=lambda: regulars(reads, CHANNEL_ID),
            electorates=lambda: running_electorates(reads, CHANNEL_ID),
            on_refused=EvidenceTrouble(self.board, WORDS, clock).refused,
        )
        one = self.linked.one
        self.claims = Claims(self.lane, CHANNEL_ID, steady, self.entitlements, one=one)
        self.polls = Polls(self.lane, reads, CHANNEL_ID, self.confirming, USUAL_POLL)
        self.voting = Voting(
            self.lane, reads, CHANNEL_ID, self.polls, self.lane, steady, self.entitlements, one=one
        )
        self.control = Control(
            self.lane, CHANNEL_ID, self.confirming, KnownNames(reads, CHANNEL_ID), {"twitch": lookup}
        )
        gap = pace.answer_gap
        self.telling = Telling(
            self.lane, reads, CHANNEL_ID, self.chat, self.board, WORDS, clock, answer_gap=gap, steady=steady
        )
        self.announcing = Announcing(
            self.lane,
            reads,
            CHANNEL_ID,
            WORDS,
            clock,
            pace,
            chat=self.chat,
            board=self.board,
            places=PLACES,
            edit_gap_seconds=EDIT_GAP_SECONDS,
            moments=self.lane,
        )
        self.streams = Streams(self.drops, self.telling, WORDS, steady, self._fetch_live, poll_on=self.polls.meant)
        self.alarm = VirtualAlarm(loop, clock, self._rings)
        self._holding_votes: asyncio.Task[Any] | None = None

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something as part of this process; it ends with it."""
        task = self._loop.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        if len(self._tasks) > 200:
            self._tasks = [each for each in self._tasks if not each.done()]
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not injected(error):
            self._unforeseen(error)

    async def start(self, plans: Sequence[DropPlan]) -> PlansApplied:
        """What the program does at its start, in its order. Raises SQLAlchemyError and TryAgain."""
        await self.lane.start()
        for listener in (
            self.announcing.committed,
            self.entitlements.committed,
            self.telling.committed,
            self.streams.committed,
            self.claims.committed,
            self.polls.committed,
            self.voting.committed,
            self.linked.committed,
        ):
            self.lane.listen(listener)
        self.lane.listen(lambda committed: self.alarm.set(committed.wake_at))
        await self.linked.load()
        await self.polls.load()
        deaf = any(drop.open for drop in (await self.drops.every()).values()) or bool(self.polls.running)
        applied = await self.drops.apply(plans)
        with suppress(SQLAlchemyError):
            await self.telling.sweep(at_start=True)
        speaking = [self.telling.run, self.announcing.run, self._sweep, self.streams.watch, self.polls.run]
        if self._asks_platforms:
            speaking.append(self.entitlements.run)
        for work in speaking:
            self.spawn(self._keep_going(work))
        self._holding_votes = self.spawn(self._keep_going(self.voting.run))
        self._sweep_by_alarm()
        self.ready = True
        self.spawn(self.connected(GAP_SECONDS_MIN if deaf else 0.0))
        return applied

    async def connected(self, gap_seconds: float) -> None:
        """Both platforms are there (again)."""
        for platform in ("twitch", "discord"):
            self.entitlements.connected(platform)
        await self.streams.connected(gap_seconds)
        self.announcing.wake_all()
        await self.telling.sweep()

    async def stop(self) -> None:
        """End in order: nobody speaks any more, and whoever is in the queue is answered."""
        self.stopping = True
        for task in self._tasks:
            task.cancel()
        if self._holding_votes is not None:
            # Choices that wait for their turn go in before the lane takes nothing more.
            await asyncio.wait([self._holding_votes])
        await self.lane.close()
        self.alive = self.ready = False

    def die(self) -> None:
        """End now. Nothing of it happens any more, and nobody is told."""
        self.alive = self.ready = False
        for task in self._tasks:
            task.cancel()

    async def _fetch_live(self) -> bool:
        await asyncio.sleep(0.05)
        live = self._ask_live()
        self.told_live = self.told_live or live
        return live

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self.telling.sweep()
            await self.drops.wake()

    def _rings(self) -> None:
        if self.alive and not self.stopping:
            self.spawn(self._wake())

    async def _keep_going(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """As the program keeps its speakers going: what one trips over ends nothing, but it is looked at."""
        while True:
            try:
                await work()
            except (TryAgain, PlaceDown):
                pass
            except Exception as error:  # noqa: BLE001 - as in the program, where it is logged
                if not injected(error):
                    self._unforeseen(error)
            await asyncio.sleep(STUMBLE_SECONDS)

    async def _wake(self) -> None:
        try:
            await self.drops.wake()
        except TryAgain:
            return

    def _sweep_by_alarm(self) -> None:
        if self.alive and not self.stopping:
            self._rings()
            self._loop.call_in(ALARM_SWEEP, self._sweep_by_alarm)
