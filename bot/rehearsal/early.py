"""The early windows of a drop and what went in them, as its own entries have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.rehearsal.evidence import Case, JudgedDrop, Who
from bot.rehearsal.gate_text import GateText, read_gate
from bot.rehearsal.ledger import EntryRow
from bot.rehearsal.linked import together


@dataclass(frozen=True, slots=True)
class EarlyGrant:
    """A unit that was claimed while only some were to be let in; `people` are the accounts of whoever got it."""

    entry: EntryRow
    number: int
    who: Who
    people: frozenset[Who]


def gate_of(case: Case, drop: JudgedDrop) -> GateText | None:
    """Who is let in early: as the script says it, where it writes it as the ledger does, else as the ledger made it
    public. None when neither can be read."""
    found = read_gate(drop.early)
    for entry in case.ledger.entries:
        if found is None and entry.kind == "drop.planned" and entry.drop == drop.key:
            found = read_gate(str(entry.public.get("early", "")))
    return found


def early_spans(entries: Iterable[EntryRow], drop: JudgedDrop) -> list[tuple[int, int]]:
    """The spans [from, to) in which only some were let in: from the opening to the instant that was told with it,
    and where the clock opens, not before the one that was advertised. What a pause takes is added at its end."""
    spans: list[tuple[int, int]] = []
    begin: int | None = None
    until = 0
    for entry in entries:
        if entry.drop != drop.key:
            continue
        said = entry.public.get("public_at")
        match entry.kind:
            case "drop.opened" if said is not None or drop.early:
                begin, until = entry.at, int(said or 0)
                if drop.opens_at is not None and "by" not in entry.secret:
                    until = max(until, drop.opens_at)
            case "drop.resumed" | "drop.thawed" if begin is not None and said is not None:
                until = int(said)
            case "drop.closed" | "drop.returned" | "drop.cancelled" if begin is not None:
                spans.append((begin, min(until, entry.at)))
                begin = None
    if begin is not None:
        spans.append((begin, until))
    return [(start, end) for start, end in spans if start < end]


def early_grants(case: Case, drop: JudgedDrop) -> Iterator[EarlyGrant]:
    """By the moment of the entry, or because the entry says so itself."""
    spans = early_spans(case.ledger.entries, drop)
    for entry in case.ledger.entries:
        if entry.drop != drop.key or entry.kind != "unit.granted" or entry.public.get("how") != "claim":
            continue
        if entry.public.get("window") == "early" or any(start <= entry.at < end for start, end in spans):
            who = (str(entry.secret.get("platform", "")), str(entry.secret.get("user", "")))
            people = together(case.links, who, entry.number)
            yield EarlyGrant(entry, int(entry.public.get("number", 0)), who, people)
