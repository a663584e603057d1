"""The picture of the figures: how far each is beyond its bar, legible on a phone."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot
from matplotlib.ticker import FuncFormatter, NullFormatter

from tests.benchmarks.figures import Figure, short

INCHES_WIDE = 6.4
INCHES_A_ROW = 0.62
COLOURS = {"met": "#1b7837", "missed": "#b2182b"}
OTHER = "#8c6d1f"


def headroom(figure: Figure) -> list[float]:
    """How many times better than its bar each round was: 1 is just on it, whichever way the bar points."""
    if figure.at_least is not None:
        return [ratio / figure.at_least for ratio in figure.ratios]
    return [figure.at_most / ratio for ratio in figure.ratios] if figure.at_most is not None else []


def draw(figures: list[Figure], target: Path) -> None:
    """One row a figure that has a bar and was measured: its median, with a line from least to most."""
    rows = [figure for figure in figures if figure.bar and figure.ratios]
    with pyplot.rc_context({"svg.hashsalt": "microdrops", "svg.fonttype": "path", "font.size": 11}):
        canvas, axes = pyplot.subplots(figsize=(INCHES_WIDE, 1.3 + INCHES_A_ROW * len(rows)), layout="constrained")
        for place, figure in enumerate(reversed(rows)):
            times = headroom(figure)
            colour = COLOURS.get(figure.verdict, OTHER)
            axes.plot([min(times), max(times)], [place, place], color=colour, linewidth=2.5, alpha=0.5)
            axes.plot(median(times), place, "o", color=colour, markersize=8)
            ratio = f"{short(median(figure.ratios))} x, bar {figure.bar}"
            told = f"{figure.name}: {ratio}\nagainst {figure.beside}"
            axes.annotate(
                told, (0, place), (0, 7), xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=9
            )
        axes.axvline(1, color="black", linewidth=1.2)
        axes.set_xscale("log", base=2)
        axes.set_ylim(-0.6, len(rows) - 0.1)
        axes.set_yticks([])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} x"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(visible=True, axis="x", alpha=0.3)
        axes.set_xlabel("times better than the bar (1 x); line: least to most of the rounds")
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        # No date inside: the same figures make the same file.
        canvas.savefig(target, metadata={"Date": None})
        pyplot.close(canvas)
