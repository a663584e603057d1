"""Notes of `microdrops plan` about recurring drops: rule, next times, skipped and doubled hours, pacing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from bot.domain.cadence import Cadence, Occurrence, Season, clock_changes, idle_skips, next_occurrences
from bot.domain.pacing import PacingRules, PacingWarning
from bot.domain.recurrence import MonthWeekday, Rule, Weekly
from bot.domain.time import Micros, local_text, span_text, utc_text
from bot.wording.catalogue import Wording

WARNINGS_SHOWN_MAX = 5

_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_WEEKDAYS = "Mon Tue Wed Thu Fri Sat Sun"


def cadence_notes(words: Wording, cadence: Cadence, now: Micros) -> list[str]:
    """All there is to know about one cadence before it is saved: the rule with its next five times, what a clock
    change does to any of the coming year, and dates that are skipped for nothing."""
    return [
        next_note(words, cadence, next_occurrences(cadence, now)),
        *(change_note(words, cadence, each) for each in clock_changes(cadence, now)),
        *(words.say("cadence-idle-skip", drop=cadence.drop, day=day.isoformat()) for day in idle_skips(cadence)),
    ]


def rule_text(words: Wording, rule: Rule | Season) -> str:
    """ "every Fri at 20:00", as a clause."""
    if isinstance(rule, Season):
        return words.say("cadence-season", count=len(rule.times))
    interval = rule.pattern.interval
    weekly = isinstance(rule.pattern, Weekly)
    key = f"cadence-{'week' if weekly else 'month'}{'s' if interval > 1 else 'ly'}"
    text = words.say(key, count=interval, days=_days(words, rule), clock=f"{rule.clock:%H:%M}")
    if rule.count is not None:
        return words.say("cadence-times", rule=text, count=rule.count)
    return text if rule.until is None else words.say("cadence-until", rule=text, day=rule.until.isoformat())


def next_note(words: Wording, cadence: Cadence, occurrences: Sequence[Occurrence]) -> str:
    """The rule and its next times, by the clocks of its zone and in UTC."""
    zone = ZoneInfo(cadence.zone)
    times = [
        words.say("cadence-time", local=local_text(each.opens_at, zone), utc=utc_text(each.opens_at))
        for each in occurrences
    ]
    key = "cadence-next" if times else "cadence-next-none"
    rule = rule_text(words, cadence.rule)
    return words.say(key, drop=cadence.drop, rule=rule, zone=cadence.zone, times="; ".join(times))


def change_note(words: Wording, cadence: Cadence, occurrence: Occurrence) -> str:
    """What becomes of a time that the clocks skip or repeat; the occurrence must be one of those."""
    return words.say(
        f"cadence-{occurrence.change}",
        drop=cadence.drop,
        local=f"{occurrence.local:%Y-%m-%d %H:%M}",
        opens=local_text(occurrence.opens_at, ZoneInfo(cadence.zone)),
    )


def pacing_notes(words: Wording, found: Sequence[PacingWarning], rules: PacingRules) -> list[str]:
    """Each warning with the name of its rule; of many the first, and how many more."""
    notes = [pacing_note(words, warning, rules) for warning in found[:WARNINGS_SHOWN_MAX]]
    more = len(found) - len(notes)
    return [*notes, words.say("pacing-more", count=more)] if more else notes


def pacing_note(words: Wording, warning: PacingWarning, rules: PacingRules) -> str:
    """One broken rule, by its name."""
    zone = ZoneInfo(rules.zone)
    other = warning.other
    return words.say(
        f"pacing-{warning.rule}",
        drop=warning.window.key,
        opens=local_text(warning.window.opens_at, zone),
        other="" if other is None else other.key,
        other_opens="" if other is None else local_text(other.opens_at, zone),
        day="" if warning.day is None else warning.day.isoformat(),
        begins="" if rules.quiet is None else f"{rules.quiet.begins:%H:%M}",
        ends="" if rules.quiet is None else f"{rules.quiet.ends:%H:%M}",
        gap=span_text(rules.gap_min),
        count=warning.count,
        limit=rules.per_week_max or 0,
    )


def _days(words: Wording, rule: Rule) -> str:
    names = words.say("time-weekdays").split()
    # A translation that does not have seven words cannot name the days.
    weekdays = names if len(names) == 7 else _WEEKDAYS.split()
    pattern = rule.pattern
    if isinstance(pattern, Weekly):
        return _listed(weekdays[weekday] for weekday in pattern.weekdays)
    # As the month has them: what is counted from its end comes last.
    by_ordinal = sorted(pattern.weekdays, key=lambda day: (day.ordinal < 0, day.ordinal, day.weekday))
    named = _listed(_month_weekday(words, day, weekdays[day.weekday]) for day in by_ordinal)
    numbered = _listed(_month_day(words, number) for number in sorted(pattern.days, key=lambda day: (day < 0, day)))
    return words.say("cadence-both", weekdays=named, days=numbered) if named and numbered else named or numbered


def _month_weekday(words: Wording, day: MonthWeekday, name: str) -> str:
    if day.ordinal == 0:
        return name
    if day.ordinal in _ORDINALS:
        return words.say(f"cadence-{_ORDINALS[day.ordinal]}", day=name)
    return words.say("cadence-from-end", day=name, number=-day.ordinal)


def _month_day(words: Wording, number: int) -> str:
    if number == -1:
        return words.say("cadence-day-last")
    return words.say("cadence-day" if number > 0 else "cadence-day-from-end", number=abs(number))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
