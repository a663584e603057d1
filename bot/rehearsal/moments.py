"""Instants of an evening: what they are counted in, and how they are told, by the time since its beginning."""

from __future__ import annotations

SECOND = 1_000_000
"""Microseconds: every instant of the record and of the ledger is counted in them, UTC."""


def since(microseconds: int) -> str:
    """ "+6.0 s", "+3:20 min", "+2:02 h" or "+6 d 22:40 h", whichever fits; also before the beginning."""
    if microseconds < 0:
        return "−" + since(-microseconds)[1:]
    seconds = microseconds / SECOND
    if seconds < 100:
        return f"+{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"+{minutes}:{rest:02} min"
    days, minutes = divmod(minutes, 1440)
    clock = f"{minutes // 60}:{minutes % 60:02} h"
    return f"+{days} d {clock}" if days else f"+{clock}"
