"""What a script expects of its evening, judged as promises of their own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.rehearsal.figures import Figures
from bot.rehearsal.promises import Promise, judged, unchecked
from bot.rehearsal.script import Expectation


def expected(figures: Figures, expectations: Sequence[Expectation]) -> tuple[Promise, ...]:
    """One promise for each expectation, in the script's order."""
    return tuple(_judge(figures, each) for each in expectations)


def _judge(figures: Figures, expectation: Expectation) -> Promise:
    what = f"{expectation.drop} {expectation.that}".strip()
    key, sentence = f"expected-{what.replace(' ', '-')}", f"Expected: {what} {_bounds(expectation)}."
    figure = figures.named(expectation.that, expectation.drop)
    if figure is None:
        return unchecked(key, sentence, "There is no such figure.")
    least, most = expectation.at_least, expectation.at_most
    kept = (least is None or figure >= least) and (most is None or figure <= most)
    return judged(key, sentence, [] if kept else [f"It came to {figure:g}."], f"{figure:g}")


def _bounds(expectation: Expectation) -> str:
    least, most = expectation.at_least, expectation.at_most
    if least is not None and least == most:
        return f"exactly {least:g}"
    bounds = ("at least", least), ("at most", most)
    return " and ".join(f"{word} {number:g}" for word, number in bounds if number is not None)
