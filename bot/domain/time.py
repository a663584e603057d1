"""Instants and spans: whole microseconds, UTC."""

from __future__ import annotations

# An instant is microseconds since 1970-01-01T00:00:00Z; a span is a number of microseconds.
Micros = int

MILLISECOND: Micros = 1_000
SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR
