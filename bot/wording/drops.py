"""What is on and what is next, what a person holds, and how a new drop was taken."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.drops import Drop, DropState
from bot.domain.text import label
from bot.domain.time import Micros
from bot.wording.about import About, about_drop, each_text, stock_text
from bot.wording.buttons import titled_claim_button
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.claims import LINE_CHARACTERS_MAX, numbers_text, packed_in
from bot.wording.early import early_values
from bot.wording.offers import offers_clause
from bot.wording.text import board_text, chat_line, chat_name, chat_text, packed, shown
from bot.wording.times import moment_text, stamp

_BOARD_FIELDS_MAX = 10
_TOKEN_CHARACTERS_MAX = 30
_BOARD_CHARACTERS_MAX = 3_500
Units = Sequence[tuple[str, int, int]]
"""Somebody's units: title, number and supply of each."""


def board_line(words: Wording, drops: Sequence[Drop], now: Micros) -> str:
    """What is on, what is next and how many are left, in one line of Twitch chat; what does not fit is left out."""
    parts = [_chat_part(words, drop, now) for drop in in_board_order(drops)]
    lines = packed("", parts, "", characters_max=LINE_CHARACTERS_MAX, between=" ")
    return chat_line(lines[0] if lines else words.say("board-empty"), characters_max=LINE_CHARACTERS_MAX)


def board_card(words: Wording, drops: Sequence[Drop], now: Micros) -> Card:
    """The same for Discord, a field for each drop and a Claim button for each that is open."""
    listed = in_board_order(drops)[:_BOARD_FIELDS_MAX]
    title = words.say("board-title", discord=True)
    if not listed:
        return Card(title, words.say("board-empty", discord=True))
    fields = tuple((board_text(d.title), _board_part(words, d, now)) for d in listed)
    claimable = [d for d in listed if d.open and not (d.paused or d.sold_out or d.frozen)][:5]
    return Card(
        title, "", fields=fields, buttons=tuple(titled_claim_button(words, d.key, d.title) for d in claimable)
    )


def in_board_order(drops: Sequence[Drop]) -> list[Drop]:
    """Open ones first, then what comes by its time and what waits for a cue, then what is over, newest first."""

    def rank(drop: Drop) -> tuple[int, Micros, str]:
        if drop.open:
            return (0, drop.closes_at or 0, drop.key)
        if drop.over:
            return (3, -(drop.closed_at or 0), drop.key)
        return (1, drop.opens_at, drop.key) if _has_time(drop) and drop.opens_at is not None else (2, 0, drop.key)

    return sorted((d for d in drops if d.state is not DropState.CANCELLED), key=rank)


def mine_text(words: Wording, name: str, held: Units, *, discord: bool, entries: Sequence[int] = ()) -> str:
    """What somebody holds. In chat with the name, since all can read it. `entries` are those of the ledger, one for
    each unit, or none to be named."""
    place = "" if discord else "-chat"
    who = shown(name, discord=True) if discord else chat_name(name)
    if not held:
        text = words.say(f"mine-nothing{place}", discord=discord, name=who)
        return text if discord else chat_line(text)
    units = [
        words.say("mine-unit", title=shown(title, discord=discord), number=number, supply=supply)
        for title, number, supply in held
    ]
    if entries:
        each = zip(units, entries, strict=True)
        units = [words.say("mine-unit-entry", unit=unit, entry=entry) for unit, entry in each]
    room = 1_800 if discord else LINE_CHARACTERS_MAX - 80
    listed = packed("", units, "", characters_max=room)[0]
    rest = len(units) - _count_listed(units, listed)
    if rest:
        listed = f"{listed} {words.say('list-more', count=rest)}"
    text = words.say(f"mine-units{place}", discord=discord, name=who, units=listed)
    return text if discord else chat_line(text)


def token_title(words: Wording, title: str, runs_until: Micros, now: Micros) -> str:
    """What a token is called among somebody's units: with the end of its time."""
    short = label(title, characters_max=_TOKEN_CHARACTERS_MAX)
    if runs_until <= now:
        return words.say("mine-token-over", title=short)
    return words.say("mine-token", title=short, when=moment_text(words, runs_until, now, discord=False))


def with_besides(line: str, besides: str) -> str:
    """What somebody holds, and what else is theirs, in one line of Twitch chat."""
    if not besides:
        return line
    return chat_line(f"{line} {besides}" if line.endswith(".") else f"{line}. {besides}")


def same_holding(held: Units) -> tuple[str, int] | None:
    """What people must have in common to be told in one line: nothing at all, or units of the same drop. None for
    units of several drops, which take a line of their own."""
    drops = {(title, supply) for title, _, supply in held} or {("", 0)}
    return drops.pop() if len(drops) == 1 else None


def mine_lines(words: Wording, held: Sequence[tuple[str, Units]], *, named_max: int) -> list[str]:
    """What several people hold who have `same_holding`, in lines of Twitch chat: named with their numbers. Above
    `named_max` those who hold nothing are counted."""
    title, supply = same_holding(held[0][1]) or ("", 0)
    if not supply and len(held) > named_max:
        return [chat_line(words.say("mine-nothing-crowd", count=len(held)), characters_max=LINE_CHARACTERS_MAX)]
    names = [f"@{chat_name(name)}" for name, _ in held]
    if not supply:
        return packed_in(words.say("mine-nothing-people", names="\0"), names)
    numbers = [numbers_text(words, [number for _, number, _ in units]) for _, units in held]
    owners = [f"{name} {owned}" for name, owned in zip(names, numbers, strict=True)]
    return packed_in(words.say("mine-units-people", title=chat_text(title), owners="\0", supply=supply), owners)


def _count_listed(units: Sequence[str], listed: str) -> int:
    length = 0
    for count, unit in enumerate(units, start=1):
        length += len(unit) + (2 if count > 1 else 0)
        if length >= len(listed):
            return count
    return len(units)


def _has_time(drop: Drop) -> bool:
    return not drop.on_cue and not drop.postponed_why and drop.opens_at is not None


def _chat_part(words: Wording, drop: Drop, now: Micros) -> str:
    key, about = _state_key(drop), about_drop(drop)
    at = drop.closes_at if drop.open else drop.opens_at
    when = "" if at is None else moment_text(words, at, now, discord=False)
    early = early_values(words, about, now, discord=False)
    part = words.say(
        f"board-{key}", discord=False, **_values(about), **early, title=chat_text(drop.title), when=when
    )
    return _with_passes(words, part, about, discord=False) if drop.open or key.startswith("next") else part


def _board_part(words: Wording, drop: Drop, now: Micros) -> str:
    key, about = _state_key(drop), about_drop(drop)
    at = drop.closes_at if drop.open else drop.opens_at
    when = "" if at is None else stamp(at) if drop.open else moment_text(words, at, now, discord=True)
    part = words.say(
        f"board-card-{key}",
        discord=True,
        **_values(about),
        when=when,
        stock=stock_text(words, about.supply, about.held_back),
        each=each_text(words, about.per_person, about.passes, discord=True),
        **early_values(words, about, now, discord=True),
    )
    # What is still to come says it with how many each gets.
    return _with_passes(words, part, about, discord=True) if drop.open else part


def _with_passes(words: Wording, part: str, about: About, *, discord: bool) -> str:
    """The part with what comes with each unit, if anything does."""
    if not about.passes:
        return part
    clause = offers_clause(words, about.passes, discord=discord)
    return f"{part} {words.say('board-with', discord=discord, passes=clause)}"


def _state_key(drop: Drop) -> str:
    key = _state_or_time(drop)
    early = (key == "open" and drop.early) or (drop.plan.early and key.startswith("next"))
    return f"{key}-early" if early else key


def _state_or_time(drop: Drop) -> str:
    if drop.over:
        return "over"
    if drop.frozen:
        return "frozen"
    if drop.open:
        return "sold-out" if drop.sold_out else "paused" if drop.paused else "open"
    if _has_time(drop):
        return "next"
    return "next-on-cue" if drop.on_cue else "next-waits"


def _values(about: About) -> dict[str, str | int]:
    return {
        "drop": about.drop,
        "left": about.units_left,
        "supply": about.supply,
        "claimed": about.claimed,
        "out": about.units_owned,
    }
