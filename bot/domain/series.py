"""Drops that recur: the occurrence that is on or comes next stands for all of them, unless another is named."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.drops import Drop
from bot.domain.time import Micros


def soonest_of_each(drops: Iterable[Drop]) -> list[Drop]:
    """Of each recurring drop the one occurrence that matters now: the open one, the next one, or the one that was
    last; drops of their own all, and everything in the order in which it came."""
    listed = list(drops)
    chosen: dict[str, Drop] = {}
    for drop in listed:
        series = drop.plan.series
        before = chosen.get(series)
        if series and (before is None or _rank(drop) < _rank(before)):
            chosen[series] = drop
    return [drop for drop in listed if not drop.plan.series or chosen[drop.plan.series] is drop]


def _rank(drop: Drop) -> tuple[int, Micros]:
    if drop.open:
        return 0, drop.closes_at or 0
    if drop.over:
        return 2, -(drop.closed_at or 0)
    # One that waits for the stream was to come before the others.
    return 1, drop.plan.opens_at or 0
