"""What people saw: who asked what and when, and what they were told. All that the black-box check may know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.domain.claims import ClaimChecking
from bot.domain.time import Micros
from bot.domain.voting import VoteChecking


@dataclass(slots=True)
class Asked:
    """One request, however often it was delivered: from the first time it was asked to its first real answer.

    `answer` stays None while nobody knows what became of it; `about` is what else a moderator wanted."""

    request: str
    who: str
    wanted: str
    asked_at: Micros
    answered_at: Micros | None = None
    answer: Any = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """Everybody could read that this person has this number."""

    at: Micros
    who: str
    drop: str
    number: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What was announced of a drop."""

    supply: int
    held_back: int
    per_person: int


@dataclass(slots=True)
class Seen:
    """Everything of one evening, with the loop's clock. Deeds are moderators' requests, repairs
    the operator's."""

    claims: dict[str, Asked] = field(default_factory=dict)
    deeds: dict[str, Asked] = field(default_factory=dict)
    repairs: dict[str, Asked] = field(default_factory=dict)
    # What was asked of polls, by whoever votes and by moderators, and of links.
    votes: dict[str, Asked] = field(default_factory=dict)
    polls: dict[str, Asked] = field(default_factory=dict)
    # Who carries, or carried, a name.
    names: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    rules: dict[str, Rules] = field(default_factory=dict)
    contradictions: list[str] = field(default_factory=list)

    def asks(self, of: dict[str, Asked], request: str, who: str, wanted: str, at: Micros, *about: str) -> Asked:
        """Somebody asks, perhaps not for the first time."""
        return of.setdefault(request, Asked(request, who, wanted, at, about=about))

    def told(self, asked: Asked, answer: Any, at: Micros) -> None:
        """Note an answer. The same request never gets two different ones, but that it is being checked is none."""
        if asked.answer is None or isinstance(asked.answer, ClaimChecking | VoteChecking):
            asked.answer, asked.answered_at = answer, at
        elif asked.answer != answer:
            self.contradictions.append(f"{asked.request} was told {asked.answer}, and later {answer}")
