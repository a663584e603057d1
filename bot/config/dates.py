"""What a streamer writes about dates: rules, seasons, days that are left out, hours that are quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import PlainValidator

from bot.config.values import Finding, refuse
from bot.domain.cadence import Season
from bot.domain.cadence_mistakes import DATE_CURE, RuleMistake, RuleMistakes, clock_of, date_of, plain_form, shown
from bot.domain.cadence_parsing import read_days, read_rule, read_season
from bot.domain.pacing import QuietHours
from bot.domain.recurrence import DaySpan, Rule

_RULE_CURE = 'Write it like "friday 20:00" or "every 2 weeks on sunday 18:30".'
_SEASON_CURE = 'Write a list, like ["2026-12-05 20:00", "2026-12-12 20:00"].'
_DAYS_CURE = 'Write a list, like ["2026-12-24", "2026-12-27 to 2027-01-06"].'
_QUIET_CURE = 'Write it like "23:00 to 08:00".'
# Of a longer one, the last date is a slip of the pen.
_SPAN_DAYS_MAX = 366


def _parse_rule(value: object) -> Rule:
    if not isinstance(value, str):
        refuse(Finding("a rule is text in quotes", _RULE_CURE))
    rule = read_rule(value)
    return rule if isinstance(rule, Rule) else _refuse_all(rule.mistakes)


def _parse_season(value: object) -> Season:
    season = read_season(_texts(value, _SEASON_CURE, _time_text))
    return season if isinstance(season, Season) else _refuse_all(season.mistakes, listed=True)


def _parse_days(value: object) -> tuple[DaySpan, ...]:
    read = [read_days(text) for text in _texts(value, _DAYS_CURE, _date_text)]
    wrong = [mistake for each in read if isinstance(each, RuleMistakes) for mistake in each.mistakes]
    if wrong:
        _refuse_all(wrong, listed=True)
    spans = [each for each in read if isinstance(each, DaySpan)]
    for span in spans:
        if span.last - span.first >= timedelta(days=_SPAN_DAYS_MAX):
            refuse(Finding(f"{span.first} to {span.last} is longer than a year", "Look at the years."))
    return tuple(spans)


def _parse_start(value: object) -> date:
    text = _date_text(value) if not isinstance(value, str) else value
    day = None if text is None else date_of(plain_form(text.strip()))
    if day is None:
        refuse(Finding("this is no date" if text is None else f"{shown(text)} is no date", DATE_CURE))
    return day


def _parse_quiet(value: object) -> QuietHours:
    begins, _, ends = plain_form(value).partition(" to ") if isinstance(value, str) else ("", "", "")
    first, last = clock_of(begins.strip()), clock_of(ends.strip())
    if first is None or last is None:
        refuse(Finding("these are no hours", _QUIET_CURE))
    if first == last:
        refuse(Finding("these hours end when they begin", _QUIET_CURE))
    return QuietHours(first, last)


def _texts(value: object, cure: str, text_of: Callable[[object], str | None]) -> list[str]:
    """The texts of a list; dates and times that stand there without quotes are fine as well."""
    if not isinstance(value, list):
        refuse(Finding("this has to be a list", cure))
    texts = [each if isinstance(each, str) else text_of(each) for each in value]
    if None in texts:
        refuse(Finding(f"entry {texts.index(None) + 1} is something else than text in quotes", cure))
    return [text for text in texts if text is not None]


def _time_text(value: object) -> str | None:
    if not isinstance(value, datetime) or value.tzinfo is not None:
        return None
    # Seconds are told by the text, and refused with it.
    return value.isoformat(" ", "auto" if value.second or value.microsecond else "minutes")


def _date_text(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else None


def _refuse_all(mistakes: Iterable[RuleMistake], *, listed: bool = False) -> Any:
    """Every mistake of a text, or of the texts of a list, which are then named."""
    refuse(
        *(
            Finding(
                f"{shown(each.text)}, character {each.at + 1}: {each.what}"
                if listed and each.text
                else f"character {each.at + 1}: {each.what}",
                each.cure,
                pointed=each.pointed,
            )
            for each in mistakes
        )
    )


RuleText = Annotated[Rule, PlainValidator(_parse_rule)]
SeasonTimes = Annotated[Season, PlainValidator(_parse_season)]
Days = Annotated[tuple[DaySpan, ...], PlainValidator(_parse_days)]
StartDate = Annotated[date, PlainValidator(_parse_start)]
Hours = Annotated[QuietHours, PlainValidator(_parse_quiet)]
