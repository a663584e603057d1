"""Watches that nobody waits for news that the bot could tell: a place that is up hears of it soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.time import MINUTE, SECOND, Micros
from tests.simulation.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.evening import Evening

# Long enough for what may come before an attempt: reads that fail, a ledger that is broken for a while.
SOON = MINUTE
LOOK_EVERY = 10 * SECOND


class Promptness:
    """Looks every few seconds. Whatever keeps the bot from speaking starts the wait anew."""

    def __init__(self, evening: Evening) -> None:
        self._evening = evening
        self._waiting: dict[int, Micros] = {}
        self._life = 0

    def look(self) -> None:
        """Raises Violation for news that was not even tried for so long."""
        evening, now = self._evening, self._evening.loop.now
        hindered = evening.life is None or not evening.life.ready or evening.lives != self._life
        self._life = evening.lives
        if hindered or any(until > now - MINUTE for until in evening.world.down_until.values()):
            self._waiting.clear()
            return
        pending = evening.watcher.query(
            "SELECT id, place, kind, attempted_at FROM outbox WHERE done_at IS NULL AND priority = 0"
        )
        # Where a try has failed, be it of a repair card, it is tried again before anything else is told.
        busy = {place for _, place, _, attempted_at in pending if attempted_at is not None}
        rows = [(news, place, kind) for news, place, kind, _ in pending if place not in busy and kind != "repair"]
        self._waiting = {news: self._waiting.get(news, now) for news, _, _ in rows}
        for news, place, kind in rows:
            if now - self._waiting[news] > SOON:
                raise Violation("news is told soon", f"nobody has tried to tell {place} of {kind} (news {news})")
