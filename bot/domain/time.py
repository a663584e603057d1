"""Instants and spans: whole microseconds, UTC; and how people write and read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

# An instant is microseconds since 1970-01-01T00:00:00Z; a span is a number of microseconds.
Micros = int

MILLISECOND: Micros = 1_000
SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
# Digits of ASCII alone, and few enough that no float and no calendar overflows.
_SPAN_PART = re.compile(
    r" ?(?P<number>[0-9]{1,9}(?:\.[0-9]{1,6})?) ?"
    r"(?:(?P<ms>ms)|(?P<s>s(?:ec(?:ond)?s?)?)|(?P<m>m(?:in(?:ute)?s?)?)|(?P<h>h(?:(?:ou)?rs?)?)|(?P<d>d(?:ays?)?))"
    r"(?![a-z])"
)
# "1m30" and "1h30": what everybody means without the last unit.
_LAST_UNIT_LEFT_OUT = re.compile(r"(?<=[0-9])(?P<unit>[hm])[0-9]{1,2}$")
_NEXT_UNIT = {"h": "m", "m": "s"}


def read_span(text: str) -> Micros | None:
    """ "90s", "3m", "1h30m", "1h 30 min", "1m30" or "1.5h" as microseconds, 0 included; None for anything else."""
    plain = text.strip().casefold()
    if left_out := _LAST_UNIT_LEFT_OUT.search(plain):
        plain += _NEXT_UNIT[left_out["unit"]]
    span, end = 0, 0
    while part := _SPAN_PART.match(plain, end):
        span += round(float(part["number"]) * _UNITS[str(part.lastgroup)])
        end = part.end()
    return span if 0 < end == len(plain) else None


def instant_of(at: datetime) -> Micros:
    """The instant of a time that knows its zone."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def to_instant(local: datetime, zone: ZoneInfo) -> tuple[Micros, Literal["", "gap", "fold"]]:
    """The instant of a local time, and whether clocks change over it. Raises OverflowError beyond the calendar.

    A time that the spring change skips moves forward; of one that the autumn change repeats, the first counts."""
    here = local.replace(tzinfo=zone, fold=0)
    instant = here.astimezone(UTC)
    micros = instant_of(instant)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) != local:
        return micros, "gap"
    return micros, "fold" if here.utcoffset() != here.replace(fold=1).utcoffset() else ""


def in_zone(at: Micros, zone: ZoneInfo) -> datetime:
    """The instant as the clocks of `zone` show it."""
    return (_EPOCH + timedelta(microseconds=at)).astimezone(zone)


def local_text(at: Micros, zone: ZoneInfo) -> str:
    """ "Sat 2030-06-01 20:00 CEST"."""
    return in_zone(at, zone).strftime("%a %Y-%m-%d %H:%M %Z")


def utc_text(at: Micros) -> str:
    """ "2030-06-01T18:00Z", to the minute."""
    return (_EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%MZ")


def span_text(span: Micros) -> str:
    """A span as it is written in the file: "15m", "1h30m", whole days as "3d"; a begun second counts as one."""
    if span and span % DAY == 0:
        return f"{span // DAY}d"
    minutes, seconds = divmod(-(-span // SECOND), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
