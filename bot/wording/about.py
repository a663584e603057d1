"""A drop as news tells of it: the plain values of a snapshot, typed, and the phrases that many sentences share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from bot.domain.announcing import snapshot
from bot.domain.drops import Drop
from bot.domain.pass_terms import PassOffer, offers_of
from bot.domain.time import Micros
from bot.wording.catalogue import Wording
from bot.wording.offers import offers_clause


@dataclass(frozen=True, slots=True)
class About:
    """See bot.domain.announcing.snapshot; the last ones come from the fact: `added` in microseconds, `minutes`
    negative for a shortening, `why` a reason's key, `lost_ranges` the first and last of the numbers written off."""

    drop: str
    title: str
    kind: str
    state: str
    supply: int
    held_back: int
    per_person: int
    claimed: int
    given: int
    lost: int
    last_number: int
    units_left: int
    early: str
    early_for: Micros
    early_units: int
    early_open: bool
    early_claimed: int
    passes: tuple[PassOffer, ...]
    begins_at: Micros | None
    opens_at: Micros | None
    public_at: Micros | None
    opened_at: Micros | None
    closed_at: Micros | None
    closes_at: Micros | None
    window: Micros
    on_cue: bool
    paused: bool
    paused_why: str
    resume_at: Micros | None
    closed_why: str
    postponed_why: str
    why: str
    was_opens_at: Micros | None
    late: bool
    added: Micros
    minutes: int
    lost_ranges: tuple[tuple[int, int], ...]

    @property
    def units_owned(self) -> int:
        return self.claimed + self.given

    @property
    def units_to_give(self) -> int:
        return max(0, self.supply - self.units_owned - self.lost)

    @property
    def early_left(self) -> int:
        """How many can still go early."""
        return max(0, min(self.units_left, self.early_units - self.early_claimed))

    @property
    def is_early(self) -> bool:
        """Whether only those are let in now whom the early window is for."""
        return self.early_open and self.state == "open"

    @property
    def sold_out(self) -> bool:
        return self.state == "open" and self.units_left == 0


def about_of(values: Mapping[str, object]) -> About:
    """The typed view of what news carries; what is missing counts as nothing."""

    def text(name: str) -> str:
        return str(values.get(name) or "")

    def count(name: str) -> int:
        return cast(int, values.get(name) or 0)

    def instant(name: str) -> Micros | None:
        return cast("Micros | None", values.get(name))

    ranges = cast("list[list[int]]", values.get("lost_ranges") or [])
    return About(
        drop=text("drop"),
        title=text("title"),
        kind=text("kind"),
        state=text("state"),
        supply=count("supply"),
        held_back=count("held_back"),
        per_person=count("per_person"),
        claimed=count("claimed"),
        given=count("given"),
        lost=count("lost"),
        last_number=count("last_number"),
        units_left=count("units_left"),
        early=text("early"),
        early_for=count("early_for"),
        early_units=count("early_units"),
        early_open=bool(values.get("early_open")),
        early_claimed=count("early_claimed"),
        passes=offers_of(values.get("passes") or ()),
        begins_at=instant("begins_at"),
        opens_at=instant("opens_at"),
        public_at=instant("public_at"),
        opened_at=instant("opened_at"),
        closed_at=instant("closed_at"),
        closes_at=instant("closes_at"),
        window=count("window"),
        on_cue=bool(values.get("on_cue")),
        paused=bool(values.get("paused")),
        paused_why=text("paused_why"),
        resume_at=instant("resume_at"),
        closed_why=text("closed_why"),
        postponed_why=text("postponed_why"),
        why=text("why"),
        was_opens_at=instant("was_opens_at"),
        late=bool(values.get("late")),
        added=count("added"),
        minutes=count("minutes"),
        lost_ranges=tuple((first, last) for first, last in ranges),
    )


def about_drop(drop: Drop) -> About:
    return about_of(snapshot(drop))


def stock_text(words: Wording, supply: int, held_back: int) -> str:
    """How many there are, with what is kept back said openly."""
    if held_back:
        return words.say("stock-held-back", supply=supply, held_back=held_back)
    return words.say("stock", supply=supply)


def each_text(words: Wording, per_person: int, passes: Sequence[PassOffer] = (), *, discord: bool = False) -> str:
    """How many one person gets, and the passes that come with each."""
    each = words.say("each-one") if per_person <= 1 else words.say("each-several", count=per_person)
    if not passes:
        return each
    clause = offers_clause(words, passes, discord=discord)
    return words.say("each-with", discord=discord, each=each, passes=clause)
