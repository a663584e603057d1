"""Claims that come at a steady rate, whether or not the ones before are answered, as viewers do."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from bot.domain.claims import ClaimDrop
from bot.storage.database import ledger_url
from tests.benchmarks import audit, reference
from tests.benchmarks.audit import Unit
from tests.benchmarks.burst import granted
from tests.benchmarks.disk import percentile
from tests.benchmarks.ledgers import DROP, started_lane
from tests.conftest import NOON

TICK_SECONDS = 0.001
BATCH_MAX = 2_000


@dataclass(slots=True)
class Waits:
    """Seconds from each call to its answer, and the rate that was reached."""

    offered: float
    seconds: list[float] = field(default_factory=list)
    answered: dict[str, Unit | None] = field(default_factory=dict)
    took: float = 0.0

    @property
    def p50(self) -> float:
        return percentile(self.seconds, 0.5)

    @property
    def p99(self) -> float:
        return percentile(self.seconds, 0.99)

    @property
    def reached(self) -> float:
        """Answers per second, from the first call to the last answer."""
        return len(self.seconds) / self.took


async def offered(
    submit: Callable[[ClaimDrop], Awaitable[Any]], claims: Sequence[ClaimDrop], per_second: float
) -> Waits:
    """One task a viewer. The calls come on ticks of a millisecond, in little clumps, as from a socket."""
    waits = Waits(per_second)

    async def one(claim: ClaimDrop) -> None:
        called = time.perf_counter()
        answer = await submit(claim)
        waits.seconds.append(time.perf_counter() - called)
        waits.answered[claim.request_id] = granted(claim, answer.decision)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as viewers:
        sent = 0
        while sent < len(claims):
            due = min(len(claims), int((time.perf_counter() - began) * per_second) + 1)
            for claim in claims[sent:due]:
                viewers.create_task(one(claim))
            sent = max(sent, due)
            await asyncio.sleep(TICK_SECONDS)
    waits.took = time.perf_counter() - began
    return waits


async def through_the_lane(url: URL, claims: Sequence[ClaimDrop], per_second: float, supply: int) -> Waits:
    """The real lane, just started."""
    async with started_lane(url) as lane:
        waits = await offered(lane.submit, claims, per_second)
    audit.check(audit.ledger_store(url, DROP), waits.answered, asked=len(claims), supply=supply)
    return waits


def through_a_thread(path: Path, claims: Sequence[ClaimDrop], per_second: float, supply: int) -> Waits:
    """A bare sqlite3 writer in a thread that commits whatever has come meanwhile: no loop, no layers.

    Its own p99 tells whether the machine left the round alone."""
    waits = Waits(per_second)
    waiting: queue.SimpleQueue[tuple[ClaimDrop, float] | None] = queue.SimpleQueue()
    writer = threading.Thread(target=_write, args=(path, waiting, waits), name="bare writer")
    writer.start()
    began = time.perf_counter()
    sent = 0
    while sent < len(claims):
        due = min(len(claims), int((time.perf_counter() - began) * per_second) + 1)
        for claim in claims[sent:due]:
            waiting.put((claim, time.perf_counter()))
        sent = max(sent, due)
        time.sleep(TICK_SECONDS)
    waiting.put(None)
    writer.join()
    waits.took = time.perf_counter() - began
    store = audit.ledger_store(ledger_url(str(path)), DROP)
    audit.check(store, waits.answered, asked=len(claims), supply=supply)
    return waits


def _write(path: Path, waiting: queue.SimpleQueue[tuple[ClaimDrop, float] | None], waits: Waits) -> None:
    with reference.opened(path) as connection:
        plain = reference.on_ledger(connection.cursor(), DROP)
        going = True
        while going:
            batch = [waiting.get()]
            while not waiting.empty() and len(batch) < BATCH_MAX:
                batch.append(waiting.get())
            going = None not in batch
            asked = [each for each in batch if each is not None]
            if not asked:
                return
            taken = [claim for claim, _ in asked]
            waits.answered |= reference.in_groups(connection, plain, taken, NOON, len(taken))
            now = time.perf_counter()
            waits.seconds += [now - called for _, called in asked]
