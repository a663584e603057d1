"""Giving a pass, handing it on and taking it away: by hand, or together with the badge that it came with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from bot.domain.ledger import Fact, Part
from bot.domain.pass_terms import PassTerms
from bot.domain.passes import Pass, PassRefusal, is_own
from bot.domain.people import Actor
from bot.domain.time import Micros

USES_MAX = 100
REASON_CHARACTERS_MAX = 200

_NOTHING: Part = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class GivePass:
    """A moderator gives somebody a pass."""

    channel_id: int
    request_id: str
    actor: Actor
    terms: PassTerms
    receiver: Actor | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class TransferPass:
    """Somebody hands a pass of theirs on."""

    channel_id: int
    request_id: str
    actor: Actor
    number: int
    receiver: Actor | None = None


@dataclass(frozen=True, slots=True)
class RevokePass:
    """A moderator takes a pass away, for good: first to be asked, then `confirmed`."""

    channel_id: int
    request_id: str
    actor: Actor
    number: int
    why: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class PassStanding:
    """What a deed depends on. `held` is the pass that was named, None where there is none; `asker` are the persons
    who count as the asker, `receiver` those who count as the receiver, the one that was named first. `number` is
    the next pass's."""

    held: Pass | None = None
    asker: tuple[int, ...] = ()
    receiver: tuple[int, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class PassGiven:
    number: int
    terms: PassTerms
    receiver: str


@dataclass(frozen=True, slots=True)
class PassTransferred:
    number: int
    terms: PassTerms
    receiver: str
    uses_left: int


@dataclass(frozen=True, slots=True)
class PassRevoked:
    """Gone, with so many uses; what it was spent on before stays as it is."""

    number: int
    terms: PassTerms
    uses_left: int


@dataclass(frozen=True, slots=True)
class PassNeedsYes:
    """Nothing has happened yet: it cannot be taken back."""

    number: int
    terms: PassTerms
    uses_left: int


@dataclass(frozen=True, slots=True)
class PassRefused:
    because: PassRefusal
    number: int = 0


GiveDecision = PassGiven | PassRefused
TransferDecision = PassTransferred | PassRefused
RevokeDecision = PassRevoked | PassNeedsYes | PassRefused


def decide_give(standing: PassStanding, command: GivePass, moment: Micros) -> tuple[GiveDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; a refusal makes none."""
    terms = command.terms
    because = None
    if not command.actor.steers:
        because = PassRefusal.NOT_ALLOWED
    elif command.receiver is None or not standing.receiver:
        because = PassRefusal.RECEIVER_UNKNOWN
    elif not 1 <= terms.uses <= USES_MAX:
        because = PassRefusal.BAD_USES
    elif terms.expires_at is not None and terms.expires_at <= moment:
        because = PassRefusal.BAD_EXPIRY
    if because is not None or command.receiver is None:
        return PassRefused(because or PassRefusal.RECEIVER_UNKNOWN), ()
    more = {"why": command.why[:REASON_CHARACTERS_MAX], "by": _named(command.actor)}
    private = {**_owned(standing.receiver[0], command.receiver), "request": command.request_id, **more}
    public = {"pass": standing.number, **terms.as_public()}
    fact = Fact("pass.granted", "", public, private, standing.receiver[0])
    return PassGiven(standing.number, terms, command.receiver.name), (fact,)


def decide_transfer(
    standing: PassStanding, command: TransferPass, moment: Micros
) -> tuple[TransferDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes. Of somebody else's pass nobody learns even that there is one."""
    held, receiver = standing.held, command.receiver
    if held is None or not is_own(held, standing.asker):
        return PassRefused(PassRefusal.UNKNOWN_PASS, command.number), ()
    because = held.why_not(moment)
    if because is None and not held.terms.transferable:
        because = PassRefusal.NOT_TRANSFERABLE
    if because is None and (receiver is None or not standing.receiver):
        because = PassRefusal.RECEIVER_UNKNOWN
    if because is None and is_own(held, standing.receiver):
        because = PassRefusal.SAME_PERSON
    if because is not None or receiver is None:
        return PassRefused(because or PassRefusal.RECEIVER_UNKNOWN, held.number), ()
    fact = _transferred(held, standing.receiver[0], receiver, {"request": command.request_id})
    return PassTransferred(held.number, held.terms, receiver.name, held.uses_left), (fact,)


def decide_revoke(
    standing: PassStanding, command: RevokePass, moment: Micros
) -> tuple[RevokeDecision, tuple[Fact, ...]]:
    """The decision and the facts it makes; only a confirmed one makes any. One that is used up can be taken away
    too: a poll that is cancelled will not give it back then."""
    held = standing.held
    if not command.actor.steers:
        return PassRefused(PassRefusal.NOT_ALLOWED), ()
    if held is None:
        return PassRefused(PassRefusal.UNKNOWN_PASS, command.number), ()
    because = held.why_not(moment)
    if because in (PassRefusal.VOIDED, PassRefusal.EXPIRED):
        return PassRefused(because, held.number), ()
    if not command.confirmed:
        return PassNeedsYes(held.number, held.terms, held.uses_left), ()
    why = {"why": command.why[:REASON_CHARACTERS_MAX], "by": _named(command.actor)}
    return PassRevoked(held.number, held.terms, held.uses_left), (_voided(held, "revoked", why),)


def granted_with_unit(number: int, terms: PassTerms, unit: Fact) -> Fact:
    """The pass that comes with a badge: `unit` is the fact that grants the badge, and tells to whom."""
    public = {"pass": number, **terms.as_public(), "drop": unit.drop, "unit": unit.public["number"]}
    whose = {name: unit.private[name] for name in ("person", "platform", "user", "name")}
    return Fact("pass.granted", "", public, whose, unit.person_id)


def voided_with_unit(passes: Iterable[Pass], drop: str, unit: int) -> tuple[Fact, ...]:
    """A badge is taken back, and takes what came with it along: spent or expired, nothing of it comes back."""
    return tuple(_voided(held, "unit-voided") for held in _came_with(passes, drop, unit) if not held.voided)


def moved_with_unit(
    passes: Iterable[Pass], drop: str, unit: int, receiver: int, account: Actor, moment: Micros
) -> tuple[Fact, ...]:
    """A badge goes to somebody else: what is unspent goes with it if it may, and else stays where it is."""
    follows = (
        held
        for held in _came_with(passes, drop, unit)
        if held.terms.transferable and held.why_not(moment) is None and held.owner != receiver
    )
    return tuple(_transferred(held, receiver, account) for held in follows)


def _came_with(passes: Iterable[Pass], drop: str, unit: int) -> Collection[Pass]:
    return [held for held in passes if (held.drop, held.unit) == (drop, unit)]


def _transferred(held: Pass, person_id: int, account: Actor, more: Part = _NOTHING) -> Fact:
    public = {"pass": held.number, "uses_left": held.uses_left}
    return Fact("pass.transferred", "", public, {**_owned(person_id, account), **more}, person_id)


def _voided(held: Pass, why: str, more: Part = _NOTHING) -> Fact:
    private = {"person": held.owner, **more}
    return Fact("pass.voided", "", {"pass": held.number, "why": why}, private, held.owner)


def _owned(person_id: int, account: Actor) -> dict[str, object]:
    return {"person": person_id, **_named(account)}


def _named(actor: Actor) -> dict[str, object]:
    return {"platform": actor.platform, "user": actor.user_id, "name": actor.name}
