"""Reads what is written about a cadence: a rule in words or as calendars do, a season's times, a span of dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from bot.domain.cadence import SEASON_MAX, Season
from bot.domain.cadence_mistakes import (
    CLOCK_CURE,
    DATE_CURE,
    TEXT_CHARACTERS_MAX,
    Notes,
    RuleMistakes,
    clock_of,
    date_of,
    plain_form,
    shown,
)
from bot.domain.cadence_rrule import read_rrule
from bot.domain.cadence_words import read_words
from bot.domain.recurrence import DaySpan, Rule

_SEASON_TIME = re.compile(r"\s*(?P<day>[^\stT]*)[tT]?\s*(?P<clock>\S*(?:\s+\S+)*)")
_SPAN = re.compile(r"\s+to\s+", re.IGNORECASE)


def read_rule(text: str) -> Rule | RuleMistakes:
    """The rule of `every = "friday 20:00"` or of `every = "FREQ=MONTHLY;BYDAY=1FR 20:00"`, or all its mistakes."""
    if len(text) > TEXT_CHARACTERS_MAX:
        notes = Notes(text)
        notes.wrong(TEXT_CHARACTERS_MAX, "this rule is too long", f"{TEXT_CHARACTERS_MAX} characters are enough.")
        return notes.all()
    return read_rrule(text) if "=" in text or text.strip().casefold().startswith("rrule:") else read_words(text)


def read_season(texts: Sequence[str]) -> Season | RuleMistakes:
    """Irregular local times, each like "2026-12-05 20:00", or the mistakes in any of them. One date has one time:
    an occurrence is known by its date."""
    times: dict[date, datetime] = {}
    wrong = []
    for text in texts[:SEASON_MAX]:
        notes = Notes(text)
        written = _SEASON_TIME.match(text[:TEXT_CHARACTERS_MAX])
        assert written is not None, "every part of it may be empty"
        day, clock = date_of(plain_form(written["day"])), clock_of(plain_form(written["clock"]))
        if day is None:
            at = written.start("day")
            notes.wrong(at, f"{shown(text[at:])} does not begin with a date", DATE_CURE)
        elif clock is None:
            said = f"{shown(written['clock'])} is no time of day" if written["clock"] else "there is no time of day"
            notes.wrong(written.start("clock"), said, CLOCK_CURE)
        elif day in times:
            notes.wrong(0, f"there are two times on {day}", "Give the second one a drop of its own.")
        else:
            times[day] = datetime.combine(day, clock)
        wrong += notes.found
    if not texts or len(texts) > SEASON_MAX:
        notes = Notes(texts[SEASON_MAX] if texts else "")
        cure = "Split it into two drops." if texts else 'Write at least one, like "2026-12-05 20:00".'
        notes.wrong(0, f"a season has 1 to {SEASON_MAX} dates, not {len(texts)}", cure)
        wrong += notes.found
    return RuleMistakes(tuple(wrong)) if wrong else Season(tuple(sorted(times.values())))


def read_days(text: str) -> DaySpan | RuleMistakes:
    """ "2026-12-24" or "2026-12-24 to 2027-01-06", the last day included."""
    notes = Notes(text)
    between = _SPAN.search(text)
    ends = (
        [(0, text)] if between is None else [(0, text[: between.start()]), (between.end(), text[between.end() :])]
    )
    days = []
    for at, word in ends:
        day = date_of(plain_form(word.strip()))
        if day is None:
            notes.wrong(at, f"{shown(word)} is no date", 'Write "2026-12-24" or "2026-12-24 to 2027-01-06".')
        else:
            days.append(day)
    if notes.found:
        return notes.all()
    if days[-1] < days[0]:
        notes.wrong(ends[-1][0], f"{days[-1]} is before {days[0]}", "Write the earlier date first.")
        return notes.all()
    return DaySpan(days[0], days[-1])
