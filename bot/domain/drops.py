"""A drop: what it is, the state its facts have brought it to, and what is due next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from bot.domain.ledger import Fact, Part
from bot.domain.stream import LOGIN_TAKES, Pace, Stream
from bot.domain.time import Micros

TITLE_CHARACTERS_MAX = 60
SUPPLY_MAX = 100_000


class DropState(StrEnum):
    PLANNED = "planned"
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


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
    """What the streamer asked for, in config.toml or by /drop new. Spans and instants in microseconds.

    `opens_at` is None for a drop on cue; the window lasts `window` from the moment it opens."""

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

    def has_unit(self, number: int) -> bool:
        """Whether there is such a number at all."""
        return 1 <= number <= self.supply

    def as_public(self) -> dict[str, object]:
        return {
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


@dataclass(frozen=True)
class Drop:
    """The fold of a drop's facts (see `evolve`). Sold out and paused are derived, not states."""

    plan: DropPlan
    origin: str = "config"  # or "live": what was planned live does not go when config.toml does not name it
    state: DropState = DropState.PLANNED
    opens_at: Micros | None = None
    closes_at: Micros | None = None
    announced_at: Micros | None = None
    opened_at: Micros | None = None
    closed_at: Micros | None = None
    closed_why: str = ""
    paused_at: Micros | None = None
    paused_why: str = ""
    resume_at: Micros | None = None
    postponed_why: str = ""
    soon_said: bool = False
    on_cue: bool = False
    claimed: int = 0
    given: int = 0
    lost: int = 0  # numbers that a repair has written off: out, but nobody's
    last_number: int = 0  # the highest that was ever out, also if it was taken back
    frozen_at: Micros | None = None  # since then the ledger may have forgotten what was handed out

    @property
    def key(self) -> str:
        return self.plan.key

    @property
    def title(self) -> str:
        return self.plan.title

    @property
    def units_owned(self) -> int:
        """How many units have an owner, however they came by it."""
        return self.claimed + self.given

    @property
    def units_out(self) -> int:
        """How many units cannot be handed out: the owned ones, and those that a repair has written off."""
        return self.claimed + self.given + self.lost

    @property
    def units_left(self) -> int:
        """How many a viewer can still claim: what is held back for mistakes is not among them."""
        plan, given = self.plan, self.given
        kept = given if given > plan.held_back else plan.held_back
        left = plan.supply - kept - self.claimed - self.lost
        return left if left > 0 else 0

    @property
    def units_to_give(self) -> int:
        """How many a moderator can still give by hand: everything that is not out."""
        return self.plan.supply - self.units_out

    @property
    def sold_out(self) -> bool:
        return self.units_left == 0

    @property
    def open(self) -> bool:
        return self.state is DropState.OPEN

    @property
    def paused(self) -> bool:
        return self.state is DropState.OPEN and self.paused_at is not None

    @property
    def frozen(self) -> bool:
        """Restored from a backup, and nobody has said yet which of its numbers were made public since."""
        return self.frozen_at is not None

    @property
    def public(self) -> bool:
        """Whether viewers know of it."""
        return self.state not in (DropState.PLANNED,) and self.announced_at is not None

    @property
    def over(self) -> bool:
        return self.state in (DropState.CLOSED, DropState.SETTLED, DropState.CANCELLED)


def evolve(drop: Drop | None, kind: str, public: Part, at: Micros) -> Drop:
    """The drop after one more fact. The table row is this fold, live and when it is rebuilt from entries.

    Raises ValueError for a fact about a drop that was never planned, or of an unknown kind."""
    if kind == "drop.planned":
        plan = _plan_of(str(public["key"]), public)
        on_cue = plan.opening is Opening.CUE
        fresh = Drop(plan=plan, origin=str(public["origin"]), opens_at=plan.opens_at, on_cue=on_cue)
        # A new plan never forgets a unit that is out.
        if drop is None:
            return fresh
        kept = replace(fresh, claimed=drop.claimed, given=drop.given, lost=drop.lost)
        return replace(kept, last_number=drop.last_number, frozen_at=drop.frozen_at)
    if drop is None:
        raise ValueError(f"{kind} about a drop that was never planned")
    match kind:
        case "unit.granted":
            return _counted(drop, public, +1)
        case "unit.voided":
            return _counted(drop, public, -1)
        case "unit.lost":
            return replace(drop, lost=drop.lost + 1, last_number=_highest(drop, public))
        case "drop.announced":
            return replace(drop, state=DropState.ANNOUNCED, announced_at=at)
        case "drop.soon":
            return replace(drop, soon_said=True)
        case "drop.postponed":
            return replace(drop, postponed_why=str(public["why"]), on_cue=drop.on_cue or public["why"] == "missed")
        case "drop.rescheduled":
            # The news of the new time is the reminder.
            return replace(drop, opens_at=_instant(public, "opens_at"), postponed_why="", soon_said=True)
        case "drop.opened":
            return replace(
                drop,
                state=DropState.OPEN,
                opened_at=at,
                closes_at=_instant(public, "closes_at"),
                postponed_why="",
            )
        case "drop.paused":
            return replace(
                drop,
                paused_at=at if drop.paused_at is None else drop.paused_at,
                paused_why=str(public["why"]),
                resume_at=None,
            )
        case "drop.resuming":
            return replace(drop, resume_at=_instant(public, "resume_at"))
        case "drop.resumed":
            return replace(
                drop, paused_at=None, paused_why="", resume_at=None, closes_at=_instant(public, "closes_at")
            )
        case "drop.extended":
            return replace(drop, closes_at=_instant(public, "closes_at"))
        case "drop.closed":
            return replace(drop, state=DropState.CLOSED, closed_at=at, closed_why=str(public["why"]))
        case "drop.reopened":
            return replace(
                drop,
                state=DropState.OPEN,
                closed_at=None,
                closed_why="",
                closes_at=_instant(public, "closes_at"),
            )
        case "drop.returned":
            # Undone opening: back to announced, and from now on the cue decides, else the clock reopens it at once.
            returned = replace(drop, state=DropState.ANNOUNCED, opened_at=None, closes_at=None, on_cue=True)
            return replace(returned, paused_at=None, paused_why="", resume_at=None)
        case "drop.settled":
            return replace(drop, state=DropState.SETTLED)
        case "drop.cancelled":
            cancelled = replace(drop, state=DropState.CANCELLED, closed_at=at, closed_why="cancelled")
            return replace(cancelled, frozen_at=None)  # nothing will be handed out any more
        case "drop.frozen":
            return replace(drop, frozen_at=_instant(public, "since"))
        case "drop.thawed":
            closes_at = _instant(public, "closes_at") if drop.open else drop.closes_at
            return replace(drop, frozen_at=None, closes_at=closes_at)
    raise ValueError(f"unknown kind of fact: {kind}")


def _counted(drop: Drop, public: Part, units: int) -> Drop:
    """The drop with so many more units out."""
    how = "claimed" if public["how"] == "claim" else "given"
    # `replace` passes every field through the constructor, which alone is a tenth of what a claim may cost.
    fields = drop.__dict__.copy()
    fields[how] += units
    number = cast(int, public["number"])
    if number > drop.last_number:
        fields["last_number"] = number
    counted = object.__new__(Drop)
    object.__setattr__(counted, "__dict__", fields)
    return counted


def _highest(drop: Drop, public: Part) -> int:
    return max(drop.last_number, cast(int, public["number"]))


def due_fact(drop: Drop, stream: Stream, pace: Pace, moment: Micros) -> Fact | None:
    """What time or the stream asks of this drop now, one fact at a time; None when nothing is due.

    Level-triggered: the lane asks before every decision, so a late or missed wake-up changes nothing."""
    if drop.frozen:
        return None
    match drop.state:
        case DropState.PLANNED if moment >= drop.plan.announce_at:
            # Nobody is told of a drop that nobody can claim any more.
            return Fact("drop.cancelled" if gone_by(drop.plan, moment) else "drop.announced", drop.key)
        case DropState.ANNOUNCED if not drop.on_cue:
            return _due_before_opening(drop, stream, pace, moment)
        case DropState.OPEN:
            return _due_while_open(drop, stream, pace, moment)
        case DropState.CLOSED if moment >= (drop.closed_at or 0) + pace.settle_after:
            return Fact("drop.settled", drop.key)
    return None


def next_due(drop: Drop, stream: Stream, pace: Pace) -> Micros | None:
    """When to ask `due_fact` again at the latest, as far as the clock decides it."""
    if drop.frozen:
        return None
    match drop.state:
        case DropState.PLANNED:
            return drop.plan.announce_at
        case DropState.ANNOUNCED if drop.opens_at is not None and not drop.on_cue and not drop.postponed_why:
            return (
                drop.opens_at if drop.soon_said or _just_announced(drop, pace) else drop.opens_at - pace.soon_lead
            )
        case DropState.OPEN:
            waits = drop.plan.while_offline is WhileOffline.WAIT and stream.live is False and stream.watched
            dues = [stream.changed_at + pace.offline_close] if waits else []
            if drop.paused_at is not None:
                dues += [drop.resume_at] if drop.resume_at is not None else []
            else:
                dues += [cast(Micros, drop.closes_at)]
                dues += [stream.changed_at + pace.offline_pause] if waits else []
            return min(dues, default=None)
        case DropState.CLOSED:
            return (drop.closed_at or 0) + pace.settle_after
    return None


def _due_before_opening(drop: Drop, stream: Stream, pace: Pace, moment: Micros) -> Fact | None:
    opens_at = cast(Micros, drop.opens_at)
    waits = drop.plan.while_offline is WhileOffline.WAIT and not stream.lets_run
    if moment < opens_at:
        if moment >= opens_at - pace.soon_lead and not drop.soon_said and not _just_announced(drop, pace):
            return Fact("drop.soon", drop.key)
        return None
    if waits:
        asking = moment < max(opens_at + pace.late_after, stream.changed_at + LOGIN_TAKES)
        if drop.postponed_why or (stream.live is None and asking):
            return None
        return Fact("drop.postponed", drop.key, {"why": "unknown" if stream.live is None else "offline"})
    if drop.postponed_why:
        return Fact("drop.rescheduled", drop.key, {"opens_at": moment + pace.resume_warning})
    if moment >= opens_at + drop.plan.window:
        return Fact("drop.postponed", drop.key, {"why": "missed"})
    late = moment > opens_at + pace.late_after
    return open_fact(drop, moment if late else opens_at, late=late)


def _just_announced(drop: Drop, pace: Pace) -> bool:
    """Announced within the reminder's lead: the announcement has just said when, a reminder would repeat it."""
    return (drop.announced_at or 0) > cast(Micros, drop.opens_at) - pace.soon_lead


def gone_by(plan: DropPlan, moment: Micros) -> bool:
    """Whether the planned window has passed altogether."""
    return plan.opens_at is not None and moment >= plan.opens_at + plan.window


def open_fact(drop: Drop, begins_at: Micros, *, late: bool = False) -> Fact:
    """Opening: the window is as long as announced, also when it begins late."""
    return Fact("drop.opened", drop.key, {"closes_at": begins_at + drop.plan.window, "late": late})


def _due_while_open(drop: Drop, stream: Stream, pace: Pace, moment: Micros) -> Fact | None:
    follows_stream = drop.plan.while_offline is WhileOffline.WAIT
    offline = stream.offline_for(moment) if follows_stream else 0
    closes_at = cast(Micros, drop.closes_at)
    if drop.paused_at is None:
        paused_first = offline >= pace.offline_pause and stream.changed_at + pace.offline_pause < closes_at
        if moment >= closes_at and not paused_first:
            late = moment > closes_at + pace.late_after
            return Fact("drop.closed", drop.key, {"why": "time", "late": late})
        if offline >= pace.offline_close:
            return Fact("drop.closed", drop.key, {"why": "stream", "late": False})
        if offline >= pace.offline_pause:
            return Fact("drop.paused", drop.key, {"why": "offline"})
        return None
    if offline >= pace.offline_close:
        return Fact("drop.closed", drop.key, {"why": "stream", "late": False})
    if drop.paused_why != "offline":
        return None
    if not stream.lets_run:
        # Gone again while the return was being announced: the pause goes on.
        gone_again = drop.resume_at is not None and stream.live is False
        return Fact("drop.paused", drop.key, {"why": "offline"}) if gone_again else None
    if drop.resume_at is None:
        return Fact("drop.resuming", drop.key, {"resume_at": moment + pace.resume_warning})
    return resume_fact(drop, moment) if moment >= drop.resume_at else None


def resume_fact(drop: Drop, moment: Micros) -> Fact:
    """Going on after a pause: the time that was lost is added at the end."""
    lost = moment - cast(Micros, drop.paused_at)
    closes_at = cast(Micros, drop.closes_at) + lost
    return Fact("drop.resumed", drop.key, {"closes_at": closes_at, "added": lost})


def _plan_of(key: str, public: Part) -> DropPlan:
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
        announce_at=_instant(public, "announce_at"),
        opens_at=None if public["opens_at"] is None else _instant(public, "opens_at"),
        window=_instant(public, "window"),
    )


def _instant(public: Part, name: str) -> Micros:
    return cast(int, public[name])
