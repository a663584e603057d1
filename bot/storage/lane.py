"""The write lane: everything that changes the ledger waits in one queue and is written by one thread."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.domain.answers import Answer, TryAgain
from bot.domain.clock_set import ClockSet
from bot.domain.people import Account, Actor
from bot.domain.time import Micros
from bot.storage import judging, outcomes, tables
from bot.storage.batch import Batch
from bot.storage.book import Book, ChannelSettings, Tidings
from bot.storage.database import checkpoint, empty_log
from bot.storage.even_time import Clock, EvenTime
from bot.storage.handlers import HANDLERS
from bot.storage.salts import Salts
from bot.storage.signing import KeyRing

log = structlog.get_logger(__name__)

# The requests of a channel that were answered before, in this batch or in any earlier one.
Known = dict[str, Answer[Any]]

QUEUE_MAX = 20_000
BATCH_MAX = 2_000
# When the database's log is moved into the ledger: grown by so many pages, while fewer than so many are waiting. A
# batch changes about so many pages, and each of its commands one more.
LOG_PAGES, RUSH = 300, 50
BATCH_PAGES = 10


class Command(Protocol):
    """Anything the lane takes. With a `request_id` and an `actor` its decision is stored under that id."""

    @property
    def channel_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Committed:
    """What a batch left behind: places with something new to say, the drops, polls and nights that changed (as
    entries name them), the next due instant, the answers to claims and to votes that had waited for evidence, which
    accounts were linked or, with None, unlinked, the drops that were closed, and whether a claim or vote may wait
    that did not before."""

    places: frozenset[str] = frozenset()
    drops: frozenset[str] = frozenset()
    wake_at: Micros | None = None
    settled: tuple[tuple[Actor, Answer[Any]], ...] = ()
    voted: tuple[tuple[Actor, Answer[Any]], ...] = ()
    linked: tuple[tuple[Account, Account | None], ...] = ()
    closed: frozenset[str] = frozenset()
    held: bool = False


@dataclass(slots=True)
class _Asked:
    command: Any
    moment: Micros
    answered: asyncio.Future[Answer[Any]] = field(repr=False)


def nothing(_point: str) -> None:
    """The probe of a running bot. Tests hand in one that ends the process at a named point."""


class Lane:
    """One per process and ledger. `submit` returns after the decision is on the disk."""

    def __init__(
        self,
        engine: Engine,
        settings: Sequence[ChannelSettings],
        clock: Clock,
        keys: KeyRing,
        *,
        steady: Clock | None = None,
        probe: Callable[[str], None] = nothing,
        random_bytes: Callable[[int], bytes] = os.urandom,
        thread: Executor | None = None,
    ) -> None:
        self._engine = engine
        self._settings = {each.channel_id: each for each in settings}
        self._clock = clock
        self._time = EvenTime(clock, steady)
        self._keys = keys
        self._probe = probe
        self._random_bytes = random_bytes
        self._salts = Salts(random_bytes)
        self._queue: deque[_Asked] = deque()
        self._wake = asyncio.Event()
        # A simulation hands in its own: there, time passes and disks fail between the loop and the writer.
        self._thread = thread or ThreadPoolExecutor(1, thread_name_prefix="lane")
        self._worker: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[Committed], None]] = []
        self._closing = False
        # That the clock was set, where the ledger could not take it yet: it goes before anything else.
        self._clock_sets: list[_Asked] = []
        # Whether somebody counts on the time that passes, whatever the clock is set to.
        self._counts_on_time = False
        # Of the lane's thread alone:
        self._connection: Connection | None = None
        self._books: dict[int, Book] = {}
        self._tidings = Tidings()
        self._unsure: frozenset[str] = frozenset()
        # Roughly how many pages the database's log has grown by since it was last moved into the ledger.
        self._log_grown = 0
        # Whether the log may still hold somebody who was erased.
        self._log_tells = False

    async def start(self) -> None:
        """Open the connection, make sure of the channels' rows, read their books, and tell the log of a new key.
        Raises OperationalError."""
        loop = asyncio.get_running_loop()
        self._time.begin(await loop.run_in_executor(self._thread, self._open_channels))
        self._worker = asyncio.create_task(self._work(), name="write lane")

    async def close(self) -> None:
        """Take nothing more, answer what is queued, close the connection."""
        self._closing = True
        self._wake.set()
        if self._worker is not None:
            await self._worker
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    def listen(self, listener: Callable[[Committed], None]) -> None:
        """Have `listener` called on the loop after every commit that changed something."""
        self._listeners.append(listener)

    def now(self) -> Micros:
        """The moment of a command that came now: it never goes back, though somebody may set the clock back."""
        return self._time.now(evenly=self._counts_on_time)

    async def submit(self, command: Command) -> Answer[Any]:
        """Queue a command and wait for its durable decision.

        The moment is stamped here, so the order of the queue is the order of time. Raises TryAgain when the
        queue is full or the disk refuses; whatever a poisoned command itself raised comes back to its asker."""
        if self._closing or self._worker is None or len(self._queue) >= QUEUE_MAX:
            raise TryAgain("the ledger takes nothing now")
        moment = self.now()
        if forward := self._time.taken_forward():
            for channel_id in self._settings:
                self._put(ClockSet(channel_id, forward), moment).add_done_callback(_heard)
        answered = self._put(command, moment)
        # An asker who goes away cancels only this future: the command stays queued, is decided and stored.
        return await answered

    def _put(self, command: Any, moment: Micros) -> asyncio.Future[Answer[Any]]:
        asked = _Asked(command, moment, asyncio.get_running_loop().create_future())
        self._queue.append(asked)
        self._wake.set()
        return asked.answered

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while not (self._closing and not self._queue):
            await self._wake.wait()
            if not self._closing:
                self._wake.clear()
            while self._queue:
                came = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_MAX))]
                taken = [*self._clock_sets, *came]
                results, committed = await loop.run_in_executor(self._thread, self._process, taken)
                self._clock_sets = []
                for asked, result in zip(taken, results, strict=True):
                    if isinstance(asked.command, ClockSet) and isinstance(result, TryAgain):
                        # Whatever is due by then must not be, also with the next batch that the disk takes.
                        self._clock_sets.append(replace(asked, command=replace(asked.command, again=True)))
                    else:
                        _resolve(asked.answered, result)
                self._tell_listeners(committed)
                if (self._log_tells or self._log_grown >= LOG_PAGES) and len(self._queue) < RUSH:
                    await loop.run_in_executor(self._thread, self._tidy)

    def _tell_listeners(self, committed: Committed) -> None:
        for listener in self._listeners:
            try:
                listener(committed)
            except Exception:
                # Whoever listens may fail; the lane may not, or nobody is answered any more.
                log.exception("a listener of the lane failed")

    # -- in the lane's thread -------------------------------------------------------------------------------

    def _process(self, taken: list[_Asked]) -> tuple[list[Answer[Any] | Exception], Committed]:
        """One batch in one transaction. A failing command is found by running the batch one by one."""
        try:
            return self._transact(taken)
        except OperationalError as error:
            return self._refuse(taken, error)
        except Exception as error:
            self._forget()
            if len(taken) == 1:
                if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError):
                    return self._refuse(taken, error)
                log.exception("command failed", command=type(taken[0].command).__name__)
                return [error], Committed()
        results: list[Answer[Any] | Exception] = []
        merged = Committed()
        for asked in taken:
            answers, committed = self._process([asked])
            results += answers
            merged = Committed(
                merged.places | committed.places,
                merged.drops | committed.drops,
                committed.wake_at if committed.wake_at is not None else merged.wake_at,
                merged.settled + committed.settled,
                merged.voted + committed.voted,
                merged.linked + committed.linked,
                merged.closed | committed.closed,
                merged.held or committed.held,
            )
        return results, merged

    def _refuse(self, taken: list[_Asked], error: DBAPIError) -> tuple[list[Answer[Any] | Exception], Committed]:
        # Disk full, disk failing, database locked by a stranger: nothing was stored, and the lane starts afresh.
        log.error("ledger refused a batch", commands=len(taken), error=str(error.orig))
        self._disconnect()
        # Unless it was the COMMIT that failed, and only after it had taken effect: then there is news of which
        # nobody has heard, so every place is to look once the ledger works again.
        self._unsure = frozenset(place for each in self._settings.values() for place in each.places)
        return [TryAgain("the ledger could not be written") for _ in taken], Committed()

    def _transact(self, taken: list[_Asked]) -> tuple[list[Answer[Any] | Exception], Committed]:
        connection = self._connect()
        self._probe("lane.before-begin")
        with connection.begin():
            chapters = self._prepare(connection, taken)
            answers: list[Answer[Any] | Exception] = [
                _decide(*chapters[asked.command.channel_id], asked.command, asked.moment) for asked in taken
            ]
            batches = [batch for batch, _ in chapters.values()]
            for batch in batches:
                batch.flush()
            self._probe("lane.before-commit")
        self._probe("lane.after-commit")
        self._tidings.reported.update(batch.channel_id for batch in batches if batch.told_of_stream)
        self._log_grown += len(taken) + BATCH_PAGES
        self._log_tells = self._log_tells or any(batch.erased for batch in batches)
        wake_at = min((book.wake_at for book in self._books.values()), default=None)
        self._counts_on_time = any(book.participation.is_running for book in self._books.values())
        places = self._unsure.union(*(batch.places for batch in batches))
        held = bool(self._unsure) or any(batch.held for batch in batches)
        self._unsure = frozenset()
        changed = frozenset[str]().union(*(batch.changed for batch in batches))
        settled = tuple(each for batch in batches for each in batch.settled)
        voted = tuple(each for batch in batches for each in batch.voted)
        linked = tuple(each for batch in batches for each in batch.linked)
        closed = frozenset[str]().union(*(batch.closed for batch in batches))
        return answers, Committed(places, changed, wake_at, settled, voted, linked, closed, held)

    def _prepare(self, connection: Connection, taken: list[_Asked]) -> dict[int, tuple[Batch, Known]]:
        """For each channel its working set, with what the decisions will ask for read in a few statements, and the
        requests that were answered before."""
        commands: dict[int, list[Any]] = {}
        for asked in taken:
            commands.setdefault(asked.command.channel_id, []).append(asked.command)
        chapters = {}
        for channel_id, its in commands.items():
            batch = Batch(connection, self._book(connection, channel_id), self._random_bytes, self._salts)
            asking = [command for command in its if hasattr(command, "actor")]
            batch.load_people([command.actor.key for command in asking])
            known = outcomes.load(connection, channel_id, [command.request_id for command in asking])
            chapters[channel_id] = (batch, known)
        return chapters

    def _book(self, connection: Connection, channel_id: int) -> Book:
        book = self._books.get(channel_id)
        if book is None:
            book = self._books[channel_id] = Book(connection, self._settings[channel_id], self._tidings, self._keys)
        return book

    def _open_channels(self) -> Micros:
        connection = self._connect()
        with connection.begin():
            for each in self._settings.values():
                where = tables.channel.c.id == each.channel_id
                if connection.scalar(select(func.count()).select_from(tables.channel).where(where)) == 0:
                    connection.execute(
                        tables.channel.insert(),
                        {
                            "id": each.channel_id,
                            "name": each.name,
                            "stream_watched": int(each.stream_watched),
                            "stream_live": None,
                            "stream_changed_at": 0,
                        },
                    )
            newest = connection.scalar(select(func.max(tables.entry.c.at))) or 0
            self._tidings.since = max(newest, self._clock.now())
            erased = select(tables.person.c.id).where(tables.person.c.secret.is_(None)).limit(1)
            # A crash may have come between an erasure and the emptying of the log.
            self._log_tells = connection.scalar(erased) is not None
            # Whoever reads the log knows by its own entries who signs it, from the very first on.
            changed = [self._change_log_key(connection, channel_id) for channel_id in self._settings]
            return self._tidings.since if any(changed) else newest

    def _change_log_key(self, connection: Connection, channel_id: int) -> bool:
        """Record that the log has a new key, where it has; returns whether it had."""
        book = self._book(connection, channel_id)
        fact = book.log.key_fact()
        if fact is None:
            return False
        batch = Batch(connection, book, self._random_bytes, self._salts)
        batch.record(fact, self._tidings.since)
        batch.flush()
        log.info("the log has a new key", **fact.public)
        return True

    def _tidy(self) -> None:
        """Move the log into the ledger: little and often, after everybody was answered and while few are waiting.

        It takes several syncs, and within somebody's commit it would be their answer that waits for them."""
        self._log_grown = 0
        try:
            if self._log_tells:
                self._log_tells = not empty_log(self._connect())
            else:
                checkpoint(self._connect())
        except DBAPIError as error:
            # The log keeps everything, and the next batch finds out whether the disk still works.
            log.warning("the ledger's log could not be moved into the ledger", error=str(error.orig))
            self._disconnect()

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _forget(self) -> None:
        """What was decided in a batch that failed never happened."""
        self._books.clear()

    def _disconnect(self) -> None:
        self._forget()
        connection, self._connection = self._connection, None
        if connection is not None:
            # It is given up because it failed: it may fail once more on its way out.
            with suppress(DBAPIError):
                connection.invalidate()
                connection.close()


def _advance(batch: Batch, moment: Micros) -> None:
    batch.advance(moment)
    judging.settle_ended(batch, moment)


def _decide(batch: Batch, known: Known, command: Any, moment: Micros) -> Answer[Any]:
    if not isinstance(command, ClockSet):
        # What is due by a clock that was set is due only after what runs has moved along with it.
        _advance(batch, moment)
    handle = HANDLERS[type(command)]
    actor = getattr(command, "actor", None)
    if actor is None:
        decision = handle(batch, command, moment)
        judging.settle_ended(batch, moment)
        return Answer("", decision, moment)
    request_id = command.request_id
    before = known.get(request_id)
    if before is not None:
        before = judging.by_now(batch, before)
        return before if before.repeated else before._replace(repeated=True)
    decision = handle(batch, command, moment)
    _advance(batch, moment)
    answer = Answer(request_id, decision, moment)
    if outcomes.store(batch, request_id, actor, decision, moment):
        known[request_id] = answer
    return answer


def _heard(answered: asyncio.Future[Answer[Any]]) -> None:
    """Nobody waits for this one: what it raised stands in the log."""
    if not answered.cancelled():
        answered.exception()


def _resolve(answered: asyncio.Future[Answer[Any]], result: Answer[Any] | Exception) -> None:
    if answered.done():
        return
    if isinstance(result, Exception):
        answered.set_exception(result)
    else:
        answered.set_result(result)
