"""The answer of a gate to one person: in, not, not yet or not known; why, and the cheapest way in. As data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.entitlements import Cost, Entitlement, Evidence, Found, Measure, Question
from bot.domain.gates import (
    AllOf,
    AnyOf,
    Condition,
    Gate,
    Truth,
    conditions,
    current,
    truth,
    turning_points,
    turns_at,
)
from bot.domain.time import DAY, Micros


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one condition. `turns_at` is when time alone will change it, if it will."""

    condition: Condition
    truth: Truth
    turns_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """In. The findings are those of every condition, in the order of the gate, and for that person alone."""

    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Not in. `way_in` is everything that is still to be got on the cheapest way; empty if there is no way."""

    findings: tuple[Finding, ...] = ()
    way_in: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedUntil:
    """Nothing but time is missing: in from the instant `at` on. `way_in` is what would let in before."""

    at: Micros
    findings: tuple[Finding, ...] = ()
    way_in: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say yet; `unanswered` are the questions on which it depends."""

    findings: tuple[Finding, ...] = ()
    unanswered: tuple[Question, ...] = ()


Verdict = Accepted | Refused | RefusedUntil | Unknown


def evaluate(gate: Gate, evidence: Evidence, moment: Micros, public_opens_at: Micros | None = None) -> Verdict:
    """The gate's verdict at this moment. `public_opens_at` is when everybody is let in, if that is to come."""
    now = truth(gate, evidence, moment)
    if now is Truth.YES:
        return Accepted(findings_of(gate, evidence, moment))
    if now is Truth.UNKNOWN:
        return unknown(gate, evidence, moment)
    points = turning_points(gate, evidence, moment)
    openings = [at for at in points if truth(gate, evidence, moment, at) is Truth.YES][:1]
    if public_opens_at is not None and public_opens_at > moment:
        openings.append(public_opens_at)
    return refused(gate, evidence, moment, min(openings, default=None))


def unknown(gate: Gate, evidence: Evidence, moment: Micros) -> Unknown:
    """That it depends on what is not known."""
    unanswered = dict.fromkeys(_unanswered(gate, evidence, moment))
    return Unknown(findings_of(gate, evidence, moment), tuple(unanswered))


def refused(gate: Gate, evidence: Evidence, moment: Micros, until: Micros | None) -> Refused | RefusedUntil:
    """A refusal with its reasons, for good or until an instant."""
    findings, way = findings_of(gate, evidence, moment), way_in(gate, evidence, moment)
    return Refused(findings, way) if until is None else RefusedUntil(until, findings, way)


def findings_of(gate: Gate, evidence: Evidence, moment: Micros) -> tuple[Finding, ...]:
    """Which conditions hold, which fail and which are not known."""
    return tuple(
        Finding(condition, truth(condition, evidence, moment), turns_at(condition, evidence, moment))
        for condition in conditions(gate)
    )


def _unanswered(gate: Gate, evidence: Evidence, moment: Micros) -> Iterable[Question]:
    if truth(gate, evidence, moment) is not Truth.UNKNOWN:
        return
    if isinstance(gate, Condition):
        yield gate.question
    else:
        for part in gate.parts:
            yield from _unanswered(part, evidence, moment)


def way_in(gate: Gate, evidence: Evidence, moment: Micros) -> tuple[Condition, ...]:
    """What is still to be got on the cheapest way in, free ones before those that cost; empty if there is none.

    What is not known counts as not there. Costs are compared from the dearest part of a way down."""
    way = _way(gate, evidence, moment)
    if any(condition.cost is Cost.OUT_OF_REACH for condition in way):
        return ()
    # To get what one part asks for may be just what another part forbids.
    gone = {**evidence, **{condition.question: _got(condition, moment) for condition in way}}
    return way if truth(gate, gone, moment) is Truth.YES else ()


def _got(condition: Condition, moment: Micros) -> Found:
    """The evidence about somebody who has just come to meet this condition."""
    match condition.measure:
        case Measure.DAYS:
            value = moment - condition.at_least * DAY
        case Measure.TIER:
            value = condition.at_least
        case Measure.FLAG:
            since = condition.question.about is Entitlement.FOLLOWER
            value = (moment if since else 1) if condition.holds else 0
    return Found(value, moment, moment + 1)


def _way(gate: Gate, evidence: Evidence, moment: Micros) -> tuple[Condition, ...]:
    match gate:
        case AllOf(parts):
            return _hardest(condition for part in parts for condition in _way(part, evidence, moment))
        case AnyOf(parts):
            ways = [_way(part, evidence, moment) for part in parts]
            return min(ways, key=lambda way: _price(way, evidence, moment))
        case Condition():
            return () if truth(gate, evidence, moment) is Truth.YES else (gate,)


def _hardest(wanted: Iterable[Condition]) -> tuple[Condition, ...]:
    """Without what another one brings along: a tier the lower tiers, a long follow the short one."""
    kept: dict[tuple[Question, bool], Condition] = {}
    for condition in wanted:
        slot = (condition.question, condition.holds)
        other = kept.get(slot, condition)
        kept[slot] = max(other, condition, key=lambda each: (each.measure is Measure.DAYS, each.at_least))
    return tuple(kept.values())


def _price(way: tuple[Condition, ...], evidence: Evidence, moment: Micros) -> list[tuple[Cost, int]]:
    return sorted(((condition.cost, _amount(condition, evidence, moment)) for condition in way), reverse=True)


def _amount(condition: Condition, evidence: Evidence, moment: Micros) -> int:
    """How much of its cost is still to be spent: the tier, or the time to wait."""
    if condition.measure is not Measure.DAYS:
        return condition.at_least
    found = current(evidence, condition.question, moment)
    since = found.value if found is not None and found.value else moment
    return since + condition.at_least * DAY - moment
