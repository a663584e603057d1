"""Shortens a story that breaks a promise: leaves out acts as long as the same promise is still broken."""

from __future__ import annotations

from dataclasses import dataclass

from tests.simulation.disk import Workbench
from tests.simulation.evening import Evening, Played

PLAYS_MAX = 120


@dataclass(frozen=True, slots=True)
class Shortened:
    """What is left: these acts of the story, by their index, and how they play."""

    kept: tuple[int, ...]
    played: Played


def shorten(bench: Workbench, broken: Played) -> Shortened | None:
    """Leave out ever smaller pieces of the story, as delta debugging does; None when already the first try without
    anything left out behaves differently."""
    assert broken.violation is not None
    wanted = broken.violation.invariant
    kept = tuple(range(broken.acts))
    best = _play(bench, broken.seed, kept, wanted)
    plays, piece = 1, max(1, len(kept) // 2)
    while best is not None and plays < PLAYS_MAX:
        begin, left_out = 0, False
        while begin < len(kept) and plays < PLAYS_MAX:
            fewer = kept[:begin] + kept[begin + piece :]
            shorter = _play(bench, broken.seed, fewer, wanted)
            plays += 1
            if shorter is None:
                begin += piece
            else:
                kept, best, left_out = fewer, shorter, True
        if piece == 1 and not left_out:
            break
        piece = max(1, piece // 2)
    return None if best is None else Shortened(kept, best)


def _play(bench: Workbench, seed: int, kept: tuple[int, ...], wanted: str) -> Played | None:
    """The shortened evening, if it breaks the same promise."""
    played = Evening(bench, seed, kept).play()
    return played if played.violation is not None and played.violation.invariant == wanted else None
