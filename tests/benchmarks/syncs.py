"""How often the lane asks the disk to make something safe: seen from outside, by strace."""

from __future__ import annotations

import asyncio
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.audit import AuditFailed
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledgers import Ledgers

CLAIMS, PER_SECOND = 1_000, 500
CHILD_SECONDS_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Counted:
    """What one child did: commits of its lane, syncs of the log, and syncs of the ledger file itself."""

    batches: int
    log_syncs: int
    file_syncs: int

    @property
    def commit_syncs(self) -> int:
        """The log's syncs without those of checkpoints: one of the log each, and one when it is begun anew."""
        return self.log_syncs - 2 * self.file_syncs


class Syncs:
    """A child runs claims at a steady rate; strace notes each sync with the file it is for."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        self.commits = Figure(f"syncs for commits, at {PER_SECOND} claims/s", "syncs", "batches", at_most=1)
        self.all = Figure(f"all syncs, at {PER_SECOND} claims/s", "syncs", "batches")
        self.figures = [self.commits, self.all]
        self.remarks: list[str] = []

    async def measure(self, turn: int, folder: Path) -> None:
        strace = shutil.which("strace")
        if strace is None:
            self.commits.note = "strace is not installed here"
            return
        path = folder / "ledger.sqlite"
        await self._ledgers.copy(path, CLAIMS + 1, CLAIMS + 1)
        counted = await count(strace, path, CLAIMS, folder / "strace.txt")
        self.commits.add(counted.commit_syncs, counted.batches)
        self.all.add(counted.log_syncs + counted.file_syncs, counted.batches)
        self.remarks = [
            f"Syncs are counted by strace in a child that answers {CLAIMS:,} claims; those for commits are all but "
            f"a checkpoint's: one of the log, one of the ledger file ({counted.file_syncs} in the last round) and "
            "one of the log begun anew."
        ]


async def count(strace: str, ledger: Path, claims: int, trace: Path) -> Counted:
    """Run the child under strace on a ledger that has its people.

    Raises RuntimeError when it fails, and AuditFailed when it had answers before they were safe."""
    child = await asyncio.create_subprocess_exec(
        strace, "-f", "--seccomp-bpf", "-y", "-ttt", "-e", "trace=fdatasync,fsync", "-o", str(trace),
        sys.executable, "-m", "tests.benchmarks.steady_child", str(ledger), str(claims), str(PER_SECOND),
        stdin=DEVNULL, stdout=PIPE,
    )  # fmt: skip
    told, _ = await asyncio.wait_for(child.communicate(), CHILD_SECONDS_MAX)
    if child.returncode != 0:
        raise RuntimeError("the child failed")
    batches, began, ended = told.split()
    text = await asyncio.to_thread(trace.read_text, "utf-8")
    lines = [line.split(maxsplit=2) for line in text.splitlines()]
    during = [call for _, at, call in lines if float(began) <= float(at) <= float(ended) and "sync(" in call]
    # A call that another thread's interrupts is told in two lines; the first names the file.
    calls = [call for call in during if not call.startswith("<...")]
    log_syncs = sum(f"{ledger.name}-wal>" in call for call in calls)
    counted = Counted(int(batches), log_syncs, len(calls) - log_syncs)
    if counted.log_syncs < counted.batches:
        raise AuditFailed(f"{counted.batches} batches were answered after {counted.log_syncs} syncs of the log")
    return counted
