"""The power fails at every moment of a recorded life: one record of those that `make faults` makes."""

from __future__ import annotations

import pytest

from tests.faults.programs import figure, needs_fork, needs_strace, run_program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), needs_fork, needs_strace]


def test_an_answer_outlives_a_power_cut_at_any_moment_after_it():
    printed = run_program("power", "--records", "1")
    assert figure(printed, "violations") == 0
    # The images differ from what the system saw: hundreds of writes were lost in them, and some torn.
    assert figure(printed, "images opened and checked") > 200
    assert figure(printed, "unsynced writes lost") > 500
    assert figure(printed, "unsynced writes torn") > 100


def test_an_answer_outlives_a_power_cut_also_when_the_disk_could_not_sync_for_a_while_before_it():
    printed = run_program("power", "--records", "1", "--failing-syncs", "--seed", "7")
    assert figure(printed, "violations") == 0
    assert figure(printed, "syncs that failed") > 0
