"""Many seeds at once: in several processes, with a line that shows how far it is, until the first that fails."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.disk import Workbench
from tests.simulation.evening import Evening, Played

# The collector would look at every seed's objects in the middle of the next one.
COLLECT_EVERY = 10
FAILURES_SHOWN = 5

_bench: Workbench | None = None


@dataclass(slots=True)
class Run:
    """What came of a run. `least_*` are those of the seed with the fewest."""

    seeds: int = 0
    commands: int = 0
    faults: int = 0
    least_commands: int = 2**31
    least_faults: int = 2**31
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Played] = field(default_factory=list)

    def add(self, played: Played) -> None:
        self.seeds += 1
        self.counts += played.counts
        if played.violation is not None:
            self.failures.append(played)
            return
        self.commands += played.commands
        self.faults += played.faults
        self.least_commands = min(self.least_commands, played.commands)
        self.least_faults = min(self.least_faults, played.faults)


def new_bench() -> Workbench:
    """A workbench in a folder of this process, in memory where the system has such a place."""
    return Workbench(Path(tempfile.mkdtemp(prefix="microdrops-simulation-", dir=_memory())))


def _memory() -> Path | None:
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and os.access(shared, os.W_OK) else None


def clear_away(bench: Workbench) -> None:
    shutil.rmtree(bench.path.parent, ignore_errors=True)


def play(bench: Workbench, seed: int, keep: Sequence[int] | None = None) -> Played:
    """One seed, or the part of it that is kept."""
    if seed % COLLECT_EVERY == 0:
        gc.collect()
    return Evening(bench, seed, keep).play()


def run(seeds: Sequence[int], jobs: int, *, tell: Callable[[Run], None]) -> Run:
    """Play all seeds; stops early once several have failed. `tell` hears of the run so far after each seed."""
    result = Run()
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    parent = tempfile.mkdtemp(prefix="microdrops-simulation-", dir=_memory())
    try:
        with context.Pool(jobs, _begin, (parent,)) as pool:
            for played in pool.imap_unordered(_play_here, seeds, chunksize=4):
                result.add(played)
                result.seconds = time.monotonic() - began
                tell(result)
                if len(result.failures) >= FAILURES_SHOWN:
                    break
    finally:
        shutil.rmtree(parent, ignore_errors=True)
    return result


def _begin(parent: str) -> None:
    global _bench
    gc.disable()
    _bench = Workbench(Path(tempfile.mkdtemp(dir=parent)))


def _play_here(seed: int) -> Played:
    assert _bench is not None
    played = play(_bench, seed)
    # The history of what went well is nobody's reading, and would have to be sent.
    return played if played.violation is not None else played.without_lines()
