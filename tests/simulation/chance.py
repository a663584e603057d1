"""What goes wrong in a seed, and how often: every roll of the dice comes from here."""

from __future__ import annotations

from collections import Counter
from random import Random

from bot.domain.time import MILLISECOND, SECOND, Micros

# Points in the world around the bot where something may go wrong by itself, and how often where it does at all.
# (Faults that a story holds ready for a moment of its own are in `stories`.)
POINTS: dict[str, float] = {
    "the disk takes its time": 0.05,
    "an answer takes its time": 0.05,
    "a read fails": 0.01,
    "a read comes late": 0.05,
    "chat: lost on the way": 0.05,
    "chat: delivered, its answer lost": 0.05,
    "chat: too many lines": 0.03,
    "chat: refused for good": 0.02,
    "chat: takes its time": 0.05,
    "board: lost on the way": 0.05,
    "board: delivered, its answer lost": 0.05,
    "board: cannot look back": 0.2,
    "board: a card is gone": 0.03,
    "board: takes its time": 0.05,
    "a private answer is lost": 0.06,
    "a private answer arrives, its receipt is lost": 0.06,
    "a message comes again": 0.1,
    "messages overtake each other": 0.1,
    "an asker goes away": 0.04,
    "nobody can say whether the stream is live": 0.2,
    "a name cannot be looked up": 0.1,
    "evidence: takes its time": 0.3,
    "evidence: hangs": 0.05,
    "evidence: cannot be had": 0.2,
    "evidence: refused": 0.05,
    "evidence: silent about somebody": 0.2,
}


class Chance:
    """The dice of one seed. Each topic has dice of its own, so that leaving one thing out of a story changes as
    little as possible of the others."""

    def __init__(self, seed: int, counts: Counter[str], *, calm: bool = False) -> None:
        self._seed = seed
        self._counts = counts
        self._streams: dict[str, Random] = {}
        self._odds: dict[str, float] = {}
        self._lengths: dict[str, Random] = {}
        # True once the world has healed: nothing goes wrong any more.
        self.calm = calm

    def dice(self, topic: str) -> Random:
        dice = self._streams.get(topic)
        if dice is None:
            dice = self._streams[topic] = Random(f"{self._seed}/{topic}")
        return dice

    def happens(self, point: str) -> bool:
        """Whether it goes wrong this time. Half of the points are off in a seed, the others more or less often: a
        world in which everything fails a little never gets deep into any one trouble."""
        dice = self.dice(point)
        odds = self._odds.get(point)
        if odds is None:
            odds = self._odds[point] = POINTS[point] * dice.choice((0, 0, 1, 3))
        if self.calm or dice.random() >= odds:
            return False
        self._counts[f"point: {point}"] += 1
        return True

    def between(self, topic: str, least: Micros, most: Micros) -> Micros:
        return self.dice(topic).randrange(least, most + 1)

    def delay(self, point: str, usual: Micros = MILLISECOND) -> Micros:
        """How long something takes: about as long as usual, or, where that goes wrong, up to seconds."""
        most = 4 * SECOND if self.happens(point) else usual
        dice = self._lengths.get(point)
        if dice is None:
            dice = self._lengths[point] = self.dice(f"{point}: how long")
        return usual // 10 + int(dice.random() * (most - usual // 10))
