"""The alarm clock: wakes the services when the ledger says that something is due. It owns no truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.answers import TryAgain
from bot.domain.time import Micros

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 30
# A due instant in the past is asked for again, but not in a busy loop.
PATIENCE_SECONDS = 0.25


class Alarm:
    """`wake` is called at each due instant, and by a sweep that covers clock jumps and a machine that slept."""

    def __init__(self, wake: Callable[[], Awaitable[None]], *, sweep_seconds: float = SWEEP_SECONDS) -> None:
        self._wake = wake
        self._sweep_seconds = sweep_seconds
        self._due: Micros | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Start inside the running loop; the first sweep comes at once."""
        self._scheduler.add_job(
            self._ring,
            IntervalTrigger(seconds=self._sweep_seconds, timezone=UTC),
            id="sweep",
            next_run_time=datetime.now(UTC),
        )
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def set(self, due: Micros | None) -> None:
        """Ring at `due`; a later call replaces it. None leaves it to the sweep."""
        if due is None or due == self._due:
            return
        self._due = due
        at = datetime.fromtimestamp(min(due, 2**52) / 1_000_000, UTC)
        at = max(at, datetime.now(UTC) + timedelta(seconds=PATIENCE_SECONDS if at < datetime.now(UTC) else 0))
        self._scheduler.add_job(self._ring, DateTrigger(at, timezone=UTC), id="due", replace_existing=True)

    async def _ring(self) -> None:
        self._due = None
        try:
            await self._wake()
        except TryAgain:
            log.warning("the ledger was busy at a due instant; the sweep comes back to it")
