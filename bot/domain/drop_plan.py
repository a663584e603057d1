"""What a streamer has planned: one drop as it was asked for, in config.toml or by /drop new."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from bot.domain.ledger import Part
from bot.domain.pass_terms import PassOffer, offers_of
from bot.domain.time import DAY, Micros

TITLE_CHARACTERS_MAX = 60
SUPPLY_MAX = 100_000
# How far ahead the form or a move may set a time: beyond it, somebody mistyped the year.
PLANNED_WITHIN: Micros = 366 * DAY


class Opening(StrEnum):
    """Who opens it: the clock at `opens_at`, or a moderator's cue."""

    CLOCK = "clock"
    CUE = "cue"


class WhileOffline(StrEnum):
    """What the drop does while the stream is off: wait and pause, or run regardless."""

    WAIT = "wait"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class DropPlan:
    """What the streamer asked for. Spans and instants in microseconds.

    `opens_at` is when everybody is let in, None for a drop on cue; it stays open for `window` from then on. With
    `early`, a gate in its canonical form, those whom the gate lets in come `early_for` before, and get at most
    `early_units`. `series` is the recurring drop of which this is one occurrence, "" for a drop of its own. With
    each unit come its `passes`."""

    key: str
    title: str
    kind: str
    supply: int
    held_back: int
    per_person: int
    opening: Opening
    while_offline: WhileOffline
    zone: str
    announce_at: Micros
    opens_at: Micros | None
    window: Micros
    series: str = ""
    early: str = ""
    early_for: Micros = 0
    early_units: int = 0
    passes: tuple[PassOffer, ...] = ()

    @property
    def begins_at(self) -> Micros | None:
        """When the first people are let in."""
        return None if self.opens_at is None else self.opens_at - self.early_for

    def has_unit(self, number: int) -> bool:
        """Whether there is such a number at all."""
        return 1 <= number <= self.supply

    def as_public(self) -> dict[str, object]:
        public: dict[str, object] = {
            "title": self.title,
            "kind": self.kind,
            "supply": self.supply,
            "held_back": self.held_back,
            "per_person": self.per_person,
            "opening": str(self.opening),
            "while_offline": str(self.while_offline),
            "zone": self.zone,
            "announce_at": self.announce_at,
            "opens_at": self.opens_at,
            "window": self.window,
        }
        if self.series:
            public["series"] = self.series
        if self.early:
            public |= {"early": self.early, "early_for": self.early_for, "early_units": self.early_units}
        if self.passes:
            public["passes"] = [offer.as_public() for offer in self.passes]
        return public


def plan_of(key: str, public: Part) -> DropPlan:
    """The plan that a `drop.planned` entry tells. Raises KeyError for one that leaves something out."""
    return DropPlan(
        key=key,
        title=str(public["title"]),
        kind=str(public["kind"]),
        supply=cast(int, public["supply"]),
        held_back=cast(int, public["held_back"]),
        per_person=cast(int, public["per_person"]),
        opening=Opening(str(public["opening"])),
        while_offline=WhileOffline(str(public["while_offline"])),
        zone=str(public["zone"]),
        announce_at=instant(public, "announce_at"),
        opens_at=None if public["opens_at"] is None else instant(public, "opens_at"),
        window=instant(public, "window"),
        series=str(public.get("series", "")),
        early=str(public.get("early", "")),
        early_for=cast(int, public.get("early_for", 0)),
        early_units=cast(int, public.get("early_units", 0)),
        passes=offers_of(public.get("passes", ())),
    )


def instant(public: Part, name: str) -> Micros:
    """An instant or a span of an entry's public part. Raises KeyError where it is not there."""
    return cast(int, public[name])
