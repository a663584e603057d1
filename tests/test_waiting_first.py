"""The order of the suite: who waits comes first, and nobody is forgotten when a file gets another name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.waiting_first import FIRST, turn

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("pattern", FIRST)
def test_whoever_is_to_come_first_is_there(pattern: str) -> None:
    assert list(ROOT.glob(pattern))


def test_the_tests_that_are_run_come_in_their_turns(request: pytest.FixtureRequest) -> None:
    turns = [turn(item.nodeid.partition("::")[0]) for item in request.session.items]
    assert turns == sorted(turns)


def test_the_longest_plays_come_before_all_and_who_computes_at_last() -> None:
    assert turn("tests/rehearsal/test_shipped_scripts.py") == 0
    assert turn("tests/journeys/test_linking.py") < turn("tests/domain/test_claims.py")
    assert turn("tests/domain/test_claims.py") == turn("tests/storage/test_lane.py") == len(FIRST)
