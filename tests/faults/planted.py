"""`python -m tests.faults.planted`: plants each bug in turn and tells which test finds it, and how soon."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.faults import kills, power, syscalls
from tests.faults.lean_parent import memory
from tests.faults.tracing import why_not

KILLS_MAX, RECORDS_MAX, EVERY = 400, 6, 5
# (where it was found, what was found) or nothing
Find = tuple[str, str] | None


def by_kills(plant: str, seed: int) -> Find:
    """Random kills, until one shows it."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        figures, faults = kills.play(KILLS_MAX, seed, Path(folder), plant)
    return (f"kill {figures['kills']:,}", faults[0]) if faults else None


def by_syscalls(plant: str, seed: int, only: str) -> Find:
    """One kind of fault at one point after the other."""
    with tempfile.TemporaryDirectory(prefix="planted-", dir=memory()) as folder:
        start = syscalls.make_start(Path(folder), seed, plant)
        for fault in syscalls.all_faults():
            if f"{fault.syscall} {fault.error}" == only:
                row = syscalls.try_all_points(start, fault, Path(folder), EVERY)
                if row.faults:
                    return f"{only}, point {row.points:,}", row.faults[0]
    return None


def by_power(plant: str, seed: int, failing_syncs: bool = False) -> Find:
    """Power cuts in one record after the other."""
    for number in range(5 * RECORDS_MAX if failing_syncs else RECORDS_MAX):
        with tempfile.TemporaryDirectory(prefix="planted-", dir=memory()) as folder:
            pages = max(power.CHECKPOINT_PAGES)
            home = Path(folder) / "record"
            outcome = power.play(seed + number, home, plant, checkpoint_pages=pages, failing_syncs=failing_syncs)
        if outcome.faults:
            return f"record {number + 1}, image {outcome.figures['images opened and checked']:,}", outcome.faults[0]
    return None


FINDERS: dict[str, tuple[str, Callable[[str, int], Find]]] = {
    "answers-before-commit": ("kills", by_kills),
    "outcomes-apart": ("system calls", partial(by_syscalls, only="pwrite64 KILL")),
    "swallows-errors": ("system calls", partial(by_syscalls, only="pwrite64 ENOSPC")),
    "keeps-books-of-a-failed-batch": ("system calls", partial(by_syscalls, only="pwrite64 EIO")),
    "trusts-a-log-that-was-not-synced": ("power cuts", partial(by_power, failing_syncs=True)),
    "synchronous-off": ("power cuts", by_power),
    "synchronous-normal": ("power cuts", by_power),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="default: one of the clock's")
    parser.add_argument("--only", choices=tuple(FINDERS), default=None)
    options = parser.parse_args()
    seed = time.time_ns() % 1_000_000 if options.seed is None else options.seed
    print(f"planted bugs: seed {seed}\n  {'bug':<34}{'found by':<14}{'at':<24}{'seconds':>8}", flush=True)
    missed = 0
    for plant, (test, find) in FINDERS.items():
        if options.only not in (None, plant):
            continue
        if test != "kills" and (reason := why_not()):
            print(f"  {plant:<34}not tried: {reason}")
            continue
        began = time.monotonic()
        found = find(plant, seed)
        seconds = time.monotonic() - began
        where, fault = found or ("NOT FOUND", "")
        print(f"  {plant:<34}{test:<14}{where:<24}{seconds:>8.1f}", flush=True)
        print(f"      {fault.split('): ', 1)[-1][:105]}" if found else "      and it should have been")
        if found is None:
            missed += 1
            print(f"  again: python -m tests.faults.planted --seed {seed} --only {plant}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
