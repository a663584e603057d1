"""An .ics file as RFC 5545 wants it: its lines, its texts, its times, and what it says of changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar_file import (
    LINE_OCTETS_MAX,
    CalendarEvent,
    CalendarStatus,
    calendar_file,
    called_off,
    moved,
)
from bot.domain.time import HOUR, MINUTE
from tests.domain.cadences import utc

MUG = CalendarEvent(
    "teal-mug-2026-11-06", "Teal Mug", utc("2026-11-06 19:00"), utc("2026-11-06 19:15"), utc("2026-11-01 12:00")
)
ESCAPED = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n", "\\N": "\n"}


def written(*events: CalendarEvent, name: str = "Teal Fox") -> bytes:
    return calendar_file(events, name=name, origin="teal-fox.example")


def unfolded(file: bytes) -> list[str]:
    """The content lines, put together again after RFC 5545, 3.1."""
    assert file.endswith(b"\r\n")
    return file.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def read_text(value: str) -> str:
    """TEXT, read a sign at a time after RFC 5545, 3.3.11."""
    read, rest = "", value
    while rest:
        size = 2 if rest.startswith("\\") else 1
        read += ESCAPED[rest[:2]] if size == 2 else rest[0]
        rest = rest[size:]
    return read


def events_of(file: bytes) -> list[dict[str, str]]:
    """Each VEVENT by the names of its properties, each of which stands there once."""
    found: list[dict[str, str]] = []
    for line in unfolded(file):
        name, _, value = line.partition(":")
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found and name != "END":
            assert name not in found[-1], line
            found[-1][name] = value
    return found


def test_a_window_becomes_an_event() -> None:
    event = replace(MUG, description="48 numbered; one each", url="https://teal.example/drops?drop=mug&lang=de")
    assert unfolded(written(event)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Microdrops//Drops//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Teal Fox",
        "X-WR-CALNAME:Teal Fox",
        "BEGIN:VEVENT",
        "UID:teal-mug-2026-11-06@teal-fox.example",
        "DTSTAMP:20261101T120000Z",
        "LAST-MODIFIED:20261101T120000Z",
        "SEQUENCE:0",
        "DTSTART:20261106T190000Z",
        "DTEND:20261106T191500Z",
        "SUMMARY:Teal Mug",
        "DESCRIPTION:48 numbered\\; one each",
        "URL:https://teal.example/drops?drop=mug&lang=de",
        "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_moved_window_is_the_same_event_with_a_higher_sequence() -> None:
    later = moved(MUG, MUG.opens_at + HOUR, MUG.closes_at + HOUR, MUG.changed_at + MINUTE)
    (before,), (after,) = events_of(written(MUG)), events_of(written(later))
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "1")
    assert (after["DTSTART"], after["DTSTAMP"]) == ("20261106T200000Z", "20261101T120100Z")
    assert moved(later, later.opens_at, later.closes_at, later.changed_at + MINUTE) == later


def test_what_is_called_off_stays_in_the_file_as_cancelled() -> None:
    off = called_off(MUG, MUG.changed_at + MINUTE)
    (event,) = events_of(written(off))
    assert (event["STATUS"], event["SEQUENCE"], event["DTSTAMP"]) == ("CANCELLED", "1", "20261101T120100Z")
    assert called_off(off, off.changed_at + MINUTE) == off
    assert off.status is CalendarStatus.CANCELLED


def test_an_empty_calendar_is_a_calendar() -> None:
    assert unfolded(written())[-1] == "END:VCALENDAR"
    assert events_of(written()) == []


def test_the_order_in_which_events_are_given_changes_nothing() -> None:
    cap = replace(MUG, key="red-cap", title="Red Cap", opens_at=MUG.opens_at - HOUR)
    assert written(MUG, cap) == written(cap, MUG)
    assert [event["SUMMARY"] for event in events_of(written(MUG, cap))] == ["Red Cap", "Teal Mug"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a,b;c", "a\\,b\\;c"),
        ("C:\\drops", "C:\\\\drops"),
        ("one\ntwo\r\nthree\rfour", "one\\ntwo\\nthree\\nfour"),
        ("bell\x07 and \x00nothing\x7f\x85", "bell and nothing"),
        ("tab\tstays", "tab\tstays"),
        ('"quotes": not', '"quotes": not'),
        ("half \ud83d pair", "half  pair"),
    ],
)
def test_texts_are_escaped(text: str, value: str) -> None:
    (event,) = events_of(written(replace(MUG, title=text)))
    assert event["SUMMARY"] == value


def test_no_title_and_no_address_ends_its_line_or_begins_another_property() -> None:
    evil = "x\r\nEND:VEVENT\r\nBEGIN:VALARM\nATTACH:file"
    lines = unfolded(
        written(replace(MUG, title=evil, key=evil, description=evil, url=f"https://{evil}"), name=evil)
    )
    assert sum(line.startswith(("END:VEVENT", "BEGIN:", "ATTACH")) for line in lines) == 3


@pytest.mark.parametrize(("sign", "octets"), [("x", 1), ("é", 2), ("日", 3), ("🦊", 4)])
@pytest.mark.parametrize("length", range(15, 80, 8))
def test_long_lines_are_folded_between_characters(sign: str, octets: int, length: int) -> None:
    title = sign * length
    file = written(replace(MUG, title=title))
    for line in file.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= LINE_OCTETS_MAX
        line.decode()
    assert f"SUMMARY:{title}" in unfolded(file)
    folded = b"\r\n " in file
    assert folded == (len("SUMMARY:") + octets * length > LINE_OCTETS_MAX)


def test_a_line_of_just_75_octets_is_not_folded() -> None:
    room = LINE_OCTETS_MAX - len("SUMMARY:")
    assert b"\r\n " not in written(replace(MUG, title="x" * room))
    assert written(replace(MUG, title="x" * (room + 1))).count(b"\r\n ") == 1


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_comes_back_as_it_was_but_for_what_cannot_be_shown(title: str, description: str) -> None:
    file = written(replace(MUG, title=title, description=description))
    assert file.replace(b"\r\n", b"").count(b"\r") == 0
    assert file.replace(b"\r\n", b"").count(b"\n") == 0
    assert all(len(line) <= LINE_OCTETS_MAX for line in file.split(b"\r\n"))
    (event,) = events_of(file)
    for name, text in (("SUMMARY", title), ("DESCRIPTION", description)):
        one = text.replace("\r\n", "\n").replace("\r", "\n")
        shown = "".join(c for c in one if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160))
        assert read_text(event.get(name, "")) == shown


def test_parts_of_seconds_are_left_out_and_the_window_keeps_its_length() -> None:
    (event,) = events_of(written(replace(MUG, opens_at=MUG.opens_at + 999_999, closes_at=MUG.closes_at + 999_999)))
    assert (event["DTSTART"], event["DTEND"]) == ("20261106T190000Z", "20261106T191500Z")
