"""What is reported of a rehearsal: its figures, the promises one by one, and what could be better tonight."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.rehearsal.advice import Advice, advise
from bot.rehearsal.citing import cite
from bot.rehearsal.evidence import Case
from bot.rehearsal.figures import Figures, figures_of
from bot.rehearsal.home import Home
from bot.rehearsal.promises import Promise, Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """`title` is what was played, `seconds` how long it took, `repeat` the command that plays the same again;
    `cut_short` when somebody ended it."""

    title: str
    figures: Figures
    promises: tuple[Promise, ...]
    advice: tuple[Advice, ...]
    complete: bool
    seconds: float
    repeat: str
    kept_in: str | None
    seed: int
    cut_short: bool = False

    def having(self, verdict: Verdict) -> tuple[Promise, ...]:
        return tuple(promise for promise in self.promises if promise.verdict is verdict)

    @property
    def broken(self) -> tuple[Promise, ...]:
        return self.having(Verdict.BROKEN)

    @property
    def ran_out(self) -> bool:
        """Whether the play's time was up before all was done, and nobody had ended it."""
        return not self.complete and not self.cut_short

    @property
    def exit_code(self) -> int:
        """0 when every promise that could be checked was kept and the play came to its end, else 1."""
        return 1 if self.broken or not self.complete else 0

    def as_public(self) -> dict[str, Any]:
        return {
            "kept": not self.exit_code,
            "complete": self.complete,
            "title": self.title,
            "seed": self.seed,
            "repeat": self.repeat,
            "seconds": round(self.seconds, 1),
            **self.figures.as_public(),
            "advice": [advice.as_public() for advice in self.advice],
            "promises": [promise.as_public() for promise in self.promises],
            "kept_in": self.kept_in,
        }


def make_report(
    case: Case,
    promises: Sequence[Promise],
    *,
    complete: bool,
    seconds: float,
    seed: int,
    repeat: Sequence[str],
    kept_in: Path | None,
    title: str = "",
    home: Home | None = None,
    cut_short: bool = False,
) -> Report:
    """Count what a report shows. `repeat` is the command that plays the same again; `home` is what the streamer's
    own configuration says, where there is one."""
    figures = figures_of(case)
    return Report(
        title=title or " and ".join(drop.title for drop in case.drops),
        figures=figures,
        promises=cite(case, promises, figures.begins_at),
        advice=advise(figures, home or Home(), cut_short=cut_short),
        complete=complete,
        seconds=seconds,
        repeat=shlex.join(repeat),
        kept_in=None if kept_in is None else str(kept_in),
        seed=seed,
        cut_short=cut_short,
    )
