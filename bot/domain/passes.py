"""A pass: a right that is spent, never a moderator's right; the fold of its facts, and which one is spent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import cast

from bot.domain.ledger import Fact, Part
from bot.domain.pass_terms import PassKind, PassTerms, terms_of
from bot.domain.time import Micros


class PassRefusal(StrEnum):
    """Why not, in order of precedence: the first that applies is the answer."""

    NOT_ALLOWED = "not-allowed"
    NO_PASS = "no-pass"
    UNKNOWN_PASS = "unknown-pass"
    VOIDED = "voided"
    EXPIRED = "expired"
    USED_UP = "used-up"
    NOT_TRANSFERABLE = "not-transferable"
    RECEIVER_UNKNOWN = "receiver-unknown"
    SAME_PERSON = "same-person"
    BAD_USES = "bad-uses"
    BAD_EXPIRY = "bad-expiry"


@dataclass(frozen=True, slots=True)
class Pass:
    """The fold of a pass's facts (see `evolve_pass`). `owner` is a person, None for one who was forgotten; `drop`
    and `unit` are the badge that it came with, "" and 0 for none. `spent_on` are the scopes that it was spent on
    and that have not given it back. The badge stays its owner's whatever becomes of the pass."""

    number: int
    terms: PassTerms
    owner: int | None
    drop: str = ""
    unit: int = 0
    used: int = 0
    spent_on: tuple[str, ...] = ()
    voided_why: str = ""
    expired: bool = False

    @property
    def voided(self) -> bool:
        return bool(self.voided_why)

    @property
    def uses_left(self) -> int:
        return self.terms.uses - self.used

    def why_not(self, moment: Micros) -> PassRefusal | None:
        """Why nobody can spend it now, or hand it on; None when its owner can. It is good in [.., expires_at)."""
        if self.voided:
            return PassRefusal.VOIDED
        if self.expired or self.gone_by(moment):
            return PassRefusal.EXPIRED
        return PassRefusal.USED_UP if self.uses_left < 1 else None

    def gone_by(self, moment: Micros) -> bool:
        """Whether its time is over, told or not."""
        return self.terms.expires_at is not None and moment >= self.terms.expires_at


def evolve_pass(current: Pass | None, fact: Fact) -> Pass:
    """The pass after one more of its facts. The table row is this fold, live and when it is rebuilt from entries.

    Raises ValueError for a fact that cannot be: about a pass that was never granted or is voided, a use that is not
    left, one given back that was not taken, an unknown kind."""
    public, kind = fact.public, fact.kind
    if kind == "pass.granted":
        if current is not None:
            raise ValueError(f"pass {current.number} is granted twice")
        return _granted(public, fact.private)
    if current is None:
        raise ValueError(f"{kind} of a pass that was never granted")
    match kind:
        case "pass.spent":
            if current.uses_left < 1 or current.voided or current.expired or fact.drop in current.spent_on:
                raise ValueError(f"pass {current.number} cannot be spent on {fact.drop}")
            return replace(current, used=current.used + 1, spent_on=(*current.spent_on, fact.drop))
        case "pass.returned":
            if fact.drop not in current.spent_on:
                raise ValueError(f"pass {current.number} was not spent on {fact.drop}")
            kept = tuple(scope for scope in current.spent_on if scope != fact.drop)
            return replace(current, used=current.used - 1, spent_on=kept)
        case "pass.transferred":
            # What was spent before may stand in entries of somebody who has been forgotten since.
            used = current.terms.uses - cast(int, public["uses_left"])
            return replace(current, owner=_person(fact.private), used=used)
        case "pass.voided" if not current.voided:
            return replace(current, voided_why=str(public["why"]))
        case "pass.expired":
            return replace(current, expired=True)
    raise ValueError(f"{kind} cannot happen to pass {current.number}")


def due_in_pass(held: Pass, moment: Micros) -> Fact | None:
    """What time asks of a pass: to say once that it is over, unless nobody could spend it anyway."""
    if next_due_in_pass(held) is None or not held.gone_by(moment):
        return None
    return Fact("pass.expired", "", {"pass": held.number}, {"person": held.owner}, held.owner)


def next_due_in_pass(held: Pass) -> Micros | None:
    """When to ask `due_in_pass` again."""
    over = held.voided or held.expired or held.uses_left < 1 or held.owner is None
    return None if over else held.terms.expires_at


def fitting_pass(passes: Iterable[Pass], kind: PassKind, scope: str, moment: Micros) -> Pass | PassRefusal:
    """Which of somebody's passes is spent on `scope`: the one that expires first, then the oldest. A refusal tells
    of the one that came closest."""
    of_kind = [held for held in passes if held.terms.kind is kind]
    good = [held for held in of_kind if held.why_not(moment) is None and scope not in held.spent_on]
    if good:
        return min(good, key=lambda held: (held.terms.expires_at is None, held.terms.expires_at, held.number))
    order = list(PassRefusal)
    reasons = [held.why_not(moment) or PassRefusal.USED_UP for held in of_kind]
    return max(reasons, key=order.index, default=PassRefusal.NO_PASS)


def spent_fact(held: Pass, scope: str, holder: str, person_id: int) -> Fact:
    """One use of it; `holder` is the person's pseudonym in that scope. Which pass it was is private: else whoever
    got it from a drop could be followed to a poll."""
    return Fact("pass.spent", scope, {"holder": holder}, {"pass": held.number, "person": person_id}, person_id)


def returned_fact(number: int, scope: str, holder: str, person_id: int, why: str) -> Fact:
    """A use that was spent there, given back."""
    private = {"pass": number, "person": person_id}
    return Fact("pass.returned", scope, {"holder": holder, "why": why}, private, person_id)


def pass_of(fact: Fact) -> int | None:
    """The number of the pass that a fact is about; None where it is about none, or nobody may know any more."""
    if not fact.kind.startswith("pass."):
        return None
    return cast("int | None", fact.public.get("pass", fact.private.get("pass")))


def is_own(held: Pass, persons: Collection[int]) -> bool:
    """Whether a pass belongs to one of those who count as one person."""
    return held.owner in persons


def _granted(public: Part, private: Part) -> Pass:
    drop, unit = str(public.get("drop", "")), cast(int, public.get("unit", 0))
    return Pass(cast(int, public["pass"]), terms_of(public), _person(private), drop, unit)


def _person(private: Part) -> int | None:
    return cast("int | None", private.get("person"))
