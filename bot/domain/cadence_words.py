"""A rule as a streamer writes it: "friday 20:00", "every 2 weeks on fri and sun 8pm", "first friday 20:00"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time

from bot.domain.cadence_mistakes import (
    CLOCK_CURE,
    DATE_CURE,
    Notes,
    RuleMistakes,
    clock_of,
    date_of,
    looks_like_clock,
    plain_form,
    shown,
)
from bot.domain.recurrence import COUNT_MAX, INTERVAL_MAX, Monthly, MonthWeekday, Rule, Weekly

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_NUMBERED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
_UNITS = {"week": "week", "weeks": "week", "month": "month", "months": "month"}
_FILLERS = frozenset({"every", "each", "on", "at", "of", "the", "and", "in"})
_KNOWN = (*_WEEKDAYS, *_ORDINALS, *_UNITS, *_FILLERS, "day", "daily", "other", "until", "times")
# A time of day may have a space before its pm; everything else ends at a space or between the days of a list.
_WORDS = re.compile(r"[0-9]{1,2}(?::[0-9]{2})?\s?[ap]m(?!\w)|[^\s,+&/]+", re.IGNORECASE)
_WEEKDAY_CURE = 'Name weekdays, like "friday", or "first friday" for once a month.'


@dataclass(frozen=True, slots=True)
class _Word:
    at: int
    text: str

    @property
    def number(self) -> int | None:
        return int(self.text) if re.fullmatch(r"[0-9]{1,6}", self.text) else None

    @property
    def weekday(self) -> int | None:
        """The day it names, in full, in the plural or by its first letters."""
        stem = self.text.removesuffix("s") if self.text.endswith("days") else self.text.removesuffix(".")
        named = [number for number, name in enumerate(_WEEKDAYS) if len(stem) >= 3 and name.startswith(stem)]
        return named[0] if named else None

    @property
    def ordinal(self) -> int | None:
        if numbered := _NUMBERED.fullmatch(self.text):
            return int(numbered[1])
        return _ORDINALS.get(self.text)


@dataclass(slots=True)
class _Reading:
    """What has been understood of a text so far."""

    notes: Notes
    words: list[_Word]
    weekdays: set[int] = field(default_factory=set)
    numbered: set[MonthWeekday] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    unit: str = ""
    interval: int | None = None
    clock: time | None = None
    count: int | None = None
    until: date | None = None
    first_day_at: int | None = None
    before: str = ""  # the word before the one that is read
    unclear: tuple[int, str] | None = None  # "every second friday", until a month is named

    def take(self) -> _Word | None:
        return self.words.pop(0) if self.words else None

    def peek(self) -> str:
        return self.words[0].text if self.words else ""

    def once(self, at: int, before: object, what: str, cure: str) -> bool:
        """Whether nothing stood there before; two of a kind are a mistake."""
        if before is None or before == "":
            return True
        self.notes.wrong(at, what, cure)
        return False


def read_words(text: str) -> Rule | RuleMistakes:
    """The rule that plain words describe, or everything that is wrong with them.

    Weekdays in a list, "every 2 weeks" or "every other", "first friday", "15th" or "last day" of a month, one time
    of day, and "until 2027-03-01" or "12 times"."""
    words = [_Word(found.start(), plain_form(found[0])) for found in _WORDS.finditer(text)]
    reading = _Reading(Notes(text), words)
    while (word := reading.take()) is not None:
        _read(reading, word)
        reading.before = word.text
    notes = reading.notes
    pattern = _pattern(reading, len(text))
    # What could not be read may be the very thing that is missing.
    if reading.clock is None and not notes.found:
        notes.wrong(len(text), "there is no time of day", 'Write it behind the days, like "friday 20:00".')
    if notes.found or pattern is None or reading.clock is None:
        return notes.all()
    return Rule(pattern, reading.clock, reading.count, reading.until)


def _read(reading: _Reading, word: _Word) -> None:
    if word.text in _FILLERS:
        return
    if word.text == "until":
        _read_until(reading, word)
    elif word.number is not None:
        _read_number(reading, word, word.number)
    elif word.text == "other":
        _set_interval(reading, word, 2)
        _take_unit(reading)
    elif word.text in _UNITS:
        _set_unit(reading, word)
    elif looks_like_clock(word.text) or ":" in word.text:
        _read_clock(reading, word)
    elif word.ordinal is not None:
        _read_ordinals(reading, word)
    elif word.weekday is not None:
        reading.first_day_at = word.at if reading.first_day_at is None else reading.first_day_at
        reading.weekdays.add(word.weekday)
    elif word.text in ("day", "daily"):
        reading.weekdays |= set(range(7))
    else:
        reading.notes.unknown(word.at, word.text, _KNOWN, _WEEKDAY_CURE)


def _read_clock(reading: _Reading, word: _Word) -> None:
    clock = clock_of(word.text)
    if clock is None:
        reading.notes.wrong(word.at, f"{shown(word.text)} is no time of day", CLOCK_CURE)
    elif reading.once(word.at, reading.clock, "there is a second time of day", "Give each time a drop of its own."):
        reading.clock = clock


def _read_until(reading: _Reading, word: _Word) -> None:
    written = reading.take()
    at, text = (word.at, "") if written is None else (written.at, written.text)
    day = date_of(text)
    if day is None:
        reading.notes.wrong(at, f"{shown(text)} is no date" if text else "until when is missing", DATE_CURE)
    elif reading.count is not None:
        reading.notes.wrong(word.at, "there is both a number of times and a last date", "Write one of them.")
    elif reading.once(word.at, reading.until, "there is a second last date", "Write one."):
        reading.until = day


def _read_number(reading: _Reading, word: _Word, number: int) -> None:
    following = reading.peek()
    if following in _UNITS:
        _set_interval(reading, word, number)
        _take_unit(reading)
    elif following in ("time", "times"):
        reading.take()
        if not 1 <= number <= COUNT_MAX:
            reading.notes.wrong(word.at, f"{number} is no number of times", f"Write 1 to {COUNT_MAX}.")
        elif reading.until is not None:
            reading.notes.wrong(word.at, "there is both a number of times and a last date", "Write one of them.")
        elif reading.once(word.at, reading.count, "there is a second number of times", "Write one."):
            reading.count = number
    elif following in ("day", "days"):
        reading.take()
        reading.notes.wrong(word.at, "days are not counted here", _WEEKDAY_CURE)
    else:
        cure = 'Write "20:00" for a time, "2 weeks" for an interval, "15th" for a day of the month.'
        reading.notes.wrong(word.at, f"{number} of what", cure)


def _set_interval(reading: _Reading, word: _Word, number: int) -> None:
    if not 1 <= number <= INTERVAL_MAX:
        reading.notes.wrong(word.at, f"{number} is no interval", f"Write 1 to {INTERVAL_MAX}.")
    elif reading.once(word.at, reading.interval, "there is a second interval", "Write one."):
        reading.interval = number


def _take_unit(reading: _Reading) -> None:
    # "every other friday" is every other week.
    if reading.peek() in _UNITS and (unit := reading.take()) is not None:
        _set_unit(reading, unit)


def _set_unit(reading: _Reading, word: _Word) -> None:
    unit = _UNITS[word.text]
    if reading.unit != unit and reading.once(
        word.at, reading.unit, "there are weeks and months", "Write one of them."
    ):
        reading.unit = unit


def _read_ordinals(reading: _Reading, word: _Word) -> None:
    """One or more of them, and the weekday that they number; without one they are days of the month."""
    ordinals = [word]
    while reading.words and (reading.peek() in ("and", "the") or reading.words[0].ordinal is not None):
        following = reading.words.pop(0)
        if following.ordinal is not None:
            ordinals.append(following)
    weekday = reading.words[0].weekday if reading.words else None
    of_days = reading.peek() in ("day", "days")
    if weekday is not None or of_days:
        reading.take()
    for each in ordinals:
        if weekday is None:
            _number_day(reading, each, of_days=of_days)
        else:
            _number_weekday(reading, each, weekday)
    if weekday is not None and reading.before in ("every", "each") and (word.ordinal or 0) > 1:
        reading.unclear = (word.at, f"{word.text} {_WEEKDAYS[weekday]}")


def _number_weekday(reading: _Reading, word: _Word, weekday: int) -> None:
    number = word.ordinal or 0
    if 1 <= abs(number) <= 5:
        reading.numbered.add(MonthWeekday(weekday, number))
    else:
        cure = 'Write "first" to "fifth", or "last".'
        reading.notes.wrong(word.at, f"no month has a {word.text} {_WEEKDAYS[weekday]}", cure)


def _number_day(reading: _Reading, word: _Word, *, of_days: bool) -> None:
    number = word.ordinal or 0
    if word.text in _ORDINALS and not of_days:
        reading.notes.wrong(word.at, f"{shown(word.text)} of what", 'Write "first friday" or "last day".')
    elif not 1 <= abs(number) <= 31:
        reading.notes.wrong(word.at, f"no month has a {word.text}", 'Write "1st" to "31st", or "last day".')
    else:
        reading.days.add(number)


def _pattern(reading: _Reading, end: int) -> Weekly | Monthly | None:
    interval = reading.interval or 1
    by_month = bool(reading.numbered or reading.days)
    notes = reading.notes
    if reading.unclear is not None and reading.unit != "month":
        at, said = reading.unclear
        cure = f'Write "every 2 weeks on {said.split()[1]}", or "{said} of the month".'
        notes.wrong(at, f'"every {said}" can be of some weeks or of the month', cure)
    elif reading.weekdays and by_month:
        cure = 'Number each weekday, like "first friday and first sunday".'
        notes.wrong(reading.first_day_at or 0, "some days are of every week and some of the month", cure)
    elif reading.numbered and reading.days:
        notes.wrong(0, "there are numbered weekdays and days of the month", "Give each a drop of its own.")
    elif reading.weekdays and reading.unit == "month":
        cure = 'Write which one of the month, like "first friday".'
        notes.wrong(reading.first_day_at or 0, "a month has several of these days", cure)
    elif by_month and (reading.unit == "week" or (reading.interval is not None and not reading.unit)):
        notes.wrong(0, "days of the month do not come every few weeks", 'Write "every 2 months".')
    elif by_month:
        return Monthly(tuple(sorted(reading.numbered)), tuple(sorted(reading.days)), interval)
    elif reading.weekdays:
        return Weekly(tuple(sorted(reading.weekdays)), interval)
    elif not notes.found:
        notes.wrong(end, "it does not say on which days", _WEEKDAY_CURE)
    return None
