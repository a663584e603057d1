"""Bugs that show soon are planted in every test run; `make simulate ARGS=--planted` plants all of them."""

from __future__ import annotations

import pytest

from tests.simulation.planted import BUGS, catch

SOON = 40


@pytest.mark.slow
@pytest.mark.parametrize("bug", [bug for bug in BUGS if not bug.rare], ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught_soon(bug):
    assert catch(bug, seeds_max=SOON).invariant is not None
