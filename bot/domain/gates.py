"""A gate: the conditions that let somebody in early, and what the evidence about a person says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from bot.domain.entitlements import (
    DAYS_MAX,
    KINDS,
    TIER_MAX,
    Cost,
    Entitlement,
    Evidence,
    Found,
    Measure,
    Question,
    Source,
)
from bot.domain.time import DAY, Micros

PLAIN_NAME = re.compile(r"[\w.-]+")
AT_LEAST_MAX: Mapping[Measure, int] = {Measure.FLAG: 1, Measure.TIER: TIER_MAX, Measure.DAYS: DAYS_MAX}


@dataclass(frozen=True, slots=True)
class Condition:
    """One entitlement that must be there, or with `holds` False must not. `at_least` is the tier, or whole days."""

    entitlement: Entitlement
    subject: str = ""
    at_least: int = 1
    holds: bool = True

    def __post_init__(self) -> None:
        if bool(self.subject) != KINDS[self.entitlement].named:
            raise ValueError(f"{self.entitlement} and the name {self.subject!r} do not go together")
        if not 1 <= self.at_least <= AT_LEAST_MAX[self.measure]:
            raise ValueError(f"{self.entitlement} cannot be at least {self.at_least}")

    @property
    def measure(self) -> Measure:
        return KINDS[self.entitlement].measure

    @property
    def question(self) -> Question:
        # One look-up finds whether somebody follows and since when.
        follows = self.entitlement is Entitlement.FOLLOWER_DAYS
        return Question(Entitlement.FOLLOWER if follows else self.entitlement, self.subject)

    @property
    def cost(self) -> Cost:
        if self.holds:
            return KINDS[self.entitlement].cost
        # Whoever was given a subscription can have one of their own; nobody is told to give anything up.
        return Cost.PAID if self.entitlement is Entitlement.GIFT else Cost.OUT_OF_REACH

    def __str__(self) -> str:
        plain = self.measure is Measure.FLAG or (self.measure is Measure.TIER and self.at_least == 1)
        if not plain:
            return f"{self.entitlement} {'>=' if self.holds else '<'} {self.at_least}"
        quoted = self.subject if PLAIN_NAME.fullmatch(self.subject) else f'"{self.subject}"'
        word = f"{self.entitlement}:{quoted}" if self.subject else str(self.entitlement)
        return word if self.holds else f"not {word}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part must let in. Made by `all_of`, which keeps gates that mean the same alike."""

    parts: tuple[Gate, ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, AnyOf) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part that lets in is enough. Made by `any_of`."""

    parts: tuple[Gate, ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


# A negation stands at the conditions alone, so that each is one thing to find out, to show and to get.
Gate = Condition | AllOf | AnyOf


def all_of(gates: Iterable[Gate]) -> Gate:
    """All of them, at least one: without a group in a group of its own kind, and without repetition."""
    parts = _merged(gates, AllOf)
    return parts[0] if len(parts) == 1 else AllOf(parts)


def any_of(gates: Iterable[Gate]) -> Gate:
    """Any of them, in the same way."""
    parts = _merged(gates, AnyOf)
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def negated(gate: Gate) -> Gate:
    """The gate that lets in exactly whom this one does not (De Morgan's laws, which hold for three values too)."""
    match gate:
        case AllOf(parts):
            return any_of(map(negated, parts))
        case AnyOf(parts):
            return all_of(map(negated, parts))
        case Condition(entitlement, subject, at_least, holds):
            return Condition(entitlement, subject, at_least, not holds)


def _merged(gates: Iterable[Gate], group: type[AllOf | AnyOf]) -> tuple[Gate, ...]:
    parts: dict[Gate, None] = {}
    for gate in gates:
        parts.update(dict.fromkeys(gate.parts if isinstance(gate, group) else (gate,)))
    return tuple(parts)


def conditions(gate: Gate) -> Iterator[Condition]:
    """All conditions as they are written, each once."""
    seen: set[Condition] = set()
    waiting: list[Gate] = [gate]
    while waiting:
        first = waiting.pop()
        if not isinstance(first, Condition):
            waiting += reversed(first.parts)
        elif first not in seen:
            seen.add(first)
            yield first


def questions(gate: Gate) -> dict[Source, tuple[Question, ...]]:
    """What is to be found out about a person, by who can answer it."""
    asked: dict[Source, dict[Question, None]] = {}
    for condition in conditions(gate):
        asked.setdefault(condition.question.source, {})[condition.question] = None
    return {source: tuple(group) for source, group in asked.items()}


class Truth(IntEnum):
    """Kleene's three values in their order: "and" is the least, "or" the greatest."""

    NO = 0
    UNKNOWN = 1
    YES = 2


def truth(gate: Gate, evidence: Evidence, moment: Micros, at: Micros | None = None) -> Truth:
    """Whether the evidence that holds at `moment` lets the person in; `at` is another instant to count days at.

    Evidence that is missing or has expired is unknown: never a yes, and never a no."""
    match gate:
        case AllOf(parts):
            return min(truth(part, evidence, moment, at) for part in parts)
        case AnyOf(parts):
            return max(truth(part, evidence, moment, at) for part in parts)
        case Condition():
            found = current(evidence, gate.question, moment)
            if found is None:
                return Truth.UNKNOWN
            return Truth.YES if _met(gate, found, moment if at is None else at) is gate.holds else Truth.NO


def current(evidence: Evidence, question: Question, moment: Micros) -> Found | None:
    """The answer that holds at this moment, if there is one."""
    found = evidence.get(question)
    return found if found is not None and found.covers(moment) else None


def turns_at(condition: Condition, evidence: Evidence, moment: Micros) -> Micros | None:
    """When time alone will turn this condition over: to yes, or a "less than" to no. None when it will not."""
    found = current(evidence, condition.question, moment)
    if found is None or not found.value or condition.measure is not Measure.DAYS:
        return None
    reached_at = found.value + condition.at_least * DAY
    return reached_at if reached_at > moment else None


def turning_points(gate: Gate, evidence: Evidence, moment: Micros) -> list[Micros]:
    """The instants after `moment` at which time alone changes a condition, earliest first."""
    turns = {turns_at(condition, evidence, moment) for condition in conditions(gate)}
    return sorted(turn for turn in turns if turn is not None)


def _met(condition: Condition, found: Found, at: Micros) -> bool:
    if not found.value:
        return False
    match condition.measure:
        case Measure.TIER:
            return found.value >= condition.at_least
        case Measure.DAYS:
            return at >= found.value + condition.at_least * DAY
        case Measure.FLAG:
            return True
