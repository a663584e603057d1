"""The tests of crashes and disks find the bugs that they are there for."""

from __future__ import annotations

import pytest

from tests.faults.planted import FINDERS
from tests.faults.programs import needs_fork, needs_strace, run_program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), needs_fork]


@pytest.mark.parametrize("bug", [name for name, (test, _) in FINDERS.items() if test == "kills"])
def test_random_kills_find(bug):
    assert f"  {bug} " in run_program("planted", "--only", bug)


# Where only few lives can show the bug, one that does.
SEEDS = {"trusts-a-log-that-was-not-synced": ("--seed", "7")}


@needs_strace
@pytest.mark.parametrize("bug", [name for name, (test, _) in FINDERS.items() if test != "kills"])
def test_faults_of_system_calls_or_of_the_power_find(bug):
    assert f"  {bug} " in run_program("planted", "--only", bug, *SEEDS.get(bug, ()))
