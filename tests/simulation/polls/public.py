"""What everybody could read of a poll: the result as chat and Discord told it, read back from lines and cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.time import Micros
from bot.wording.cards import Card
from tests.simulation.platforms import World

_BAR = re.compile(r"\*\*(\d+)\*\* [^\n]+\n`[█░]+` \*\*(\d+)\*\*")
_PEOPLE = re.compile(r"\b(\d+) (?:people|person) voted")
_ABSTAINED = re.compile(r"\b(\d+) abstained")
_WON = re.compile(r"(?:^|\*\*)([^*.]+?)(?:\*\*)? won\b")
_DRAWN = re.compile(r"fell on \**([^*.]+?)\**\.")
_CLOSED = r"^(?:Poll|Mod vote) closed(?: while I was away|, because the stream stayed off)?: {question} (.+)$"
_PUT = r"^(?:Poll|Mod vote): {question} .* open for (?:(\d+) min ?)?(?:(\d+) s)?\."


@dataclass(frozen=True, slots=True)
class ToldResult:
    """`counts` are the points of each option; None where the line has others, as that of a run-off. `winner` is 0
    where nothing was decided. `at` is the loop's clock."""

    place: str
    at: Micros
    counts: tuple[int, ...] | None
    people: int
    abstained: int
    winner: int


def told_results(world: World, question: str, options: Sequence[str], method: str) -> Iterator[ToldResult]:
    """Every time that the result of this question was told, and once how its card stands in the end."""
    closed = re.compile(_CLOSED.format(question=re.escape(question)))
    for line in world.lines:
        found = closed.match(line.text)
        if found is not None:
            text = found[1].removesuffix(" ·")
            counts = None if method == "ranked" else _line_counts(text, options)
            yield _told("chat", line.at, text, options, counts)
    for post in world.posts:
        if post.first.title == f"Result: {question}":
            yield _told("board", post.at, post.first.text, options, _bars(post.first.text, options))
        elif post.first.title == question and not post.card.buttons and "won" in post.card.text:
            yield _told("card", post.at, post.card.text, options, _bars(post.card.text, options))


def told_lengths(world: World, question: str) -> Iterator[int]:
    """For how many seconds chat was told that this question is open, when it was put."""
    put = re.compile(_PUT.format(question=re.escape(question)))
    for line in world.lines:
        found = put.match(line.text)
        if found is not None:
            yield 60 * int(found[1] or 0) + int(found[2] or 0)


def shows_counts(card: Card) -> bool:
    """Whether a card tells what anything has got."""
    return "█" in card.text or "░" in card.text


def line_shows_counts(text: str, question: str, options: Sequence[str]) -> bool:
    """Whether a line about this question tells what anything has got."""
    return question in text and any(re.search(rf"\b\d+ for {re.escape(each)}\b", text) for each in options)


def _told(place: str, at: Micros, text: str, options: Sequence[str], counts: tuple[int, ...] | None) -> ToldResult:
    people, abstained = _PEOPLE.search(text), _ABSTAINED.search(text)
    named = _DRAWN.search(text) or _WON.search(text)
    winner = 0 if named is None else list(options).index(named[1]) + 1
    return ToldResult(
        place, at, counts, int(people[1]) if people else 0, int(abstained[1]) if abstained else 0, winner
    )


def _bars(text: str, options: Sequence[str]) -> tuple[int, ...]:
    bars = {int(number): int(amount) for number, amount in _BAR.findall(text)}
    return tuple(bars.get(number, 0) for number in range(1, len(options) + 1))


def _line_counts(text: str, options: Sequence[str]) -> tuple[int, ...]:
    return tuple(
        int(found[1]) if (found := re.search(rf"\b(\d+) for {re.escape(option)}\b", text)) else 0
        for option in options
    )
