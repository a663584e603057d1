"""Reads a gate as the ledger shows it to the public, with its own few lines: who is let in early."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r'\(|\)|>=|<|\d+|[a-z_]+(?::(?:"[^"]*"|[\w.-]+))?')
_WORDS = frozenset(
    {
        *("subscriber", "gift", "follower", "follower_days", "vip", "moderator", "founder"),
        *("role", "booster", "member_days", "role_subscriber"),
        *("badge", "pass", "unlock", "code", "listed", "account_days"),
    }
)


@dataclass(frozen=True, slots=True)
class Literal:
    """One condition: `word` is what it asks about, `subject` the name behind a colon, `at_least` a tier or whole
    days. With `holds` False it must not be met."""

    word: str
    subject: str = ""
    at_least: int = 1
    holds: bool = True

    @property
    def question(self) -> str:
        """What has to be found out, as the evidence names it: one answer tells both whether and since when."""
        word = "follower" if self.word == "follower_days" else self.word
        return f"{word}:{self.subject}" if self.subject else word


@dataclass(frozen=True, slots=True)
class Group:
    """All of the parts have to be met, or (`every` False) one of them."""

    parts: tuple[GateText, ...]
    every: bool


GateText = Literal | Group


def read_gate(text: str) -> GateText | None:
    """None for what is not written as the ledger writes gates."""
    tokens = _TOKEN.findall(text)
    if re.sub(r"\s", "", text) != re.sub(r"\s", "", "".join(tokens)):
        return None
    try:
        reader = _Reader(tokens)
        gate = reader.any_of()
    except (ValueError, IndexError):
        return None
    return gate if reader.is_done else None


def lets_in(gate: GateText, meets: Callable[[Literal], bool]) -> bool:
    """Whether the gate lets in, when `meets` says of each condition whether it is satisfied as it is written."""
    if isinstance(gate, Literal):
        return meets(gate)
    return (all if gate.every else any)(lets_in(part, meets) for part in gate.parts)


def literals(gate: GateText) -> Iterator[Literal]:
    if isinstance(gate, Literal):
        yield gate
    else:
        for part in gate.parts:
            yield from literals(part)


class _Reader:
    """Takes tokens from the left; raises ValueError or IndexError where they make no gate."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._tokens)

    def any_of(self) -> GateText:
        parts = [self._all_of()]
        while self._take("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Group(tuple(parts), every=False)

    def _all_of(self) -> GateText:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Group(tuple(parts), every=True)

    def _one(self) -> GateText:
        if self._take("("):
            inner = self.any_of()
            if not self._take(")"):
                raise ValueError("a bracket is not closed")
            return inner
        holds = not self._take("not")
        word, _, subject = self._next().partition(":")
        if word not in _WORDS:
            raise ValueError(f"{word} is no condition")
        if holds and self._take(">="):
            return Literal(word, subject.strip('"'), int(self._next()))
        if holds and self._take("<"):
            return Literal(word, subject.strip('"'), int(self._next()), holds=False)
        return Literal(word, subject.strip('"'), holds=holds)

    def _take(self, token: str) -> bool:
        there = not self.is_done and self._tokens[self._at] == token
        self._at += there
        return there

    def _next(self) -> str:
        token = self._tokens[self._at]
        self._at += 1
        return token
