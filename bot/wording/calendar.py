"""A drop as an event of Discord's calendar."""

from __future__ import annotations

from bot.domain.calendar_step import NAME_CHARACTERS_MAX, CalendarEvent, marked
from bot.domain.drops import Drop
from bot.domain.text import label
from bot.domain.time import SECOND, Micros
from bot.wording.about import about_drop, each_text, stock_text
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.gates import people_text
from bot.wording.text import as_sentence, board_text
from bot.wording.times import span_text


def event_of(words: Wording, drop: Drop, place: str, *, in_chat: bool) -> CalendarEvent | None:
    """What the calendar shows of a drop whose time is known: when its first people are let in, until it closes.

    None for a drop on cue. `in_chat` says that there is a Twitch chat to claim it in."""
    begins_at, closes_at = drop.begins_at, drop.closes_at
    if not drop.open:
        closes_at = None if drop.opens_at is None else drop.opens_at + drop.plan.window
    if closes_at is None or (begins_at is None and not drop.open):
        return None
    return CalendarEvent(
        drop=drop.key,
        name=label(drop.title, characters_max=NAME_CHARACTERS_MAX) or drop.key,
        description=marked(_description(words, drop, in_chat=in_chat), drop.key),
        place=place,
        starts_at=None if drop.open or begins_at is None else _to_the_second(begins_at),
        ends_at=_to_the_second(closes_at),
    )


def calendar_refused_card(words: Wording, reason: str) -> Card:
    """For moderators: what we may not do, and how to change that."""
    text = words.say("calendar-refused", discord=True, reason=board_text(reason, characters_max=200))
    return Card(words.say("calendar-refused-title", discord=True), text)


def _description(words: Wording, drop: Drop, *, in_chat: bool) -> str:
    facts = about_drop(drop)
    said = words.say(
        "event-drop-early" if facts.early else "event-drop",
        discord=True,
        stock=stock_text(words, facts.supply, facts.held_back),
        each=each_text(words, facts.per_person, facts.passes, discord=True),
        span=span_text(words, facts.window),
        people=people_text(words, facts.early, discord=True) if facts.early else "",
        early_units=facts.early_units,
        supply=facts.supply,
        early_span=span_text(words, facts.early_for),
    )
    ways = [words.say("event-claim", discord=True, drop=drop.key)]
    if in_chat:
        ways.append(words.say("event-claim-chat", discord=False, drop=drop.key))
    return f"{as_sentence(said)} {', '.join(ways)}"


def _to_the_second(at: Micros) -> Micros:
    # Finer than what the calendar shows, and than what Discord gives back as it was written.
    return at // SECOND * SECOND
