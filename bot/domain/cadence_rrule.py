"""A rule as calendars write it, "FREQ=WEEKLY;BYDAY=FR 20:00": what of RFC 5545 fits drops, read and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time

from bot.domain.cadence_mistakes import CLOCK_CURE, Notes, RuleMistakes, clock_of, plain_form, shown
from bot.domain.recurrence import (
    COUNT_MAX,
    FIRST_DAY,
    INTERVAL_MAX,
    LAST_DAY,
    WEEKDAYS,
    Monthly,
    MonthWeekday,
    Rule,
    Weekly,
)

_KEYS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL", "WKST")
_BYDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CURES = {
    "BYHOUR": "Leave it out and write the time of day behind the rule, like 20:00.",
    "BYMINUTE": "Leave it out and write the time of day behind the rule, like 20:00.",
    "DTSTART": "Leave it out: the first date has a key of its own.",
    "BYSETPOS": "Leave it out and number the weekday, like BYDAY=1FR or BYDAY=-1SU.",
    "EXDATE": "Leave it out: skipped dates have a key of their own.",
}

# The parts of a rule by key: where the part begins, where its value does, and the value in capitals.
_Parts = dict[str, tuple[int, int, str]]


def read_rrule(text: str) -> Rule | RuleMistakes:
    """ "FREQ=MONTHLY;BYDAY=1FR 20:00" as a rule, or everything that is wrong with it.

    Known are FREQ=WEEKLY and MONTHLY, INTERVAL, BYDAY (numbered within a month), BYMONTHDAY, and COUNT or UNTIL,
    which is a local date; the time of day stands behind."""
    notes = Notes(text)
    end, clock = _clock(text, notes)
    parts = _parts(text, end, notes)
    interval = _number(parts, "INTERVAL", INTERVAL_MAX, notes)
    count = _number(parts, "COUNT", COUNT_MAX, notes)
    until = _until(parts, notes)
    if "COUNT" in parts and "UNTIL" in parts:
        notes.wrong(parts["UNTIL"][0], "there is both COUNT and UNTIL", "Write one of them.")
    if "WKST" in parts and parts["WKST"][2] != "MO":
        notes.wrong(parts["WKST"][1], "weeks begin on Monday here", "Leave WKST out.")
    pattern = _pattern(parts, interval or 1, text, notes)
    if notes.found or pattern is None or clock is None:
        return notes.all()
    return Rule(pattern, clock, count, until)


def rrule_text(rule: Rule) -> str:
    """The one way to write a rule, to be kept: `read_rrule` reads the same rule from it."""
    pattern = rule.pattern
    parts = [f"FREQ={'WEEKLY' if isinstance(pattern, Weekly) else 'MONTHLY'}"]
    if pattern.interval > 1:
        parts.append(f"INTERVAL={pattern.interval}")
    if isinstance(pattern, Weekly):
        parts.append(f"BYDAY={','.join(WEEKDAYS[weekday] for weekday in pattern.weekdays)}")
    else:
        if pattern.weekdays:
            named = (f"{day.ordinal or ''}{WEEKDAYS[day.weekday]}" for day in pattern.weekdays)
            parts.append(f"BYDAY={','.join(named)}")
        if pattern.days:
            parts.append(f"BYMONTHDAY={','.join(map(str, pattern.days))}")
    if rule.count is not None:
        parts.append(f"COUNT={rule.count}")
    if rule.until is not None:
        parts.append(f"UNTIL={rule.until:%Y%m%d}")
    return f"{';'.join(parts)} {rule.clock:%H:%M}"


def _clock(text: str, notes: Notes) -> tuple[int, time | None]:
    """Where the rule ends before the time of day, and that time."""
    # Spaces between the parts are no harm: what follows the last value is the time.
    last = text.rfind("=")
    gap = re.search(r"(?<=\S)\s+(?:at\s+)?(?=\S)", text[last + 1 :].rstrip(), re.IGNORECASE)
    if gap is not None:
        at = last + 1 + gap.end()
        clock = clock_of(plain_form(text[at:].strip()))
        if clock is None:
            notes.wrong(at, f"{shown(text[at:].strip())} is no time of day", CLOCK_CURE)
        return last + 1 + gap.start(), clock
    notes.wrong(len(text), "there is no time of day", 'Write it behind the rule, like "20:00".')
    return len(text), None


def _parts(text: str, end: int, notes: Notes) -> _Parts:
    start = re.match(r"\s*(?:rrule:)?", text, re.IGNORECASE)
    at = start.end() if start else 0
    parts: _Parts = {}
    for written in re.finditer(r"[^;]+", text[:end]):
        begin = max(written.start(), at)
        part = text[begin : written.end()]
        begin += len(part) - len(part.lstrip())
        part = part.strip()
        if not part:
            continue
        key, equals, value = part.partition("=")
        name = key.strip().upper()
        value_at = begin + len(key) + len(equals) + len(value) - len(value.lstrip())
        if not equals:
            notes.wrong(begin, f'{shown(part)} has no "="', "Write it like BYDAY=FR.")
        elif name not in _KEYS and name in _CURES:
            notes.wrong(begin, f"{name} is not taken here", _CURES[name])
        elif name not in _KEYS:
            notes.unknown(begin, name, _KEYS, f"Known are {', '.join(_KEYS)}.")
        elif name in parts:
            notes.wrong(begin, f"{name} stands there twice", "Write it once.")
        else:
            # Capitals of other scripts may be longer than the letter, and positions would shift.
            parts[name] = (begin, value_at, value.strip().upper() if value.isascii() else value.strip())
    return parts


def _number(parts: _Parts, key: str, most: int, notes: Notes) -> int | None:
    if key not in parts:
        return None
    _, at, value = parts[key]
    # int() would also take signs, "1_0" and the digits of other scripts.
    if re.fullmatch(r"[0-9]{1,6}", value) and 1 <= int(value) <= most:
        return int(value)
    notes.wrong(at, f"{shown(value)} is no number for {key}", f"Write a whole number from 1 to {most}.")
    return None


def _until(parts: _Parts, notes: Notes) -> date | None:
    if "UNTIL" not in parts:
        return None
    _, at, value = parts["UNTIL"]
    if written := _UNTIL.fullmatch(value):
        try:
            day = date(*map(int, written.groups()))
        except ValueError:
            day = None
        if day is not None and FIRST_DAY <= day <= LAST_DAY:
            return day
    cure = "Write the last local date that counts, without a time, like UNTIL=20271231."
    notes.wrong(at, f"{shown(value)} is no date for UNTIL", cure)
    return None


def _pattern(parts: _Parts, interval: int, text: str, notes: Notes) -> Weekly | Monthly | None:
    if "FREQ" not in parts:
        notes.wrong(len(text) - len(text.lstrip()), "FREQ is missing", "Begin with FREQ=WEEKLY or FREQ=MONTHLY.")
        return None
    _, at, frequency = parts["FREQ"]
    weekdays = tuple(_weekdays(parts, frequency, notes))
    days = tuple(_days(parts, frequency, notes))
    if frequency == "WEEKLY":
        if "BYDAY" not in parts:
            notes.wrong(at, "it does not say on which weekdays", "Add them, like BYDAY=FR or BYDAY=FR,SU.")
        return Weekly(tuple(sorted({day.weekday for day in weekdays})), interval)
    if frequency == "MONTHLY":
        if "BYDAY" not in parts and "BYMONTHDAY" not in parts:
            notes.wrong(at, "it does not say on which days", "Add them, like BYDAY=1FR or BYMONTHDAY=15.")
        return Monthly(tuple(sorted(set(weekdays))), tuple(sorted(set(days))), interval)
    cure = "Write WEEKLY or MONTHLY; each day is FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU."
    notes.wrong(at, f"{shown(frequency)} is no frequency for drops", cure)
    return None


def _weekdays(parts: _Parts, frequency: str, notes: Notes) -> Iterator[MonthWeekday]:
    for at, word in _listed(parts, "BYDAY"):
        found = _BYDAY.fullmatch(word)
        ordinal = int(found[1]) if found and found[1] else 0
        if found is None or (found[1] and not 1 <= abs(ordinal) <= 5):
            cure = "Write MO, TU, WE, TH, FR, SA or SU, within a month numbered like 1FR or -1SU."
            notes.wrong(at, f"{shown(word)} is no weekday", cure)
        elif ordinal and frequency == "WEEKLY":
            cure = f"Write {found[2]} alone, or FREQ=MONTHLY."
            notes.wrong(at, f"{shown(word)}: weekdays are numbered within a month alone", cure)
        else:
            yield MonthWeekday(WEEKDAYS.index(found[2]), ordinal)


def _days(parts: _Parts, frequency: str, notes: Notes) -> Iterator[int]:
    if "BYMONTHDAY" in parts and frequency == "WEEKLY":
        notes.wrong(parts["BYMONTHDAY"][0], "a week has no days of the month", "Write FREQ=MONTHLY.")
        return
    for at, word in _listed(parts, "BYMONTHDAY"):
        if re.fullmatch(r"[+-]?[0-9]{1,2}", word) and 1 <= abs(int(word)) <= 31:
            yield int(word)
        else:
            notes.wrong(at, f"{shown(word)} is no day of the month", "Write 1 to 31, or -1 for the last.")


def _listed(parts: _Parts, key: str) -> Iterator[tuple[int, str]]:
    if key in parts:
        _, at, value = parts[key]
        for word in value.split(","):
            yield at + len(word) - len(word.lstrip()), word.strip()
            at += len(word) + 1
