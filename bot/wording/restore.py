"""Sentences and cards about a drop whose ledger was restored, and the number that a card shows, read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.domain.control import Verb
from bot.wording.about import About, about_of
from bot.wording.buttons import can_give, control_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.text import board_text
from bot.wording.times import stamp

_RANGES_MAX = 6


def ranges_text(words: Wording, ranges: Sequence[tuple[int, int]], *, discord: bool) -> str:
    """ "#4, #21 to #31": numbers by their first and last."""
    shown = [
        words.say("lost-one", discord=discord, number=first)
        if first == last
        else words.say("lost-range", discord=discord, first=first, last=last)
        for first, last in ranges[:_RANGES_MAX]
    ]
    rest = sum(last - first + 1 for first, last in ranges[_RANGES_MAX:])
    listed = ", ".join(shown)
    return f"{listed} {words.say('list-more', discord=discord, count=rest)}" if rest else listed


def lost_values(words: Wording, facts: About, *, discord: bool) -> dict[str, str]:
    """Which numbers were lost, and what their people are asked to do."""
    return {
        "numbers": ranges_text(words, facts.lost_ranges, discord=discord),
        "mend": words.say("lost-ask" if facts.units_to_give else "lost-tell", discord=discord),
    }


def thawed_variant(facts: About) -> str:
    """The end of the sentence's key: whether the drop runs now, and whether numbers were lost."""
    # In an early window it goes on for some only: the next news say when for everybody.
    runs = facts.state == "open" and not facts.paused and facts.units_left > 0 and not facts.is_early
    return f"thawed{'' if runs else '-waits'}{'-lost' if facts.lost_ranges else ''}"


def thawed_card(words: Wording, facts: About) -> Card:
    """What everybody reads on Discord when the drop has been checked."""
    text = words.say(
        f"card-{thawed_variant(facts)}",
        discord=True,
        left=facts.units_left,
        when="" if facts.closes_at is None else stamp(facts.closes_at),
        drop=facts.drop,
        **lost_values(words, facts, discord=True),
    )
    return Card(words.say("card-live-title", discord=True, title=board_text(facts.title)), text)


def frozen_card(words: Wording, about: Mapping[str, object]) -> Card:
    """For moderators: what stands still, and which command lets it go on."""
    facts = about_of(about)
    title = words.say("frozen-title", discord=True, title=board_text(facts.title))
    text = words.say(
        "frozen-text" if facts.last_number else "frozen-text-none",
        discord=True,
        title=board_text(facts.title),
        number=facts.last_number,
        restore=restore_command(facts.drop),
    )
    return Card(title, text)


def lost_card(words: Wording, about: Mapping[str, object]) -> Card:
    """For moderators: which numbers are gone, and how their people are helped."""
    facts = about_of(about)
    numbers = ranges_text(words, facts.lost_ranges, discord=True)
    return Card(
        words.say("lost-title", discord=True, title=board_text(facts.title), numbers=numbers),
        words.say("lost-text", discord=True, count=facts.units_to_give),
        buttons=(control_button(words, Verb.GIVE, facts.drop, enabled=can_give(facts)),),
    )


def restore_command(drop: str, number: int | None = None) -> str:
    """What the operator types on the bot's machine."""
    return f"microdrops restore --last-public {drop}={'N' if number is None else number}"


def last_number_field(words: Wording, facts: About) -> tuple[tuple[str, str], ...]:
    """How far the numbers have got, in a form that `read_last_number` finds again; nothing before the first."""
    if not facts.last_number:
        return ()
    value = words.say("card-last-number", discord=True, number=facts.last_number, supply=facts.supply)
    return ((words.say("card-field-last-number", discord=True), value),)


def read_last_number(words: Wording, fields: Iterable[tuple[str, str]]) -> int | None:
    """The number in a card's fields as `last_number_field` wrote it; None where there is none to be read."""
    frame = words.say("card-last-number", discord=True, number="\0", supply="\1")
    pattern = re.escape(frame).replace("\0", "(?P<number>[0-9]+)", 1).replace("\1", "[0-9]+")
    name = words.say("card-field-last-number", discord=True)
    for field, value in fields:
        found = re.fullmatch(pattern.replace("\0", "[0-9]+"), value) if field == name else None
        if found and "number" in found.groupdict():
            return int(found["number"])
    return None


def backups_failing_card(words: Wording, reason: str, last_good_at: int | None) -> Card:
    """For moderators: there is no fresh copy of the ledger."""
    key = "backups-failing-never" if last_good_at is None else "backups-failing"
    when = "" if last_good_at is None else stamp(last_good_at)
    text = words.say(key, discord=True, reason=board_text(reason, characters_max=200), when=when)
    return Card(words.say("backups-failing-title", discord=True), text)


def backups_work_card(words: Wording) -> Card:
    return Card(words.say("backups-work-title", discord=True), words.say("backups-work", discord=True))
