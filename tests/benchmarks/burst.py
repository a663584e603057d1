"""Ten thousand claims at once through the write lane, and through everything it is measured against."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from bot.domain.claims import ClaimDrop, ClaimGranted
from bot.storage.database import ledger_url
from tests.benchmarks import audit, layered, naive, reference
from tests.benchmarks.audit import Unit
from tests.benchmarks.ledgers import DROP, started_lane
from tests.conftest import NOON

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Run:
    """What one contestant took: seconds on the wall and of CPU for `claims` claims, each audited."""

    claims: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.claims / self.seconds

    @property
    def cpu_micros(self) -> float:
        return self.cpu_seconds / self.claims * 1e6


class Stopwatch:
    """Wall and CPU time of this process, all threads together, from its making on."""

    def __init__(self) -> None:
        # What the contestant before has left behind is not this one's to clear away.
        gc.collect()
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def run(self, claims: int) -> Run:
        return Run(claims, time.perf_counter() - self._wall, time.process_time() - self._cpu)


async def through_the_lane(url: URL, claims: Sequence[ClaimDrop], supply: int) -> Run:
    """All at once, through a lane that has just been started and knows nothing but what a start reads."""
    async with started_lane(url) as lane:
        watch = Stopwatch()
        answers = await asyncio.gather(*(lane.submit(claim) for claim in claims))
        run = watch.run(len(claims))
    answered = {
        claim.request_id: granted(claim, answer.decision) for claim, answer in zip(claims, answers, strict=True)
    }
    audit.check(audit.ledger_store(url, DROP), answered, asked=len(claims), supply=supply)
    return run


def granted(claim: ClaimDrop, decision: object) -> Unit | None:
    """Who was granted which number, if anybody was."""
    return (claim.actor.user_id, decision.number) if isinstance(decision, ClaimGranted) else None


def through_sqlite3(path: Path, claims: Sequence[ClaimDrop], supply: int, group: int) -> Run:
    """The plain program, one durable commit for each `group` of claims."""
    with reference.opened(path) as connection:
        plain = reference.on_ledger(connection.cursor(), DROP)
        watch = Stopwatch()
        answered = reference.in_groups(connection, plain, claims, NOON, group)
        run = watch.run(len(claims))
    audit.check(audit.ledger_store(ledger_url(str(path)), DROP), answered, asked=len(claims), supply=supply)
    return run


def ready_made(path: Path, rows: reference.Rows, group: int) -> Run:
    """Nothing but the writing of rows that stand ready."""
    count = len(rows["unit"])
    with reference.opened(path) as connection:
        watch = Stopwatch()
        reference.ready_made(connection, rows, group)
        run = watch.run(count)
    if len(audit.ledger_store(ledger_url(str(path)), DROP).units) != count:
        raise audit.AuditFailed("the rows are not all there")
    return run


async def through_the_orm(path: Path, count: int) -> Run:
    """The usual bot behind a lock, so that it is right."""
    viewers = _viewers(count)
    async with naive.store(path, naive.Naive.metadata, viewers, count) as engine:
        return await _crowd(path, naive.OrmBot(engine, locked=True).claim, viewers)


async def through_one_statement(path: Path, count: int) -> Run:
    """One good statement a claim; they queue for the one connection."""
    viewers = _viewers(count)
    async with naive.store(path, naive.CAREFUL, viewers, count, pool_size=1, max_overflow=0) as engine:
        return await _crowd(path, naive.OneStatementBot(engine).claim, viewers)


def _viewers(count: int) -> list[str]:
    return [f"id-v{n}" for n in range(count)]


async def _crowd(path: Path, claim: Callable[[str], Awaitable[int | None]], viewers: list[str]) -> Run:
    count = len(viewers)
    await claim(viewers[0])  # compiled and connected: a bot that has been running for a while
    watch = Stopwatch()
    numbers = await asyncio.gather(*(claim(viewer) for viewer in viewers[1:]))
    run = watch.run(count - 1)
    answered = {viewer: (viewer, number) for viewer, number in zip(viewers[1:], numbers, strict=True) if number}
    answered[viewers[0]] = (viewers[0], 1)
    audit.check(audit.claim_store(path), answered, asked=count, supply=count)
    return run


async def through_layers(path: Path, claims: Sequence[ClaimDrop], supply: int, *, orm: bool) -> Run:
    """The usual bot on a ledger, writing the rows that the lane writes: by the ORM, or statement by statement."""
    options = {} if orm else {"pool_size": 1, "max_overflow": 0}
    async with layered.opened(path, **options) as (engine, rows):
        bot = layered.OrmLedgerBot(engine, rows) if orm else layered.CoreLedgerBot(engine, rows)
        first, *others = claims
        numbers = [await bot.claim(first)]
        watch = Stopwatch()
        numbers += await asyncio.gather(*(bot.claim(claim) for claim in others))
        run = watch.run(len(others))
    answered = {
        claim.request_id: None if number is None else (claim.actor.user_id, number)
        for claim, number in zip(claims, numbers, strict=True)
    }
    audit.check(audit.ledger_store(ledger_url(str(path)), DROP), answered, asked=len(claims), supply=supply)
    return run


async def racing_faults(path: Path, supply: int) -> list[str]:
    """What the audit finds when the usual bot runs without its lock: twice as many viewers as units, each asking
    twice. Raises AuditFailed when it finds nothing, for then it would find nothing anywhere."""
    viewers = _viewers(supply * 2)
    asked = [viewer for viewer in viewers for _ in range(2)]
    async with naive.store(path, naive.Naive.metadata, viewers, supply) as engine:
        bot = naive.OrmBot(engine, locked=False)
        turn = asyncio.Semaphore(AT_ONCE)

        async def ask(viewer: str) -> int | None:
            async with turn:
                return await bot.claim(viewer)

        numbers = await asyncio.gather(*(ask(viewer) for viewer in asked))
    answered: dict[str, Unit | None] = {
        f"{index}:{viewer}": None if number is None else (viewer, number)
        for index, (viewer, number) in enumerate(zip(asked, numbers, strict=True))
    }
    faults = audit.audit(audit.claim_store(path), answered, asked=len(asked), supply=supply)
    if not faults:
        raise audit.AuditFailed("the bot without a lock passed the audit: the audit is blind")
    return faults
