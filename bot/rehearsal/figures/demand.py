"""Who wanted a unit and who got one: for each drop and for each character of the crowd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rehearsal.early import early_grants
from bot.rehearsal.evidence import Case, JudgedDrop, Who, platform_of
from bot.rehearsal.figures.timeline import Timeline
from bot.rehearsal.moments import SECOND

_REFUSED = ("claim.refused", "claim.needs-name")


@dataclass(frozen=True, slots=True)
class DropFigures:
    """`wanted_by` counts people who asked for it (or named no drop), `asked_more` those of them who asked again
    after they had all they may have, `early` the units that went in an early window. Seconds count from its first
    opening; None when that never came. `refused` counts requests by reason, for this drop."""

    drop: str
    title: str
    supply: int
    held_back: int
    per_person: int
    on_cue: bool
    numbers: tuple[int, ...]
    owners: int
    wanted_by: int
    asked_more: int
    open_seconds: float
    sold_out_after: float | None
    refused: Mapping[str, int]
    early: int = 0

    @property
    def units_left(self) -> int:
        """Left to claim at the end."""
        return max(0, self.supply - self.held_back - self.units)

    @property
    def units(self) -> int:
        return len(self.numbers)

    def as_public(self) -> dict[str, object]:
        return {
            "drop": self.drop,
            "title": self.title,
            "supply": self.supply,
            "held_back": self.held_back,
            "per_person": self.per_person,
            "units": self.units,
            "numbers": [self.numbers[0], self.numbers[-1]] if self.numbers else [],
            "owners": self.owners,
            "wanted_by": self.wanted_by,
            "asked_for_more": self.asked_more,
            "on_cue": self.on_cue,
            "open_seconds": round(self.open_seconds, 3),
            "early": self.early,
            "sold_out_after": None if self.sold_out_after is None else round(self.sold_out_after, 3),
        }


@dataclass(frozen=True, slots=True)
class Character:
    """People of one kind in the crowd: how many there were, how many asked, how many got a unit."""

    name: str
    people: int
    asked: int
    got: int

    def as_public(self) -> dict[str, object]:
        return {"character": self.name, "people": self.people, "asked": self.asked, "got": self.got}


def drop_figures(case: Case, timeline: Timeline) -> DropFigures:
    drop = case.drop(timeline.drop)
    assert drop is not None, "timelines are made from the case's own drops"
    units = [unit for unit in case.ledger.units if unit.drop == drop.key]
    opened, sold_out = timeline.first("opened"), timeline.first("sold-out")
    return DropFigures(
        drop=drop.key,
        title=drop.title,
        supply=drop.supply,
        held_back=drop.held_back,
        per_person=drop.per_person,
        on_cue=drop.opens_at is None,
        numbers=tuple(sorted(unit.number for unit in units)),
        owners=len({unit.person for unit in units}),
        wanted_by=len({ask.who for ask in case.asks if ask.drop in ("", drop.key)}),
        asked_more=len(_asked_more(case, drop)),
        open_seconds=sum(end - begin for begin, end in timeline.open_spans) / SECOND,
        sold_out_after=None if opened is None or sold_out is None else (sold_out - opened) / SECOND,
        refused=refusals(case, drop.key),
        early=sum(1 for _ in early_grants(case, drop)) if drop.early else 0,
    )


def _asked_more(case: Case, drop: JudgedDrop) -> set[Who]:
    return {
        (row.platform, row.user)
        for row in case.ledger.outcomes
        if row.drop == drop.key and row.decision.get("because") == "already-yours"
    }


def refusals(case: Case, drop: str | None = None) -> dict[str, int]:
    """Requests that were refused, by reason, the most frequent first; of one drop or of all of them."""
    rows = (row for row in case.ledger.outcomes if row.kind in _REFUSED and drop in (None, row.drop))
    return dict(Counter(str(row.decision.get("because", "needs-name")) for row in rows).most_common())


def gates(case: Case) -> dict[str, int]:
    """Units by the gate through which their owners came; empty while no window has one."""
    granted = (entry.public.get("gate") for entry in case.ledger.entries if entry.kind == "unit.granted")
    return dict(Counter(str(gate) for gate in granted if gate).most_common())


def characters(case: Case) -> tuple[Character, ...]:
    """As the crowd was planned; the most people first. Somebody who joined twice, renamed, is one."""
    kinds: dict[Who, str] = {}
    for seen in case.record:
        if seen["kind"] == "joined" and seen["data"].get("character"):
            kinds.setdefault((platform_of(seen), str(seen["author"])), str(seen["data"]["character"]))
    people = Counter(kinds.values())
    asked = _count(kinds, {ask.who for ask in case.asks})
    got = _count(kinds, {who for given in case.granted.values() for _, who in given})
    return tuple(Character(name, count, asked[name], got[name]) for name, count in people.most_common())


def _count(kinds: dict[Who, str], people: Iterable[Who]) -> Counter[str]:
    return Counter(kinds[who] for who in people if who in kinds)
