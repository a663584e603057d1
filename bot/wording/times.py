"""Instants and spans in a person's words: "20:00 (in 12 min)" in chat, Discord's own stamps on Discord."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.domain.time import DAY, HOUR, MINUTE, SECOND, Micros, in_zone
from bot.wording.catalogue import Wording

_SECONDS_SHOWN_BELOW = 90 * SECOND
_TIMED_BELOW_MINUTES = 10


def span_text(words: Wording, span: Micros) -> str:
    """A span rounded to what a person needs: seconds below a minute and a half, then minutes, hours, days."""
    span = max(0, span)
    if span < _SECONDS_SHOWN_BELOW and span % MINUTE:
        return words.say("time-seconds", count=-(-span // SECOND))
    minutes = (span + MINUTE // 2) // MINUTE
    if minutes < 60:
        return words.say("time-minutes", count=minutes)
    if span < DAY:
        hours, rest = divmod(minutes, 60)
        if rest:
            return words.say("time-hours-minutes", count=hours, minutes=rest)
        return words.say("time-hours", count=hours)
    days = (span + DAY // 2) // DAY
    return words.say("time-day") if days == 1 else words.say("time-days", count=days)


def timer_text(words: Wording, span: Micros) -> str:
    """A span that people watch run down: to the second below ten minutes, where a rounded minute is wrong."""
    seconds = -(-max(0, span) // SECOND)
    minutes, rest = divmod(seconds, 60)
    if minutes >= _TIMED_BELOW_MINUTES:
        return span_text(words, span)
    if rest and minutes < 2:
        return words.say("time-seconds", count=seconds)
    if rest:
        return words.say("time-minutes-seconds", minutes=minutes, seconds=rest)
    return words.say("time-minutes", count=minutes) if minutes else words.say("time-seconds", count=0)


def undo_text(words: Wording) -> str:
    """How long a moderator can take back their last step."""
    return span_text(words, words.undo_within)


def moment_text(words: Wording, at: Micros, now: Micros, *, discord: bool) -> str:
    """When, for a sentence with "at" or "until": the clock time and how far off it is."""
    if discord:
        seconds = at // SECOND
        style = "t" if at - now < 20 * HOUR else "f"
        return f"<t:{seconds}:{style}> (<t:{seconds}:R>)"
    clock = _clock_text(words, at, now)
    return clock if at <= now else words.say("time-coming", clock=clock, span=span_text(words, at - now))


def other_moment_text(words: Wording, at: Micros, other: Micros, now: Micros, *, discord: bool) -> str:
    """When, beside another instant that has just been named: with its day where that is another one."""
    zone = ZoneInfo(words.zone)
    same_day = in_zone(at, zone).date() == in_zone(other, zone).date()
    if discord:
        return f"<t:{at // SECOND}:{'t' if same_day else 'f'}>"
    return in_zone(at, zone).strftime("%H:%M") if same_day else _on_day(words, at, now)


def stamp(at: Micros) -> str:
    """Discord's own count-down, which every reader's client keeps up to date."""
    return f"<t:{at // SECOND}:R>"


def _clock_text(words: Wording, at: Micros, now: Micros) -> str:
    zone = ZoneInfo(words.zone)
    there = in_zone(at, zone)
    today = in_zone(now, zone)
    clock = there.strftime("%H:%M")
    if abs(at - now) < 12 * HOUR or there.date() == today.date():
        return clock
    return _on_day(words, at, now)


def _on_day(words: Wording, at: Micros, now: Micros) -> str:
    there = in_zone(at, ZoneInfo(words.zone))
    clock = there.strftime("%H:%M")
    if 0 < at - now < 6 * DAY:
        weekdays = words.say("time-weekdays").split()
        if len(weekdays) == 7:
            return words.say("time-on-day", clock=clock, day=weekdays[there.weekday()])
    return words.say("time-on-day", clock=clock, day=there.strftime("%Y-%m-%d"))
