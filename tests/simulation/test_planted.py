"""Every planted bug is caught, and soon."""

from __future__ import annotations

import pytest

from tests.simulation.planted import BUGS, SEEDS_MAX, catch


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_caught(bug):
    caught = catch(bug)
    assert caught.invariant is not None
    assert caught.seeds <= SEEDS_MAX
