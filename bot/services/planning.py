"""Keeps the ledger in step with config.toml: what it asks for at the start, and the next times of what recurs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import structlog

from bot.domain.drop_plan import DropPlan
from bot.domain.moved import MoveReason
from bot.domain.paced_drops import plan_warnings
from bot.domain.pacing import PacingRules
from bot.domain.planning import PlansApplied
from bot.domain.time import DAY, Micros
from bot.services.drops import Drops
from bot.services.ports import Clock

log = structlog.get_logger(__name__)

_NOTHING_MOVES: Mapping[str, MoveReason] = {}


class Planning:
    """`plans` tells what the file asks for at an instant; `series` are the names of its drops that recur,
    `moved` why an announced window changes, by a drop's name."""

    def __init__(
        self,
        drops: Drops,
        plans: Callable[[Micros], Sequence[DropPlan]],
        series: frozenset[str],
        pacing: PacingRules,
        clock: Clock,
        *,
        moved: Mapping[str, MoveReason] = _NOTHING_MOVES,
    ) -> None:
        self._drops = drops
        self._plans = plans
        self._series = series
        self._pacing = pacing
        self._clock = clock
        self._moved = moved
        self._keys: frozenset[str] = frozenset()
        self._followed_at: Micros = 0
        self._told: set[str] = set()

    async def follow(self) -> PlansApplied:
        """Have the ledger follow the file as far as promises allow. Raises TryAgain."""
        now = self._clock.now()
        plans = self._plans(now)
        applied = await self._drops.apply(plans, series=self._series, moved=self._moved)
        self._keys, self._followed_at = frozenset(plan.key for plan in plans), now
        for refusal in applied.refused:
            self._tell(refusal, "config.toml asks for what was promised otherwise", refusal=refusal)
        if self._pacing != PacingRules(self._pacing.zone):
            drops = await self._drops.every()
            for warning in plan_warnings(plans, drops.values(), self._pacing, now):
                rule, drop = str(warning.rule), warning.window.key
                self._tell(
                    f"{rule} {drop}", "a drop of config.toml breaks a rule of [pacing]", rule=rule, drop=drop
                )
        return applied

    async def keep_up(self) -> None:
        """Follow once more when a time that recurs is over, and each day. Raises TryAgain.

        Cheap enough to be asked every few seconds, and whatever was missed is found by the next asking."""
        now = self._clock.now()
        if not self._series:
            return
        keys = frozenset(plan.key for plan in self._plans(now))
        if keys != self._keys or not 0 <= now - self._followed_at < DAY:
            await self.follow()

    def _tell(self, what: str, event: str, **values: str) -> None:
        """Log it once."""
        if what not in self._told:
            self._told.add(what)
            log.warning(event, **values)
