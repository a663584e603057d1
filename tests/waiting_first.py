"""Which tests come first: those that mostly wait, so that one worker waits while the others compute."""

from __future__ import annotations

from fnmatch import fnmatch

# The longest plays come before all: one that is the last to begin would have the whole suite wait for it.
FIRST = (
    "tests/rehearsal/test_shipped_scripts.py",
    "tests/rehearsal/test_planted_bugs.py",
    "tests/rehearsal/page/test_a_whole_play.py",
    "tests/test_readme.py",
    "tests/stage/crowd/test_story.py",
    "tests/faults/test_killed_*.py",
    "tests/faults/test_copies.py",
    "tests/faults/test_delivered_again.py",
    "tests/faults/test_locks_and_disks.py",
    "tests/faults/test_one_process.py",
    "tests/journeys/*.py",
    "tests/platforms/test_*_healing.py",
)


def turn(file: str) -> int:
    """The place in the order of a file's tests, by its path below the root. Those of one turn stay as they are."""
    return next((place for place, pattern in enumerate(FIRST) if fnmatch(file, pattern)), len(FIRST))
