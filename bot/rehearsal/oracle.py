"""What could have happened: windows, demand and order, worked out anew from what was delivered and entered.

Written apart from the bot's rules on purpose, and simpler: where two sockets or a clock tick leave it open what the
bot had to decide, the oracle allows either.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.rehearsal.evidence import Ask, Case, JudgedDrop
from bot.rehearsal.ledger import EntryRow
from bot.rehearsal.trouble import UNDER_WAY

_FOR_EVER = 2**63


@dataclass(slots=True)
class Windows:
    """The spans [from, to) in which a drop could be claimed, as its own entries have it."""

    spans: list[tuple[int, int]] = field(default_factory=list)

    def hold(self, at: int) -> bool:
        return any(begin <= at < end for begin, end in self.spans)

    def surely_hold(self, at: int) -> bool:
        """Whether a claim delivered at `at` was decided inside, however long it was under way."""
        return any(begin <= at and at + UNDER_WAY < end for begin, end in self.spans)


def windows_of(entries: Iterable[EntryRow], drop: str, *, to_everybody: bool = False) -> Windows:
    """Read a drop's life from its entries; an end that was said ahead counts even if the close came later. With
    `to_everybody`, what was open only to some is left out."""
    windows = Windows()
    begin: int | None = None
    until = _FOR_EVER
    for entry in entries:
        if entry.drop != drop:
            continue
        public = entry.public
        match entry.kind:
            case "drop.opened" | "drop.resumed" | "drop.reopened":
                begin, until = entry.at, int(public.get("closes_at", _FOR_EVER))
                if to_everybody:
                    begin = max(begin, int(public.get("public_at", 0)))
            case "drop.extended" | "drop.shortened":
                until = int(public.get("closes_at", until))
            case "drop.paused" | "drop.closed" | "drop.returned" | "drop.cancelled" if begin is not None:
                windows.spans.append((begin, min(until, entry.at)))
                begin = None
    if begin is not None:
        windows.spans.append((begin, until))
    # An early window that was paused had none of everybody's.
    windows.spans = [(begin, end) for begin, end in windows.spans if begin < end]
    return windows


class Shelf:
    """What could be claimed when, on the stage's clock."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._spans: dict[str, list[tuple[int, int]]] = {}
        self._taken: defaultdict[str, list[int]] = defaultdict(list)
        for drop in case.drops:
            spans = windows_of(case.ledger.entries, drop.key).spans
            self._spans[drop.key] = [(case.on_stage(begin), case.on_stage(end)) for begin, end in spans]
        for entry in case.ledger.entries:
            if entry.kind == "unit.granted":
                self._taken[entry.drop].append(case.on_stage(entry.at))

    def had_something_for(self, ask: Ask) -> bool:
        """Whether a window held the claim and units were left."""
        return any(
            any(begin <= ask.at < end for begin, end in self._spans[drop.key])
            and bisect_right(self._taken[drop.key], ask.at) < drop.supply - drop.held_back
            for drop in self._case.drops
            if ask.drop in ("", drop.key)
        )


def outside(case: Case, drop: JudgedDrop) -> list[str]:
    """Grants by claim that no window allows, by the entry's moment or by when the claim was delivered."""
    windows = windows_of(case.ledger.entries, drop.key)
    asks = {ask.request: ask for ask in case.asks}
    by_hand = False
    wrong = []
    for entry in case.ledger.entries:
        if entry.drop == drop.key and entry.kind == "drop.opened":
            # Whoever steers may open before the time that was advertised.
            by_hand = "by" in entry.secret
        if entry.kind != "unit.granted" or entry.drop != drop.key or entry.public.get("how") != "claim":
            continue
        number = f"{drop.title} #{entry.public.get('number')}"
        ask = asks.get(str(entry.secret.get("request", "")))
        early = drop.begins_at is not None and entry.at < drop.begins_at and not by_hand
        if not windows.hold(entry.at):
            wrong.append(f"{number} was granted outside every window (entry {entry.number}).")
        elif early:
            wrong.append(f"{number} was granted before the advertised opening (entry {entry.number}).")
        elif ask is not None and not any(ask.at < case.on_stage(end) for _, end in windows.spans):
            wrong.append(f"{number} was granted to a claim that came after the close ({ask.request}).")
    return wrong


def without_asking(case: Case, drop: JudgedDrop) -> list[str]:
    """Grants by claim behind which there is no such claim of that person."""
    asks = {ask.request: ask for ask in case.asks}
    wrong = []
    for entry in case.ledger.entries:
        if entry.kind != "unit.granted" or entry.drop != drop.key or entry.public.get("how") != "claim":
            continue
        secret = entry.secret
        ask = asks.get(str(secret.get("request", "")))
        who = (str(secret.get("platform", "")), str(secret.get("user", "")))
        number = f"{drop.title} #{entry.public.get('number')}"
        if ask is None:
            wrong.append(f"Nobody asked for {number}: there is no claim {secret.get('request')!r} in the record.")
        elif ask.who != who:
            wrong.append(f"{number} went to {case.name(who)}, but {case.name(ask.who)} had asked.")
        elif ask.at > entry.at and not case.in_trouble(ask):
            wrong.append(f"{number} was granted before it was asked for ({ask.request}).")
        elif ask.drop and ask.drop != drop.key:
            wrong.append(f"{number} was granted to somebody who had asked for {ask.drop} ({ask.request}).")
    return wrong


def held_back_from_askers(case: Case, drop: JudgedDrop) -> list[str]:
    """Units that stayed although people had surely asked in time, and refusals "sold out" that came too early."""
    windows = windows_of(case.ledger.entries, drop.key, to_everybody=True)
    sure = [
        ask
        for ask in case.asks
        if ask.drop == drop.key
        and ask.plain
        and ask.heard
        and windows.surely_hold(ask.at)
        # While something is broken, "please try again" is a right answer.
        and not case.in_trouble(ask)
    ]
    # Linked accounts want one unit together.
    people = Counter(case.person(ask.who) for ask in sure)
    wanted = sum(min(count, drop.per_person) for count in people.values())
    granted = case.granted.get(drop.key, [])
    claimable = drop.supply - drop.held_back
    wrong = []
    if len(granted) < min(claimable, wanted):
        wrong.append(f"{drop.title}: {len(granted)} units were granted, though {wanted} were asked for in time.")
    return wrong + _overtaken(case, drop, sure)


def _overtaken(case: Case, drop: JudgedDrop, sure: list[Ask]) -> list[str]:
    """People told "sold out" although somebody on the same platform, who asked clearly later, still got a unit."""
    won = {request for request, outcome in case.outcomes.items() if outcome.kind == "claim.granted"}
    last_win: dict[str, Ask] = {}
    for ask in case.asks:
        if ask.request in won and ask.drop == drop.key:
            last_win[ask.who[0]] = ask
    wrong = []
    for ask in sure:
        outcome = case.outcomes.get(ask.request)
        later = last_win.get(ask.who[0])
        refused = outcome is not None and outcome.decision.get("because") == "sold-out"
        if refused and later is not None and later.at > ask.at + UNDER_WAY:
            wrong.append(f"{drop.title}: {case.name(ask.who)} was refused before {case.name(later.who)} won.")
    return wrong
