"""One measured quantity over several rounds, the bar it has to reach, and whether it did."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(slots=True)
class Figure:
    """What was measured, and beside it, round by round, what it is compared with; both in `unit`.

    The bar is on the ratio of the two: `at_least`, `at_most` or neither, which makes it context. `quiet` tells of
    each round whether the machine left us alone, where that was looked at."""

    name: str
    unit: str
    beside: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    quiet: list[bool] = field(default_factory=list)

    def add(self, ours: float, theirs: float, *, quiet: bool | None = None) -> None:
        self.ours.append(ours)
        self.theirs.append(theirs)
        if quiet is not None:
            self.quiet.append(quiet)

    @property
    def ratios(self) -> list[float]:
        """Ours over theirs within each round: what slows a round down slows down both."""
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True) if b]

    @property
    def bar(self) -> str:
        if self.at_least is not None:
            return f"at least {self.at_least:g} x"
        return "" if self.at_most is None else f"at most {self.at_most:g} x"

    @property
    def verdict(self) -> str:
        """ "met", "missed", or why nobody can say; "" where there is no bar.

        A miss in rounds that others disturbed is none: then the quiet rounds decide, if they are most of them."""
        if not self.bar:
            return ""
        if not self.ratios:
            return self.note or "not measured"
        if self._reached(self.ratios):
            return "met"
        if self.quiet and not all(self.quiet):
            quiet = [ratio for ratio, calm in zip(self.ratios, self.quiet, strict=True) if calm]
            if len(quiet) * 2 <= len(self.quiet):
                return f"undecided: {len(quiet)} of {len(self.quiet)} rounds were quiet"
            if self._reached(quiet):
                return f"met in the {len(quiet)} quiet rounds of {len(self.quiet)}"
        return "missed"

    def _reached(self, ratios: list[float]) -> bool:
        if self.at_least is not None:
            return median(ratios) >= self.at_least
        return self.at_most is not None and median(ratios) <= self.at_most

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Figure:
        """The figure that was stored; what a row has beyond that is for other readers."""
        return cls(**{each.name: values[each.name] for each in fields(cls) if each.name in values})


HEADINGS = ("what", "bar", "ratio", "verdict", "unit", "Microdrops", "beside it", "")


def cells(figure: Figure) -> tuple[str, ...]:
    """A row of the table, in the order of HEADINGS. Every spread is median (least to most)."""
    return (
        figure.name,
        figure.bar,
        spread(figure.ratios),
        figure.verdict,
        figure.unit,
        spread(figure.ours),
        figure.beside,
        spread(figure.theirs),
    )


def show(figures: list[Figure], rounds: int) -> None:
    """Print the table; a pipe gets plain text."""
    table = Table(title=f"Median (least to most) of the rounds: {rounds}", title_justify="left")
    for heading in HEADINGS:
        table.add_column(heading, justify="right" if heading in ("ratio", "Microdrops", "") else "left")
    for figure in figures:
        table.add_row(*cells(figure))
    console = Console()
    Console(width=None if console.is_terminal else 200).print(table)


def spread(values: list[float]) -> str:
    if not values:
        return "not measured"
    return f"{short(median(values))} ({short(min(values))} to {short(max(values))})"


def short(value: float) -> str:
    """Three digits that count, and none after the point from a hundred on."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
