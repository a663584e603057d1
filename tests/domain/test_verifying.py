"""When the ledger is verified as a whole: once a night by the channel's clocks, however long the bot was off."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.time import DAY, HOUR, MINUTE
from bot.domain.verifying import is_due, last_night
from tests.conftest import NOON

UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
AT = time(4, 30)
NIGHT = NOON - 7 * HOUR - 30 * MINUTE  # 04:30 UTC of the day


@pytest.mark.parametrize(
    ("now", "expected"),
    [(NIGHT, NIGHT), (NIGHT - 1, NIGHT - DAY), (NOON, NIGHT), (NIGHT + DAY - 1, NIGHT), (NIGHT + DAY, NIGHT + DAY)],
)
def test_the_last_night_begins_at_its_minute_and_lasts_until_the_next(now, expected):
    assert last_night(now, AT, UTC) == expected


def test_the_time_is_meant_by_the_channels_clocks():
    assert last_night(NOON, AT, BERLIN) == NIGHT - HOUR


@pytest.mark.parametrize(
    ("verified_at", "now", "expected"),
    [
        (0, NOON, True),
        (NIGHT - 1, NOON, True),
        (NIGHT, NOON, False),
        (NOON, NIGHT + DAY, True),
        (NOON, NOON, False),
    ],
)
def test_it_is_due_when_the_last_whole_check_was_before_the_night(verified_at, now, expected):
    assert is_due(verified_at, now, AT, UTC) is expected


def test_without_a_time_it_is_never_due():
    assert not is_due(0, NOON, None, UTC)
