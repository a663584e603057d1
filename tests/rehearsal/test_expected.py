"""What a script expects is a promise of its own: kept within its bounds, else broken with what it came to."""

from __future__ import annotations

import pytest

from bot.rehearsal.checks.expected import expected
from bot.rehearsal.figures import figures_of
from bot.rehearsal.promises import Verdict
from bot.rehearsal.script import Expectation
from tests.rehearsal.evening import good_evening

FIGURES = figures_of(good_evening().case())


@pytest.mark.parametrize(
    ("expectation", "verdict", "sentence"),
    [
        (Expectation("units", "mug", at_least=3), Verdict.KEPT, "Expected: mug units at least 3."),
        (Expectation("units", "mug", at_least=4), Verdict.BROKEN, "Expected: mug units at least 4."),
        (Expectation("asked", at_most=4), Verdict.KEPT, "Expected: asked at most 4."),
        (Expectation("asked", at_most=3), Verdict.BROKEN, "Expected: asked at most 3."),
        (Expectation("faults", at_least=0, at_most=0), Verdict.KEPT, "Expected: faults exactly 0."),
        (
            Expectation("owners", at_least=1, at_most=2),
            Verdict.BROKEN,
            "Expected: owners at least 1 and at most 2.",
        ),
        (Expectation("moods", at_least=1), Verdict.UNCHECKED, "Expected: moods at least 1."),
    ],
)
def test_a_figure_is_held_against_its_bounds(expectation: Expectation, verdict: Verdict, sentence: str) -> None:
    (promise,) = expected(FIGURES, [expectation])
    assert (promise.verdict, promise.sentence) == (verdict, sentence)


def test_a_broken_expectation_says_what_it_came_to() -> None:
    (promise,) = expected(FIGURES, [Expectation("units", "mug", at_least=9)])
    assert (promise.key, promise.details) == ("expected-mug-units", ("It came to 3.",))
