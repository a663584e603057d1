"""Joining a game night, checking in and leaving, and what its hosts may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.domain.drop_plan import PLANNED_WITHIN
from bot.domain.ledger import Fact, Part
from bot.domain.nights import Guest, Night, NightPlan, NightState, Place
from bot.domain.pass_terms import PassKind
from bot.domain.passes import Pass, PassRefusal, fitting_pass, is_own, returned_fact, spent_fact
from bot.domain.people import Actor
from bot.domain.plan import title_fault
from bot.domain.time import DAY, Micros

SEATS_MAX = 500
WINDOW_MAX: Micros = 2 * DAY

_PLACES = list(Place)


class NightVerb(StrEnum):
    JOIN = "join"
    CHECK_IN = "checkin"
    LEAVE = "leave"
    CREATE = "create"
    CANCEL = "cancel"


class NightRefusal(StrEnum):
    """Why not, in order of precedence: the first that applies is the answer."""

    NOT_ALLOWED = "not-allowed"
    UNKNOWN_NIGHT = "unknown-night"
    CANCELLED = "cancelled"
    ENDED = "ended"
    NOT_IN = "not-in"
    ALREADY_IN = "already-in"
    ALREADY_HERE = "already-here"
    TOO_EARLY = "too-early"
    NO_SEAT_YET = "no-seat-yet"
    NO_FITTING_PASS = "no-fitting-pass"
    BAD_TITLE = "bad-title"
    BAD_SEATS = "bad-seats"
    BAD_TIME = "bad-time"


@dataclass(frozen=True, slots=True)
class VisitNight:
    """Somebody wants a seat, has come, or does not want theirs any more."""

    channel_id: int
    request_id: str
    actor: Actor
    verb: NightVerb
    night: str = ""


@dataclass(frozen=True, slots=True)
class CreateNight:
    channel_id: int
    request_id: str
    actor: Actor
    plan: NightPlan


@dataclass(frozen=True, slots=True)
class CancelNight:
    """A moderator calls a night off: first to be asked, then `confirmed`."""

    channel_id: int
    request_id: str
    actor: Actor
    night: str = ""
    confirmed: bool = False


class Seat(NamedTuple):
    """A guest as the ledger knows them: the person, and the pass that was spent when they came, 0 for none."""

    guest: str
    person_id: int
    pass_number: int = 0


class NightStanding(NamedTuple):
    """What a visit depends on: the night; the person, and their pseudonym in it; everybody who counts as one with
    them, themselves included; the pseudonyms and the passes of all of these."""

    night: Night
    person_id: int
    guest: str
    together: tuple[int, ...]
    guests: tuple[str, ...] = ()
    passes: tuple[Pass, ...] = ()


@dataclass(frozen=True, slots=True)
class NightVisited:
    """Done. `place` is what they have now, None for those who have left, and `ahead` how many wait before them."""

    verb: NightVerb
    night: str
    title: str
    place: Place | None
    ahead: int = 0
    pass_spent: int = 0
    starts_at: Micros = 0


@dataclass(frozen=True, slots=True)
class NightHosted:
    verb: NightVerb
    night: str
    title: str
    guests: int = 0


@dataclass(frozen=True, slots=True)
class NightNeedsYes:
    """Nothing has happened yet: it cannot be taken back, and so many people are in."""

    verb: NightVerb
    night: str
    title: str
    guests: int


@dataclass(frozen=True, slots=True)
class NightRefused:
    """`retry_at` is when asking again can help; `ahead` how many wait before somebody who has no seat yet."""

    because: NightRefusal
    verb: NightVerb
    night: str = ""
    title: str = ""
    retry_at: Micros | None = None
    ahead: int = 0
    pass_because: PassRefusal | None = None


VisitDecision = NightVisited | NightRefused
CreateDecision = NightHosted | NightRefused
CancelDecision = NightHosted | NightNeedsYes | NightRefused


def decide_visit(
    standing: NightStanding, command: VisitNight, moment: Micros
) -> tuple[VisitDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes. What is due at `moment` has been applied to the night before.

    A pass is asked for when somebody joins and spent when they come: whoever stays away keeps it."""
    night, verb = standing.night, command.verb
    # Two accounts that were linked after both had joined are one guest: in the better of their places.
    mine = [guest for guest in night.guests if guest.guest in standing.guests]
    own = max(mine, key=lambda guest: _PLACES.index(guest.place), default=None)
    because = _not_now(night) or _not_so(night, verb, own, moment)
    if because is not None or verb not in (NightVerb.JOIN, NightVerb.CHECK_IN, NightVerb.LEAVE):
        retry_at = night.checkin_at if because is NightRefusal.TOO_EARLY else None
        ahead = _ahead(night, own)
        refused = because or NightRefusal.NOT_ALLOWED
        return NightRefused(refused, verb, night.key, night.plan.title, retry_at, ahead), ()
    held = _needed_pass(standing, verb, moment)
    if isinstance(held, PassRefusal):
        no_pass = NightRefusal.NO_FITTING_PASS
        return NightRefused(no_pass, verb, night.key, night.plan.title, pass_because=held), ()
    # Whichever of their accounts has the seat, it is the seat of all of them.
    name = standing.guest if own is None else own.guest
    spends = verb is NightVerb.CHECK_IN and held is not None
    place, facts = _done(standing, command, name, tuple(guest.guest for guest in mine if guest is not own))
    if spends and held is not None:
        facts = (spent_fact(held, night.scope, name, standing.person_id), *facts)
    return (
        NightVisited(
            verb,
            night.key,
            night.plan.title,
            place,
            ahead=len(night.waiting) if place is Place.WAITING else 0,
            pass_spent=held.number if spends and held is not None else 0,
            starts_at=night.plan.starts_at,
        ),
        facts,
    )


def decide_create(command: CreateNight, moment: Micros) -> tuple[CreateDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes. The plan's key is one that no other night has."""
    verb, plan = NightVerb.CREATE, command.plan
    because = _bad_plan(plan, moment) if command.actor.steers else NightRefusal.NOT_ALLOWED
    if because is not None:
        return NightRefused(because, verb, plan.key, plan.title), ()
    public = {"key": plan.key, **plan.as_public()}
    created = Fact("night.created", Night(plan).scope, public, _by(command.actor))
    return NightHosted(verb, plan.key, plan.title), (created,)


def decide_cancel(
    night: Night | None, seats: Iterable[Seat], command: CancelNight
) -> tuple[CancelDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; only a confirmed one makes any, and gives every pass back."""
    verb = NightVerb.CANCEL
    if not command.actor.steers:
        return NightRefused(NightRefusal.NOT_ALLOWED, verb), ()
    if night is None:
        return NightRefused(NightRefusal.UNKNOWN_NIGHT, verb), ()
    over = _not_now(night)
    if over is not None:
        return NightRefused(over, verb, night.key, night.plan.title), ()
    if not command.confirmed:
        return NightNeedsYes(verb, night.key, night.plan.title, len(night.guests)), ()
    back = (
        returned_fact(seat.pass_number, night.scope, seat.guest, seat.person_id, "cancelled")
        for seat in seats
        if seat.pass_number
    )
    cancelled = Fact("night.cancelled", night.scope, {"why": "moderator"}, _by(command.actor))
    return NightHosted(verb, night.key, night.plan.title, len(night.guests)), (cancelled, *back)


def _bad_plan(plan: NightPlan, moment: Micros) -> NightRefusal | None:
    if title_fault(plan.title) is not None:
        return NightRefusal.BAD_TITLE
    if not 1 <= plan.seats <= SEATS_MAX:
        return NightRefusal.BAD_SEATS
    in_time = moment < plan.starts_at <= moment + PLANNED_WITHIN
    return None if in_time and 0 < plan.window <= WINDOW_MAX else NightRefusal.BAD_TIME


def _not_now(night: Night) -> NightRefusal | None:
    if night.state is NightState.CANCELLED:
        return NightRefusal.CANCELLED
    return NightRefusal.ENDED if night.state is NightState.ENDED else None


def _not_so(night: Night, verb: NightVerb, own: Guest | None, moment: Micros) -> NightRefusal | None:
    match verb, own:
        case NightVerb.JOIN, Guest():
            return NightRefusal.ALREADY_IN
        case ((NightVerb.CHECK_IN | NightVerb.LEAVE), None):
            return NightRefusal.NOT_IN
        case ((NightVerb.CHECK_IN | NightVerb.LEAVE), Guest(place=Place.HERE)):
            return NightRefusal.ALREADY_HERE
        case NightVerb.CHECK_IN, _ if moment < night.checkin_at:
            return NightRefusal.TOO_EARLY
        case NightVerb.CHECK_IN, Guest(place=Place.WAITING):
            return NightRefusal.NO_SEAT_YET
    return None


def _needed_pass(standing: NightStanding, verb: NightVerb, moment: Micros) -> Pass | PassRefusal | None:
    if verb is NightVerb.LEAVE or not standing.night.plan.needs_pass:
        return None
    own = (held for held in standing.passes if is_own(held, standing.together))
    return fitting_pass(own, PassKind.GAME_NIGHT, standing.night.scope, moment)


def _done(
    standing: NightStanding, command: VisitNight, name: str, others: tuple[str, ...]
) -> tuple[Place | None, tuple[Fact, ...]]:
    night = standing.night
    private = {
        "person": standing.person_id,
        "platform": command.actor.platform,
        "user": command.actor.user_id,
        "name": command.actor.name,
        "request": command.request_id,
    }

    def fact(kind: str, guest: str = name) -> Fact:
        return Fact(kind, night.scope, {"guest": guest}, private, standing.person_id)

    leaving = tuple(fact("night.left", other) for other in others)

    match command.verb:
        case NightVerb.JOIN if night.seats_left > 0:
            return Place.SEATED, (fact("night.joined"), fact("night.seated"))
        case NightVerb.JOIN:
            return Place.WAITING, (fact("night.joined"),)
        case NightVerb.CHECK_IN:
            return Place.HERE, (*leaving, fact("night.checked-in"))
    return None, (*leaving, fact("night.left"))


def _ahead(night: Night, own: Guest | None) -> int:
    waiting = night.waiting
    return waiting.index(own) if own in waiting and own is not None else 0


def _by(actor: Actor) -> Part:
    return {"by": {"platform": actor.platform, "user": actor.user_id, "name": actor.name}}
