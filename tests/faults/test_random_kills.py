"""`kill -9` at any moment of a rush: a thinner round of `make kills`."""

from __future__ import annotations

import pytest

from tests.faults.programs import figure, needs_fork, run_program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), needs_fork]


def test_whatever_was_answered_before_a_kill_is_there_after_it_and_answered_the_same():
    printed = run_program("kills", "--kills", "40")
    assert (figure(printed, "kills"), figure(printed, "violations")) == (40, 0)
    # The kills met a crowd that was being answered, and some requests were asked in one life and again in the next.
    assert figure(printed, "claims answered") > 200
    assert figure(printed, "answered as before") > 20
