"""Drops as a calendar that phones subscribe to: an .ics file after RFC 5545."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.domain.time import Micros, in_zone

LINE_OCTETS_MAX = 75
MEDIA_TYPE = "text/calendar; charset=utf-8"

_UTC = ZoneInfo("UTC")
_PRODUCT = "-//Microdrops//Drops//EN"
_URL_SIGNS = ":/?#[]@!$&'()*+,;=%-._~"


class CalendarStatus(StrEnum):
    """Whether the drop stands. One that waits for the stream stands as well: its time is the earliest."""

    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One window. `key` never changes, `sequence` counts the changes to its times and its cancelling, and
    `changed_at` is the moment of the last one: readers take the higher sequence for the truth."""

    key: str
    title: str
    opens_at: Micros
    closes_at: Micros
    changed_at: Micros
    sequence: int = 0
    status: CalendarStatus = CalendarStatus.CONFIRMED
    description: str = ""
    url: str = ""


def moved(event: CalendarEvent, opens_at: Micros, closes_at: Micros, changed_at: Micros) -> CalendarEvent:
    """The event with another window; the same one changes nothing."""
    if (event.opens_at, event.closes_at) == (opens_at, closes_at):
        return event
    sequence = event.sequence + 1
    return replace(event, opens_at=opens_at, closes_at=closes_at, changed_at=changed_at, sequence=sequence)


def called_off(event: CalendarEvent, changed_at: Micros) -> CalendarEvent:
    """The event cancelled: it stays in the file, so that calendars which have it strike it out."""
    if event.status is CalendarStatus.CANCELLED:
        return event
    cancelled = CalendarStatus.CANCELLED
    return replace(event, status=cancelled, changed_at=changed_at, sequence=event.sequence + 1)


def calendar_file(events: Iterable[CalendarEvent], *, name: str, origin: str) -> bytes:
    """The whole file, the same bytes for the same events. `name` is the calendar's, as people see it; `origin` is
    what no other bot's calendar has, and makes the events' ids unique in the world."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        # No METHOD: the file is a snapshot. A published one would have to name an organiser's address.
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        *(
            line
            for event in sorted(events, key=lambda each: (each.opens_at, each.key))
            for line in _event(event, origin)
        ),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(event: CalendarEvent, origin: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(f'{event.key}@{origin}')}"
    yield f"DTSTAMP:{_instant(event.changed_at)}"
    yield f"LAST-MODIFIED:{_instant(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART:{_instant(event.opens_at)}"
    yield f"DTEND:{_instant(event.closes_at)}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.url:
        yield f"URL:{quote(event.url, safe=_URL_SIGNS)}"
    yield f"STATUS:{event.status}"
    # Nobody is busy because a drop is on.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _instant(at: Micros) -> str:
    """ "20261106T190000Z"; what is less than a second is left out."""
    return in_zone(at, _UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """TEXT of RFC 5545, 3.3.11: signs with a meaning are escaped, control characters left out."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(sign for sign in lines if sign in "\n\t" or not _is_control(sign))
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(sign, written)
    return plain


def _is_control(character: str) -> bool:
    # Lone surrogates have no bytes in UTF-8.
    return ord(character) < 0x20 or 0x7F <= ord(character) <= 0x9F or 0xD800 <= ord(character) <= 0xDFFF


def _folded(line: str) -> bytes:
    """The line as RFC 5545, 3.1, wants it: at most 75 octets before each line break, no character torn apart."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > LINE_OCTETS_MAX:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
