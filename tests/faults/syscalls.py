"""`python -m tests.faults.syscalls`: each system call on the ledger's files fails once, and once for ever after."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.lean_child import Orders
from tests.faults.lean_parent import SUFFIXES, Child, copy_ledger, memory_folder, new_ledger
from tests.faults.tracing import Tracer, why_not
from tests.faults.witness import Witness

WRITES = ("pwrite64", "write", "ftruncate")
SYNCS = ("fdatasync", "fsync")
OTHERS = ("openat", "unlink", "pread64")
MANY = ("pwrite64", "pread64")
TRIES = 3
KILLED = -9
POINTS_MAX = 2_000
# Small enough for several checkpoints in each life, which write into the ledger's file itself.
CHECKPOINT_PAGES = 8


@dataclass(frozen=True)
class Fault:
    """What happens at a system call: SIGKILL before it is done, or an error instead of it."""

    syscall: str
    error: str
    for_ever: bool = False

    def options(self, ledger: Path, nth: int) -> list[str]:
        """For strace: inject this at the `nth` call on one of the ledger's files or its folder."""
        what = "signal=KILL" if self.error == "KILL" else f"error={self.error}"
        when = f"{nth}+" if self.for_ever else str(nth)
        paths = [ledger.with_name(ledger.name + suffix) for suffix in SUFFIXES]
        files = [word for path in (*paths, ledger.parent) for word in ("-P", str(path))]
        trace = f"trace={self.syscall}"
        return [*files, "-e", trace, "-e", f"inject={self.syscall}:{what}:when={when}"]


def all_faults() -> list[Fault]:
    """SIGKILL at every kind of call; a full disk where something grows; a failing disk everywhere."""
    faults = [Fault(syscall, "KILL") for syscall in (*WRITES, *SYNCS, *OTHERS)]
    for for_ever in (False, True):
        faults += [Fault(syscall, "ENOSPC", for_ever) for syscall in (*WRITES, "openat")]
        faults += [Fault(syscall, "EIO", for_ever) for syscall in (*WRITES, *SYNCS, *OTHERS)]
    return faults


@dataclass
class Start:
    """A ledger whose last life was killed in a rush, its log still unread, and what that life had answered."""

    ledger: Path
    witness: Witness
    seed: int
    plant: str = ""


@dataclass
class Trial:
    """One life with a fault at its n-th call. `reached` is False when the life never made so many."""

    reached: bool
    came_of_it: str = ""
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def make_start(folder: Path, seed: int, plant: str = "") -> Start:
    """Let one life go on until it has answered forty times, and kill it."""
    ledger, witness = new_ledger(folder / "start"), Witness()
    child = Child.forked(Orders(str(ledger), seed, checkpoint_pages=CHECKPOINT_PAGES), folder / "start.log")
    while witness.counts["answered"] < 40:
        for word in child.hear(5.0):
            witness.hear(word)
    child.kill()
    for word in child.words():
        witness.hear(word)
    child.buried()
    assert not witness.check(ledger)
    return Start(ledger, witness, seed, plant)


def try_fault(start: Start, fault: Fault, nth: int, folder: Path) -> Trial:
    """A life with this fault, then one without: what they tell and what the file holds must agree."""
    ledger, witness = copy_ledger(start.ledger, folder), start.witness.twin()
    log = folder / "life.log"
    again = witness.to_ask_again(Random(nth), 5)
    orders = Orders(
        str(ledger),
        start.seed,
        life=1,
        groups=2,
        askers=2,
        again=again,
        tries=TRIES,
        plant=start.plant,
        held=True,
        checkpoint_pages=CHECKPOINT_PAGES,
    )
    child = Child.forked(orders, log)
    tracer = Tracer(child.pid, folder / "strace.log", fault.options(ledger, nth))
    child.cue()
    tracing = True
    before, gave_up = Counter(witness.counts), 0
    for word in child.words():
        witness.hear(word)
        if word["word"] == "gave-up":
            gave_up += 1
            if tracing:
                # The fault is over; from here on everything has to be as if it had never been.
                tracer.detach()
                tracing = False
            child.cue()
    code = child.buried()
    if tracing:
        tracer.ended()
    reached = code == KILLED or "(INJECTED)" in tracer.output.read_text()
    heard = witness.counts - before
    trial = Trial(reached, _came_of_it(heard, code), counts=heard)
    if code != (KILLED if fault.error == "KILL" and reached else 0):
        trial.faults.append(f"the life ended with {code}:\n{log.read_text()[-2_000:]}")
    if gave_up and not fault.for_ever:
        trial.faults.append(f"one fault, and there was no answer in {TRIES} tries")
    trial.faults += witness.check(ledger)
    trial.counts = witness.counts - before
    trial.faults += [] if trial.faults else _live_on(start, ledger, witness, log)
    return trial


def _came_of_it(heard: Counter[str], code: int) -> str:
    if code == KILLED:
        return "killed"
    if heard["start-failed"]:
        return "start refused"
    return "try again" if heard["try-again"] else "unnoticed"


def _live_on(start: Start, ledger: Path, witness: Witness, log: Path) -> list[str]:
    """The next life: it opens what was left, and answers what was asked as it was answered."""
    again = witness.to_ask_again(Random(start.seed), 5)
    child = Child.forked(Orders(str(ledger), start.seed, 2, 1, 1, again, plant=start.plant), log)
    for word in child.words():
        witness.hear(word)
    code = child.buried()
    return [f"the next life ended with {code}:\n{log.read_text()[-2_000:]}"] if code else witness.check(ledger)


@dataclass
class Row:
    """All points of one fault."""

    fault: Fault
    points: int = 0
    came: Counter[str] = field(default_factory=Counter)
    written: int = 0
    in_vain: int = 0
    faults: list[str] = field(default_factory=list)


COLUMNS = ("killed", "try again", "start refused", "unnoticed")


def try_all_points(start: Start, fault: Fault, folder: Path, every: int = 1) -> Row:
    """Count up until a life is over before the fault comes; stops at the first point that breaks a promise."""
    row = Row(fault)
    # What a life does seldom is tried more often in a thin round.
    step = every if fault.syscall in MANY else min(every, 6)
    for nth in range(1, POINTS_MAX, step):
        home = folder / f"{fault.syscall}-{fault.error}-{fault.for_ever}-{nth}"
        trial = try_fault(start, fault, nth, home)
        if not trial.reached and not trial.faults:
            shutil.rmtree(home)
            return row
        row.points += 1
        row.came[trial.came_of_it] += 1
        row.written += trial.counts["unanswered but written"]
        row.in_vain += trial.counts["stored in vain"]
        if trial.faults:
            row.faults = [f"at call {nth} ({home}): {each}" for each in trial.faults]
            return row
        shutil.rmtree(home)
    raise AssertionError(f"{fault} is reached at {POINTS_MAX} points and more: the life does not end")


def print_row(row: Row) -> None:
    name = f"{row.fault.syscall} {row.fault.error}"
    when = "-" if row.fault.error == "KILL" else ("for ever" if row.fault.for_ever else "once")
    cells = "".join(f"{row.came[column]:>15,}" for column in COLUMNS)
    ends = f"{row.written:>12,}{row.in_vain:>9,}{len(row.faults):>11,}"
    print(f"  {name:<18}{when:<9}{row.points:>7,}{cells}{ends}", flush=True)


def play(seed: int, folder: Path, every: int = 1, plant: str = "", only: str = "") -> list[Row]:
    """Every fault at every point, or at every so-manieth; prints a line for each kind."""
    start = make_start(folder, seed, plant)
    heads = "".join(f"{column:>15}" for column in COLUMNS)
    print(f"  {'call':<18}{'when':<9}{'points':>7}{heads}{'unanswered*':>12}{'stored+':>9}{'violations':>11}")
    rows = []
    for fault in all_faults():
        if only and only not in f"{fault.syscall} {fault.error}":
            continue
        rows.append(try_all_points(start, fault, folder, every))
        print_row(rows[-1])
        if rows[-1].faults:
            break
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every so-manieth point")
    parser.add_argument("--seed", type=int, default=None, help="default: one of the clock's")
    parser.add_argument("--plant", default="", help="a bug of tests/faults/plants.py, to see it found")
    parser.add_argument("--only", default="", help='such as "pwrite64 EIO"')
    options = parser.parse_args()
    if reason := why_not():
        print(f"Faults of system calls are not tried: {reason}.")
        return 2
    seed = time.time_ns() % 1_000_000 if options.seed is None else options.seed
    print(f"system calls: seed {seed}, every point" if options.every == 1 else f"system calls: seed {seed}")
    folder, began = memory_folder("syscalls-"), time.monotonic()
    rows = play(seed, folder, options.every, options.plant, options.only)
    points, seconds = sum(row.points for row in rows), time.monotonic() - began
    print("  * stored by a life that could not answer any more; asked again, they were answered so.")
    print("  + stored by a commit that failed after the fact; told to try again, they were answered so.")
    print(f"  {points:,} points, {sum(len(row.faults) for row in rows):,} violations, {seconds:,.1f} seconds")
    broken = [row for row in rows if row.faults]
    for row in broken:
        print("\n".join(f"  VIOLATED: {fault}" for fault in row.faults[:20]))
        planted = f" --plant {options.plant}" if options.plant else ""
        only = f"{row.fault.syscall} {row.fault.error}"
        print(f"  again: python -m tests.faults.syscalls --seed {seed}{planted} --only '{only}'")
    if not broken:
        shutil.rmtree(folder)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
