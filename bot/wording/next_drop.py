"""What comes next: which drop, when, and who may come early, in a line of Twitch chat and in a calendar."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.drop_plan import DropPlan
from bot.domain.drops import Drop, DropState
from bot.domain.time import Micros
from bot.wording.about import each_text, stock_text
from bot.wording.catalogue import Wording
from bot.wording.gates import people_text
from bot.wording.text import chat_line, chat_text, packed
from bot.wording.times import moment_text, span_text

_SHOWN_MAX = 3
_LINE_CHARACTERS_MAX = 450


def next_line(words: Wording, drops: Sequence[Drop], now: Micros) -> str:
    """The next drop that viewers know of, with all there is to say of it, and when those after it come; what does
    not fit is left out."""
    coming = sorted((drop for drop in drops if drop.state is DropState.ANNOUNCED), key=_by_time)[:_SHOWN_MAX]
    if not coming:
        return chat_line(words.say("next-none"))
    said = [_first(words, coming[0], now), *(_then(words, drop, now) for drop in coming[1:] if _has_time(drop))]
    return chat_line(packed("", said, "", characters_max=_LINE_CHARACTERS_MAX, between=" ")[0])


def calendar_text(words: Wording, plan: DropPlan) -> str:
    """What a calendar says of a window, besides its title and its times."""
    stock = f"{stock_text(words, plan.supply, plan.held_back)}, {each_text(words, plan.per_person, plan.passes)}"
    if not plan.early:
        return words.say("calendar-drop", stock=stock)
    whom = people_text(words, plan.early, discord=False)
    return words.say("calendar-drop-early", stock=stock, whom=whom, span=span_text(words, plan.early_for))


def _first(words: Wording, drop: Drop, now: Micros) -> str:
    plan, early = drop.plan, "-early" if drop.plan.early else ""
    key = "next-drop" if _has_time(drop) else "next-drop-on-cue" if drop.on_cue else "next-drop-waits"
    return words.say(
        f"{key}{early}",
        title=chat_text(drop.title),
        when=_when(words, drop.opens_at, now),
        early_when=_when(words, drop.begins_at, now),
        whom=people_text(words, plan.early, discord=False) if plan.early else "",
        span=span_text(words, plan.early_for),
    )


def _then(words: Wording, drop: Drop, now: Micros) -> str:
    return words.say("next-drop-then", title=chat_text(drop.title), when=_when(words, drop.opens_at, now))


def _when(words: Wording, at: Micros | None, now: Micros) -> str:
    return "" if at is None else moment_text(words, at, now, discord=False)


def _by_time(drop: Drop) -> tuple[bool, Micros, str]:
    return not _has_time(drop), drop.begins_at or 0, drop.key


def _has_time(drop: Drop) -> bool:
    return drop.opens_at is not None and not drop.on_cue and not drop.postponed_why
