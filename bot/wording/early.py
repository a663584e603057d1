"""What every sentence about an early window says: for whom it is, from when, how many, and when everybody comes."""

from __future__ import annotations

from bot.domain.announcing import NewsKind
from bot.domain.time import Micros
from bot.wording.about import About
from bot.wording.catalogue import Wording
from bot.wording.gates import people_text
from bot.wording.times import moment_text, span_text

_BEFORE = (NewsKind.ANNOUNCED, NewsKind.SOON, NewsKind.RESCHEDULED, NewsKind.MOVED)
_WHILE_OPEN = (NewsKind.OPENED, NewsKind.RESUMING, NewsKind.RESUMED, NewsKind.REOPENED)


def early_key(key: str, facts: About, kind: NewsKind) -> str:
    """The sentence to say in place of `key` of a drop whose early window is still to come, or is on."""
    speaks_of_it = bool(facts.early) if kind in _BEFORE else facts.is_early and kind in _WHILE_OPEN
    return f"{key}-early" if speaks_of_it else key


def early_values(words: Wording, facts: About, now: Micros, *, discord: bool) -> dict[str, str | int]:
    """What those sentences name: nothing for a drop without an early window."""
    if not facts.early:
        return {}
    public_at = facts.public_at if facts.is_early else facts.opens_at
    return {
        "people": people_text(words, facts.early, discord=discord),
        "begins": _moment(words, facts.begins_at, now, discord=discord),
        "public": _moment(words, public_at, now, discord=discord),
        "early_units": facts.early_units,
        "early_left": facts.early_left,
        "early_span": span_text(words, facts.early_for),
    }


def _moment(words: Wording, at: Micros | None, now: Micros, *, discord: bool) -> str:
    return "" if at is None else moment_text(words, at, now, discord=discord)
