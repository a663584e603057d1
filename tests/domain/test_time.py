"""Spans and local times, as people write and read them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.time import (
    DAY,
    HOUR,
    MILLISECOND,
    MINUTE,
    SECOND,
    local_text,
    read_span,
    span_text,
    to_instant,
    utc_text,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", 90 * SECOND),
        ("3m", 3 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("1h 30 min", 90 * MINUTE),
        ("1h30", 90 * MINUTE),
        ("1m30", 90 * SECOND),
        ("1h30m15", 90 * MINUTE + 15 * SECOND),
        ("1.5h", 90 * MINUTE),
        (" 2 Days ", 2 * DAY),
        ("250ms", 250 * MILLISECOND),
        ("10 minutes 5 seconds", 10 * MINUTE + 5 * SECOND),
        ("1 hr", HOUR),
        ("0s", 0),
    ],
)
def test_a_span_is_read_as_people_write_it(text: str, span: int) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "m",
        "-5m",
        "10m or so",
        "10 months",
        "10m s",
        "٣m",
        "1_0m",
        "1e3s",
        "9999999999s",
        "5mm",
        "h30",
        "1d30",
        "1h300",
        "1 h 30",
    ],
)
def test_what_is_no_span_is_none(text: str) -> None:
    assert read_span(text) is None


@pytest.mark.parametrize(
    ("local", "utc", "change"),
    [
        ("2030-06-01 20:00", "2030-06-01T18:00Z", ""),
        ("2026-03-29 02:30", "2026-03-29T01:30Z", "gap"),
        ("2026-10-25 02:30", "2026-10-25T00:30Z", "fold"),
    ],
)
def test_a_local_time_becomes_one_instant_whatever_the_clocks_do(local: str, utc: str, change: str) -> None:
    at, found = to_instant(datetime.fromisoformat(local), BERLIN)
    assert (utc_text(at), found) == (utc, change)


def test_an_instant_is_shown_in_the_zones_own_clock() -> None:
    at, _ = to_instant(datetime.fromisoformat("2030-06-01 20:00"), BERLIN)
    assert local_text(at, BERLIN) == "Sat 2030-06-01 20:00 CEST"


@pytest.mark.parametrize(
    ("span", "text"),
    [(15 * MINUTE, "15m"), (90 * MINUTE, "1h30m"), (DAY, "1d"), (25 * HOUR, "25h"), (1, "1s"), (0, "0s")],
)
def test_a_span_is_shown_as_the_file_writes_it(span: int, text: str) -> None:
    assert span_text(span) == text
