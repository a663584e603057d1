"""One measured quantity over several rounds, and the table of all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(slots=True)
class Figure:
    """What was measured, and beside it, round by round, what it is compared with; both in `unit`."""

    name: str
    unit: str
    beside: str
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def add(self, ours: float, theirs: float) -> None:
        self.ours.append(ours)
        self.theirs.append(theirs)

    @property
    def ratios(self) -> list[float]:
        """Ours over theirs within each round: what slows a round down slows down both."""
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True) if b]


def show(figures: list[Figure], rounds: int) -> None:
    """Print the table; a pipe gets plain text."""
    table = Table(title=f"Median (least to most) of {rounds} rounds", title_justify="left")
    for heading in ("what", "unit", "Microdrops", "beside it", "", "ratio"):
        table.add_column(heading, justify="left" if heading in ("what", "unit", "beside it") else "right")
    for figure in figures:
        table.add_row(
            figure.name,
            figure.unit,
            _spread(figure.ours),
            figure.beside,
            _spread(figure.theirs),
            _spread(figure.ratios, 2),
        )
    console = Console()
    Console(width=None if console.is_terminal else 160).print(table)


def _spread(values: list[float], digits: int = 0) -> str:
    if not values:
        return "not measured"
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"
