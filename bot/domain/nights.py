"""A game night: its seats, its waiting list and who has come, as the fold of its facts; and what is due next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.drop_plan import instant
from bot.domain.ledger import Fact, Part
from bot.domain.time import Micros

_SCOPE = "night:"
# A pass that is spent here is not the night's own news.
_BESIDE = frozenset({"pass.spent", "pass.returned"})


class NightState(StrEnum):
    ON = "on"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Place(StrEnum):
    """How somebody is in: on the waiting list, with a seat that is kept for them, or there."""

    WAITING = "waiting"
    SEATED = "seated"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class NightPlan:
    """What was announced. Guests check in from `checkin_for` before the start; a seat is kept until `kept_for`
    after it, or after it was offered. With `needs_pass` a game-night pass is spent on checking in. Spans in
    microseconds."""

    key: str
    title: str
    seats: int
    starts_at: Micros
    window: Micros
    checkin_for: Micros
    kept_for: Micros
    needs_pass: bool = True

    def as_public(self) -> dict[str, object]:
        """What the ledger tells everybody of it."""
        return {
            "title": self.title,
            "seats": self.seats,
            "starts_at": self.starts_at,
            "window": self.window,
            "checkin_for": self.checkin_for,
            "kept_for": self.kept_for,
            "needs_pass": self.needs_pass,
        }


def night_plan_of(key: str, public: Part) -> NightPlan:
    """The plan that a `night.created` entry tells. Raises KeyError for one that leaves something out."""
    return NightPlan(
        key=key,
        title=str(public["title"]),
        seats=instant(public, "seats"),
        starts_at=instant(public, "starts_at"),
        window=instant(public, "window"),
        checkin_for=instant(public, "checkin_for"),
        kept_for=instant(public, "kept_for"),
        needs_pass=bool(public["needs_pass"]),
    )


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is in, by their pseudonym in this night. `since` is when they came to their place."""

    guest: str
    place: Place
    since: Micros


@dataclass(frozen=True)
class Night:
    """The fold of a night's facts (see `evolve_night`). `guests` are in the order in which they joined."""

    plan: NightPlan
    state: NightState = NightState.ON
    guests: tuple[Guest, ...] = ()

    @property
    def key(self) -> str:
        return self.plan.key

    @property
    def scope(self) -> str:
        """How the ledger's entries name it."""
        return night_scope(self.plan.key)

    @property
    def on(self) -> bool:
        return self.state is NightState.ON

    @property
    def checkin_at(self) -> Micros:
        """When checking in begins."""
        return self.plan.starts_at - self.plan.checkin_for

    @property
    def ends_at(self) -> Micros:
        return self.plan.starts_at + self.plan.window

    @property
    def waiting(self) -> tuple[Guest, ...]:
        return tuple(guest for guest in self.guests if guest.place is Place.WAITING)

    @property
    def seats_left(self) -> int:
        return self.plan.seats - (len(self.guests) - len(self.waiting))

    def kept_until(self, guest: Guest) -> Micros:
        """When the seat of somebody who has not come goes to the next."""
        return max(self.plan.starts_at, guest.since) + self.plan.kept_for

    def guest(self, name: str) -> Guest | None:
        return next((guest for guest in self.guests if guest.guest == name), None)


def night_scope(key: str) -> str:
    """What stands for a night where entries name a drop. No drop can be called so: keys have no colon."""
    return _SCOPE + key


def night_of_scope(scope: str) -> str | None:
    """The key of the night that an entry is about; None for an entry about anything else."""
    return scope.removeprefix(_SCOPE) if scope.startswith(_SCOPE) else None


def evolve_night(night: Night | None, kind: str, public: Part, at: Micros) -> Night:
    """The night after one more fact. The table rows are this fold, live and when they are rebuilt from entries.

    Raises ValueError for a fact that cannot be: about a night that is over or never was, one more guest than there
    are seats, somebody who is not in or is in already."""
    if kind == "night.created":
        if night is not None:
            raise ValueError(f"the night {night.key} is created twice")
        return Night(night_plan_of(str(public["key"]), public))
    if night is None:
        raise ValueError(f"{kind} about a night that there never was")
    if kind in _BESIDE:
        return night
    if not night.on:
        raise ValueError(f"{kind} about the night {night.key}, which is {night.state}")
    match kind:
        case "night.ended":
            return replace(night, state=NightState.ENDED)
        case "night.cancelled":
            return replace(night, state=NightState.CANCELLED)
    name = str(public["guest"])
    guest = night.guest(name)
    if kind == "night.joined":
        if guest is not None:
            raise ValueError(f"{name} joins the night {night.key} twice")
        return replace(night, guests=(*night.guests, Guest(name, Place.WAITING, at)))
    if guest is None:
        raise ValueError(f"{kind} of somebody who is not in the night {night.key}")
    match kind, guest.place:
        case ("night.left", _) | ("night.released", Place.SEATED):
            return replace(night, guests=tuple(each for each in night.guests if each is not guest))
        case "night.seated", Place.WAITING if night.seats_left > 0:
            became = Guest(name, Place.SEATED, at)
        case "night.checked-in", Place.SEATED:
            became = Guest(name, Place.HERE, at)
        case _:
            raise ValueError(f"{kind} of somebody who is {guest.place} in the night {night.key}")
    return replace(night, guests=tuple(became if each is guest else each for each in night.guests))


def due_in_night(night: Night, moment: Micros) -> Fact | None:
    """What time asks of a night, one fact at a time: seats of those who have not come go to those who wait, in the
    order in which they joined. None when nothing is due."""
    if not night.on:
        return None
    if moment >= night.ends_at:
        return Fact("night.ended", night.scope, {"why": "time"})
    for guest in night.guests:
        if guest.place is Place.SEATED and moment >= night.kept_until(guest):
            return Fact("night.released", night.scope, {"guest": guest.guest})
    if night.seats_left > 0 and night.waiting:
        return Fact("night.seated", night.scope, {"guest": night.waiting[0].guest})
    return None


def next_due_in_night(night: Night) -> Micros | None:
    """When to ask `due_in_night` again; None when it is over."""
    if not night.on:
        return None
    kept = (night.kept_until(guest) for guest in night.guests if guest.place is Place.SEATED)
    return min((night.ends_at, *kept))
