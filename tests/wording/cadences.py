"""All that can be noted about recurring drops, to proof-read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time

from bot.domain.cadence import Cadence
from bot.domain.cadence_mistakes import RuleMistakes
from bot.domain.cadence_parsing import read_rule, read_season
from bot.domain.pacing import PacedWindow, PacingRule, PacingRules, QuietHours, warnings
from bot.domain.planning import BrokenRule, PlanRefused
from bot.domain.recurrence import DaySpan
from bot.domain.time import DAY, HOUR, MINUTE, Micros
from bot.wording.cadence import cadence_notes, pacing_note, pacing_notes, rule_text
from bot.wording.catalogue import Wording
from bot.wording.next_drop import calendar_text, next_line
from bot.wording.planning import plan_answer
from tests.wording.saying import ANNOUNCED, CUE, EIGHT, OPEN, PLAN

RULES = (
    "friday 20:00",
    "tue, fri and sun 8pm until 2027-03-01",
    "every 2 weeks on friday 20:00, 12 times",
    "first, second, third, fourth, fifth and last friday 20:00",
    "every 3 months on the 1st and 15th 20:00",
    "last day of the month 20:00",
    "FREQ=MONTHLY;BYDAY=FR,-2SU;BYMONTHDAY=13,-2 20:00",
)
PACING = PacingRules(
    "Europe/Berlin", 2 * DAY, 2, (DaySpan(date(2026, 12, 24), date(2026, 12, 26)),), QuietHours(time(22), time(10))
)
SEASON = ("2027-03-28 02:30", "2027-10-31 02:30", "2026-12-05 20:00")


def cadence_of(text: str, *, starts: date | None = None, skipped: tuple[date, ...] = ()) -> Cadence:
    rule = read_rule(text)
    assert not isinstance(rule, RuleMistakes), rule
    return Cadence("mug", rule, "Europe/Berlin", starts, frozenset(skipped))


def crowded_plan() -> list[PacedWindow]:
    """Windows of four evenings that break every rule, the third one all of them at once."""
    begin = 1_798_063_200_000_000  # 2026-12-23T22:00:00Z, an hour before midnight in Berlin
    return [PacedWindow(begin + day * DAY, begin + day * DAY + HOUR, f"mug-{day}") for day in range(4)]


def every_cadence_note(words: Wording, now: Micros) -> Iterator[str]:
    for text in RULES:
        yield rule_text(words, cadence_of(text).rule)
    yield from cadence_notes(
        words, cadence_of("friday 20:00", skipped=(date(2026, 12, 24), date(2026, 12, 25))), now
    )
    season = read_season(SEASON)
    assert not isinstance(season, RuleMistakes), season
    yield from cadence_notes(words, Cadence("mug", season, "Europe/Berlin"), now)
    yield from cadence_notes(words, cadence_of("friday 20:00 until 2026-01-01"), now)
    found = warnings(crowded_plan(), PACING)
    yield from (pacing_note(words, each, PACING) for each in found if each.window.key == "mug-2")
    yield pacing_notes(words, found, PACING)[-1]
    broken = (
        BrokenRule(PacingRule.BLACKOUT, now, span="2026-12-24"),
        BrokenRule(PacingRule.QUIET_HOURS, now, span="22:00 to 10:00"),
        BrokenRule(PacingRule.GAP, now, "cap", now + DAY, limit=2 * DAY),
        BrokenRule(PacingRule.PER_WEEK, now, openings=3, limit=2),
    )
    yield plan_answer(words, PlanRefused((), broken), now)


def every_next_line(words: Wording, now: Micros) -> Iterator[str]:
    """What `!drop next` and a calendar can say."""
    early = replace(ANNOUNCED, plan=replace(PLAN, early="subscriber or vip", early_for=10 * MINUTE, early_units=24))
    cup = replace(ANNOUNCED, plan=replace(PLAN, key="cup", title="Blue Cup"), opens_at=EIGHT + DAY)
    yield from (calendar_text(words, plan) for plan in (PLAN, early.plan))
    yield next_line(words, [], now)
    yield next_line(words, [cup, early, CUE], now)
    yield next_line(words, [ANNOUNCED, OPEN], now)
    for drop in (replace(CUE, plan=replace(early.plan, opens_at=None)), replace(early, postponed_why="offline")):
        yield next_line(words, [drop], now)
        yield next_line(words, [replace(drop, plan=replace(drop.plan, early="", early_for=0))], now)
