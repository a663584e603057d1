"""A life of storage and services alone: a crowd asks a ledger, and every answer goes to a pipe as it comes."""

from __future__ import annotations

import asyncio
import ctypes
import dataclasses
import json
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from bot.domain.answers import Answer, TryAgain
from bot.domain.control import SteerDrop, Verb
from bot.domain.drop_plan import DropPlan, Opening, WhileOffline
from bot.domain.people import Actor, Rank
from bot.domain.planning import PlanDrop
from bot.domain.time import DAY, MINUTE
from bot.services.claims import Claims, TooFast
from bot.storage.book import ChannelSettings
from bot.storage.database import ledger_url, write_engine
from bot.storage.lane import Lane
from bot.storage.outcomes import kind_of
from bot.storage.signing import KeyRing
from bot.storage.upgrade import upgrade
from tests.faults.lean_deeds import ASKERS, Deed, asked_by_crowd, asked_by_moderator, opening_deeds
from tests.faults.plants import plant

CHANNEL = 1
EPOCH = 1_793_534_400_000_000  # 2026-11-01T12:00:00Z; each life begins a minute after the last one
PLACES = ("twitch:chat", "discord:announcements")
START_TRIES = 3
# Each life of a ledger has the key of the one before.
KEYS = KeyRing([bytes(range(32))])
PR_SET_PTRACER, PTRACER_ANY = 0x59616D61, -1


@dataclass(frozen=True)
class Orders:
    """What this life is to do. Without `groups` the crowd asks until the process is killed; with `silent` it only
    does what comes in by the second pipe; one that is `held` begins when it hears the first cue."""

    ledger: str
    seed: int = 0
    life: int = 0
    groups: int | None = None
    askers: int = ASKERS
    again: tuple[Deed, ...] = ()
    tries: int = 1
    plant: str = ""
    silent: bool = False
    held: bool = False
    checkpoint_pages: int | None = None
    busy_timeout_ms: int | None = None
    user: int | None = None


class LifeClock:
    """Runs as fast as the real one, from an instant of its own."""

    def __init__(self, life: int) -> None:
        self._offset = EPOCH + life * MINUTE - time.monotonic_ns() // 1_000

    def now(self) -> int:
        return self._offset + time.monotonic_ns() // 1_000


class Life:
    """One life: `words` is the pipe it tells on, `cues` the one it is told on."""

    def __init__(self, orders: Orders, words: int, cues: int) -> None:
        self._orders = orders
        self._words = words
        self._cues = cues
        self._clock = LifeClock(orders.life)
        self._go = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    async def last(self) -> None:
        """From the start to the close of the ledger."""
        asyncio.get_running_loop().add_reader(self._cues, self._hear)
        if self._orders.held:
            await self._go.wait()
            self._go.clear()
        lane = await self._born()
        self._lane = lane
        self._claims = Claims(lane, CHANNEL, self._clock)
        self._tell("born")
        if self._orders.silent:
            await self._over.wait()
        else:
            await self._ask_together([*self._orders.again, *opening_deeds(self._orders.life)])
            seed, life, groups = self._orders.seed, self._orders.life, self._orders.groups
            crowd = [asked_by_crowd(seed, life, asker) for asker in range(self._orders.askers)]
            await asyncio.gather(
                *(self._ask_in_turn(islice(each, groups)) for each in (*crowd, asked_by_moderator(seed, life)))
            )
        await lane.close()
        self._engine.dispose()
        self._tell("closed")

    async def _born(self) -> Lane:
        """Open the ledger as the bot does; one that the disk refuses is tried again, as a service manager does."""
        url = ledger_url(self._orders.ledger)
        settings = ChannelSettings(CHANNEL, "teapot", PLACES, stream_watched=False)
        # One thread for all that touches the ledger: strace counts the calls of each thread by itself.
        loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1)
        for attempt in range(1, 100):
            try:
                await loop.run_in_executor(thread, partial(upgrade, url, now=self._clock.now))
                self._engine = write_engine(url)
                self._prepare()
                lane = Lane(self._engine, [settings], self._clock, KEYS, thread=thread)
                await lane.start()
                return lane
            except DBAPIError as error:
                self._tell("start-failed", error=str(error.orig))
                if attempt == START_TRIES:
                    self._tell("gave-up")
                    await self._go.wait()
        raise AssertionError("no start in a hundred tries")

    def _prepare(self) -> None:
        plant(self._orders.plant, self._engine)

        @event.listens_for(self._engine, "connect")
        def on_connect(connection: Any, _record: Any) -> None:
            # Small figures bring what is rare, a checkpoint or the end of a wait, into a short life.
            if self._orders.checkpoint_pages is not None:
                connection.execute(f"PRAGMA wal_autocheckpoint={self._orders.checkpoint_pages}")
            if self._orders.busy_timeout_ms is not None:
                connection.execute(f"PRAGMA busy_timeout={self._orders.busy_timeout_ms}")

    # -- asking ---------------------------------------------------------------------------------------------

    async def _ask_together(self, deeds: Iterable[Deed]) -> None:
        await asyncio.gather(*(self._ask(deed) for deed in deeds))

    async def _ask_in_turn(self, groups: Iterable[list[Deed]]) -> None:
        for group in groups:
            await self._ask_together(group)

    async def _ask(self, deed: Deed) -> None:
        """Ask until there is an answer: after `tries` in vain, once the parent says that the fault is over."""
        self._tell("asked", deed=dataclasses.asdict(deed))
        for attempt in range(1, 2 * self._orders.tries + 1):
            try:
                answer = await self._submit(deed)
            except TooFast:
                return self._tell("too-fast", request=deed.request)
            except TryAgain as refusal:
                self._tell("try-again", request=deed.request, why=str(refusal))
            except Exception as error:  # noqa: BLE001 whatever a command raises is news for the parent
                return self._tell("failed", request=deed.request, error=repr(error))
            else:
                return self._tell_answer(answer)
            if attempt == self._orders.tries:
                self._tell("gave-up", request=deed.request)
                if self._orders.silent:
                    return None
                await self._go.wait()
        return self._tell("stuck", request=deed.request)

    async def _submit(self, deed: Deed) -> Answer[Any]:
        if deed.what == "claim":
            return await self._claims.claim(viewer(deed.who), deed.request, deed.drop)
        moderator = Actor("twitch", f"id-{deed.who}", deed.who, Rank.MODERATOR)
        if deed.what == "plan":
            return await self._lane.submit(PlanDrop(CHANNEL, deed.request, moderator, plan_of(deed.drop)))
        receiver = viewer(deed.receiver) if deed.receiver else None
        command = SteerDrop(CHANNEL, deed.request, moderator, Verb(deed.what), deed.drop, receiver=receiver)
        return await self._lane.submit(command)

    # -- the pipes ------------------------------------------------------------------------------------------

    def _tell(self, word: str, **more: Any) -> None:
        os.write(self._words, json.dumps({"word": word, **more}).encode() + b"\n")

    def _tell_answer(self, answer: Answer[Any]) -> None:
        decision = dataclasses.asdict(answer.decision)
        kind, repeated = kind_of(answer.decision), answer.repeated
        self._tell(
            "answered", request=answer.request_id, kind=kind, decision=decision, at=answer.at, repeated=repeated
        )

    def _hear(self) -> None:
        for line in os.read(self._cues, 65_536).splitlines():
            cue = json.loads(line)
            self._go.set()
            for values in cue.get("ask", ()):
                asking = asyncio.create_task(self._ask(Deed(**values)))
                self._tasks.add(asking)
                asking.add_done_callback(self._tasks.discard)
            if "file_bytes_max" in cue:
                limit_files(cue["file_bytes_max"])
                self._tell("limited")
            if cue.get("end"):
                self._over.set()


def viewer(name: str) -> Actor:
    """Half of the crowd is in chat, the other half on Discord."""
    return Actor("discord" if name.endswith(("1", "3", "5", "7", "9")) else "twitch", f"id-{name}", name)


def plan_of(drop: str) -> DropPlan:
    """A mug is one each; of the pins everybody may have two, and five are held back for gifts."""
    pin = drop.startswith("pin")
    return DropPlan(
        key=drop,
        title=drop,
        kind="badge",
        supply=120 if pin else 90,
        held_back=5 if pin else 0,
        per_person=2 if pin else 1,
        opening=Opening.CUE,
        while_offline=WhileOffline.RUN,
        zone="UTC",
        announce_at=EPOCH,
        opens_at=None,
        window=10 * DAY,
    )


def limit_files(bytes_max: int) -> None:
    """No file of this process may grow beyond this; -1 ends the limit."""
    import resource  # Windows has none, and imports this module for its plans

    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, resource.RLIM_INFINITY))


def live(orders: Orders, words: int, cues: int) -> None:
    """The whole life, in a process of its own; as `user` where this one may do everything."""
    if orders.user is not None:
        os.setgid(orders.user)
        os.setuid(orders.user)
    with suppress(OSError, AttributeError):
        # The parent's strace may look in, also where only ancestors may.
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, PTRACER_ANY, 0, 0, 0)
    asyncio.run(Life(orders, words, cues).last())


def main() -> None:
    """`python -m tests.faults.lean_child ORDERS`, with the orders as JSON: tells on 1, is told on 0."""
    values = json.loads(sys.argv[1])
    values["again"] = tuple(Deed(**each) for each in values.get("again", ()))
    # What the bot logs goes the way of errors: the words have the pipe for themselves.
    words = os.dup(1)
    os.dup2(2, 1)
    live(Orders(**values), words, cues=0)


if __name__ == "__main__":
    main()
