"""Recurring drops over two years of clock changes and restarts: each opens once, at the right local time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path
from random import Random

import pytest

from bot.config import drops as config_drops
from bot.domain.cadence import Cadence, Occurrence, occurrences_after
from bot.domain.time import DAY, HOUR, Micros
from tests.domain.cadences import utc
from tests.storage.two_years import Weekly, Years, faults_in, live_through

DAYS = 730
# Times of day that the spring change of the zone skips and its autumn change repeats, on Sundays all of them.
CLOCKS = {
    "Europe/Berlin": [time(2, 30)],
    "America/New_York": [time(2, 30), time(1, 30)],
    "Australia/Lord_Howe": [time(2, 15), time(1, 45)],
    "UTC": [time(2, 30)],
}


@pytest.mark.parametrize("zone", CLOCKS)
async def test_over_two_years_with_restarts_each_opens_once_at_its_local_time(tmp_path: Path, zone: str) -> None:
    begins_at = utc("2026-01-01 00:00")
    drops = [Weekly(name, clock) for name, clock in zip(("mug", "cap"), CLOCKS[zone], strict=False)]
    years = Years(zone, drops, begins_at, begins_at + DAYS * DAY)
    url = await live_through(years, tmp_path, Random(zone))
    assert faults_in(years, url) == []
    # Not a calm passage: the process was down over many a due moment.
    assert len(years.missed) > 5


async def test_an_expansion_that_opens_twice_in_the_autumn_hour_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(cadence: Cadence, after: Micros) -> Iterator[Occurrence]:
        for each in occurrences_after(cadence, after - HOUR):
            if each.opens_at > after:
                yield each
            if each.change == "fold" and each.opens_at + HOUR > after:
                yield _Again(each.drop, each.local, each.opens_at + HOUR, each.change)

    monkeypatch.setattr(config_drops, "occurrences_after", twice)
    begins_at = utc("2026-10-01 00:00")
    years = Years("Europe/Berlin", [Weekly("mug", time(2, 30))], begins_at, begins_at + 60 * DAY)
    url = await live_through(years, tmp_path, Random(1))
    assert "mug opened twice within a day" in faults_in(years, url)


class _Again(Occurrence):
    """Known by its instant, as a planner would have it that expands a rule in UTC."""

    @property
    def key(self) -> str:
        return f"{super().key}-again"
