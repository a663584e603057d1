"""Counts ballots on its own, from what people typed: shares no line with the program's tally."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

_NUMBER = re.compile(r"#?(\d+)")


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants: `picks` are option numbers; the best first when ranked, with points behind each when
    scored. Nothing at all abstains."""

    method: str
    picks: tuple[Any, ...]

    def __init__(self, method: str, plain: Iterable[Any]) -> None:
        picks = tuple(tuple(each) if isinstance(each, list) else each for each in plain)
        object.__setattr__(self, "method", method)
        object.__setattr__(self, "picks", picks)

    @classmethod
    def read(cls, method: str, options: Sequence[str], text: str) -> Self | None:
        """What these words choose; None for what is no choice in such a poll."""
        said = " ".join(text.split()).casefold()
        if said == "abstain":
            return cls(method, ())
        match method:
            case "plurality":
                pick = _pick(options, said)
                return None if pick is None else cls(method, (pick,))
            case "approval":
                picks = {_pick(options, word) for word in said.split()}
                return None if None in picks else cls(method, sorted(pick for pick in picks if pick))
            case "ranked":
                order = [_pick(options, word.strip()) for word in said.split(">")]
                return None if None in order or len(set(order)) < len(order) else cls(method, order)
        scored = [word.partition("=") for word in said.split()]
        pairs = sorted((_pick(options, name) or 0, int(score or 0)) for name, _, score in scored)
        well_said = "=" in said and all(option for option, _ in pairs)
        return cls(method, pairs) if well_said else None

    @property
    def first(self) -> int:
        return int(self.picks[0]) if self.picks else 0


def _pick(options: Sequence[str], word: str) -> int | None:
    number = _NUMBER.fullmatch(word)
    if number is not None:
        return int(number[1]) if 1 <= int(number[1]) <= len(options) else None
    return next((n for n, option in enumerate(options, 1) if option.casefold() == word), None)


def taken_part(choices: Sequence[Choice]) -> tuple[int, int]:
    """How many chose something, and how many abstained."""
    abstained = sum(1 for each in choices if not each.picks)
    return len(choices) - abstained, abstained


def points(choices: Iterable[Choice], options: int) -> tuple[int, ...]:
    """What each option has got: votes, first choices or points."""
    got: Counter[int] = Counter()
    for choice in choices:
        match choice.method:
            case "ranked":
                got.update([choice.first] if choice.picks else [])
            case "score":
                got.update(dict(choice.picks))
            case _:
                got.update(choice.picks)
    return tuple(got[option] for option in range(1, options + 1))


def winners(method: str, choices: Sequence[Choice], options: int) -> frozenset[int] | None:
    """Who may have won: several where a draw decides, none where nobody chose anything. None where a draw on the
    way decides who is still in it."""
    if method != "ranked":
        got = points(choices, options)
        most = max(got)
        return frozenset(n for n, amount in enumerate(got, 1) if amount == most) if most else frozenset()
    orders = [choice.picks for choice in choices if choice.picks]
    left = set(range(1, options + 1))
    while orders:
        got = Counter(next((pick for pick in order if pick in left), 0) for order in orders)
        amounts = {option: got[option] for option in left}
        most = max(amounts.values())
        if len(left) <= 2 or 2 * most > sum(amounts.values()):
            return frozenset(option for option in left if amounts[option] == most)
        least = min(amounts.values())
        last = {option for option in left if amounts[option] == least}
        if least and len(last) > 1:
            return None
        left -= last
    return frozenset()
