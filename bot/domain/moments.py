"""Moments as people type them: "20:00", "2026-12-01 20:00" or "in 2h"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.text import normalise_command
from bot.domain.time import Micros, in_zone, read_span, to_instant

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DATE_AND_CLOCK = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[ t]([0-9]{1,2}):([0-9]{2})")


def read_moment(text: str, zone: str, now: Micros) -> Micros | None:
    """The instant that is meant, which may have passed; None for anything else.

    Local times are of the IANA zone `zone`: one that the spring change skips moves forward, of one that the autumn
    change repeats the first counts, and a clock time that has passed today means tomorrow."""
    plain = normalise_command(text)
    try:
        return _from_now(plain, now) if plain.startswith("in ") else _local_moment(plain, ZoneInfo(zone), now)
    except (ValueError, OverflowError):
        return None


def _from_now(plain: str, now: Micros) -> Micros | None:
    span = read_span(plain.removeprefix("in "))
    return now + span if span else None


def _local_moment(plain: str, zone: ZoneInfo, now: Micros) -> Micros | None:
    if written := _DATE_AND_CLOCK.fullmatch(plain):
        year, month, day, hour, minute = map(int, written.groups())
        return _instant(date(year, month, day), time(hour, minute), zone)
    if written := _CLOCK.fullmatch(plain):
        clock = time(int(written[1]), int(written[2]))
        today = in_zone(now, zone).date()
        at = _instant(today, clock, zone)
        return at if at > now else _instant(today + timedelta(days=1), clock, zone)
    return None


def _instant(day: date, clock: time, zone: ZoneInfo) -> Micros:
    return to_instant(datetime.combine(day, clock), zone)[0]
