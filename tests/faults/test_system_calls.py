"""A kill, a full disk and a failing disk at single system calls: a thinner round of `make faults`."""

from __future__ import annotations

import re

import pytest

from tests.faults.programs import needs_fork, needs_strace, run_program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), needs_fork, needs_strace]


@pytest.mark.parametrize("error", ["KILL", "EIO"])
def test_a_fault_at_any_system_call_leaves_every_answer_true_and_the_lane_able_to_go_on(error):
    _thinner_round(error)


def test_whoever_asks_while_the_disk_takes_nothing_is_told_to_try_again_and_is_answered_when_it_does():
    printed = _thinner_round("ENOSPC", every=40)
    once, for_ever = (line.split() for line in printed.splitlines() if "pwrite64 ENOSPC" in line)
    heads = ["call", "error", "when", "points", "killed", "try again"]
    # The row of "for ever" has one word more.
    assert int(once[heads.index("try again")]) > 0
    assert int(for_ever[heads.index("try again") + 1]) > 0


def _thinner_round(error: str, every: int = 60) -> str:
    """The faults of one kind; returns what was printed."""
    printed = run_program("syscalls", "--every", str(every), "--only", error)
    points = {line.split()[0] for line in printed.splitlines() if re.match(rf"  \w+ {error} .* [1-9]", line)}
    assert {"pwrite64"} <= points
    assert re.search(r"points, 0 violations", printed)
    return printed
