"""Bugs that show soon are planted in every test run; `make thorough` plants the rare ones as well."""

from __future__ import annotations

import pytest

from tests.simulation.planted import BUGS, SEEDS_MAX, catch
from tests.tiers import THOROUGH, sampled

SOON = sampled(40, SEEDS_MAX)


@pytest.mark.slow
@pytest.mark.timeout(sampled(120, 600))
@pytest.mark.parametrize("bug", [bug for bug in BUGS if THOROUGH or not bug.rare], ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught_soon(bug):
    assert catch(bug, seeds_max=SOON).invariant is not None
