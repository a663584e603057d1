"""What is wrong with a script only when its parts are held side by side: told along with the mistakes of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from bot.config.mistakes import KeyPath, nearest
from bot.config.values import Finding
from bot.rehearsal.faults import CLOCK_BACK_SECONDS_MAX, FAULTS
from bot.rehearsal.options import Tempo
from bot.rehearsal.script import Anchor
from bot.rehearsal.script_parts import FAULT_OPTIONS, choose, parse_moment

Doubt = tuple[KeyPath, Finding]


def doubts(document: Mapping[str, Any]) -> Iterator[Doubt]:
    """Of a script as it was written: whatever else is wrong in it, these are read as far as they can be."""
    yield from _pause(document)
    for number, fault in _tables(document, "faults"):
        for key, finding in _of_fault(fault):
            yield ("faults", number, key), finding
    for number, expected in _tables(document, "expects"):
        if "at_least" not in expected and "at_most" not in expected:
            yield ("expects", number, "at_least"), Finding("nothing is expected of it", "Add at_least or at_most.")
    yield from _names(document)


def no_such_drop(key: str, keys: Sequence[str]) -> Finding:
    return Finding(f'there is no drop "{key}"', nearest(key, keys) or choose(keys))


def _tables(document: Mapping[str, Any], section: str) -> list[tuple[int, Mapping[str, Any]]]:
    tables = document.get(section)
    listed = tables if isinstance(tables, list) else []
    return [(number, table) for number, table in enumerate(listed) if isinstance(table, dict)]


def _pause(document: Mapping[str, Any]) -> Iterator[Doubt]:
    tempo = document.get("tempo")
    given = tempo if isinstance(tempo, dict) else {}
    pause = given.get("offline_pause", Tempo().offline_pause)
    close = given.get("offline_close", Tempo().offline_close)
    if isinstance(pause, int) and isinstance(close, int) and pause >= close:
        cure = "The drop pauses first and closes later: give the close more time."
        yield ("tempo", "offline_close"), Finding("it is not longer than offline_pause", cure)


def _of_fault(table: Mapping[str, Any]) -> Iterator[tuple[str, Finding]]:
    fault = FAULTS.get(str(table.get("name", "")))
    if "at" in table and "chance" in table:
        cure = "Leave at out: the seed chooses the moment of what happens by chance."
        yield "chance", Finding("there is both at and chance", cure)
    if fault is None:
        return
    has = choose(fault.options) if fault.options else "Leave it out: this fault has none."
    for key in FAULT_OPTIONS:
        if key in table and key not in fault.options:
            yield key, Finding(f"{fault.name} has no such option", has)
    by = table.get("by", 0)
    if "by" not in fault.options or not isinstance(by, (int, float)):
        return
    if by < 0 and fault.where != "clock":
        yield "by", Finding("only a clock can be set back", "Write a number of seconds, 0 or more.")
    elif by < -CLOCK_BACK_SECONDS_MAX:
        cure = f"Write -{CLOCK_BACK_SECONDS_MAX} or more: every drop stays open longer by as much."
        yield "by", Finding(f"the clock cannot be set back by {-by:g} s in a play", cure)


def _names(document: Mapping[str, Any]) -> Iterator[Doubt]:
    drops = _tables(document, "drops")
    keys = [str(drop["name"]) for _, drop in drops if "name" in drop]
    polls = [str(poll.get("name", "")) for _, poll in _tables(document, "polls")]
    met: set[str] = set()
    for number, drop in drops:
        key = str(drop.get("name", ""))
        if key and key in met:
            yield ("drops", number, "name"), Finding(f'there is already a drop "{key}"', "Give it another name.")
        met.add(key)
    yield from _of_polls(document, polls, met)
    # Whether the drops of the configuration are meant rightly shows when it is read.
    if not keys or len(keys) < len(drops):
        return
    early = [str(drop["name"]) for _, drop in drops if drop.get("early")]
    for section in ("polls", "cues", "faults"):
        for number, table in _tables(document, section):
            anchor, drop_named = _named_by(table.get("at"))
            if drop_named in polls:
                continue
            if drop_named and drop_named not in keys:
                yield (section, number, "at"), no_such_drop(drop_named, [*keys, *polls])
            elif anchor is Anchor.EARLY and (drop_named or keys[0]) not in early:
                what = f'the drop "{drop_named or keys[0]}" has no early window'
                yield (section, number, "at"), Finding(what, 'Count from "opens", or say for whom it opens early.')
    for number, expected in _tables(document, "expects"):
        meant = expected.get("drop")
        if meant and isinstance(meant, str) and meant not in keys:
            yield ("expects", number, "drop"), no_such_drop(meant, keys)


def _of_polls(document: Mapping[str, Any], polls: Sequence[str], drops: Collection[str]) -> Iterator[Doubt]:
    for number, name in enumerate(polls):
        if name and name in (*drops, *polls[:number]):
            yield ("polls", number, "name"), Finding(f'there is already a "{name}"', "Give it another name.")
    for section in ("polls", "cues", "faults"):
        for number, table in _tables(document, section):
            anchor, named = _named_by(table.get("at"))
            if section == "polls" and anchor is Anchor.OPENED:
                cure = 'Count from "opens", "closes" or "begins", which are known ahead.'
                yield (section, number, "at"), Finding("nobody knows ahead when that will be", cure)
            elif section == "polls" and named and named in polls[number:]:
                cure = "Count from a drop, or from a poll that stands before this one."
                yield (section, number, "at"), Finding("that poll comes later in the script", cure)
            elif named in polls and anchor in (Anchor.ANNOUNCED, Anchor.EARLY):
                cure = f'Write "{named} opens", "{named} opened" or "{named} closes".'
                yield (section, number, "at"), Finding(f'"{named}" is a poll, which just opens and closes', cure)


def _named_by(moment: object) -> tuple[Anchor | None, str]:
    """What a moment counts from, and the drop that it names, "" for none; None where it is no moment."""
    try:
        parsed = parse_moment(moment)
    except PydanticCustomError:
        return None, ""
    return parsed.anchor, parsed.drop
