"""`python -m tests.faults.power`: the power is cut at every moment of a recorded life; no answer is forgotten."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.lean_child import Orders
from tests.faults.lean_parent import Child, copy_ledger, memory_folder, tell_figures
from tests.faults.power_disk import Disk, Survival, files_in
from tests.faults.power_log import OPTIONS, Event, FailedSync, Heard, Sync, read_log
from tests.faults.syscalls import Start, make_start
from tests.faults.tracing import Tracer, why_not
from tests.faults.witness import Witness

NOTHING = Survival(kept=0.0)
SOMETHING = (Survival(0.5), Survival(0.9), Survival(0.2), Survival(0.8, torn=0.3), Survival(0.3, torn=0.5))
LIVES_ON_EVERY = 25
# With few pages the log is folded into the file in the middle of the life, with many in its end.
CHECKPOINT_PAGES = (24, 120)


@dataclass
class Record:
    """A life from its beginning: the files it found, and all that it did to them and told."""

    start: Start
    home: Path
    events: list[Event]

    def disk(self) -> Disk:
        """The disk before the first event."""
        return Disk(self.home, self.start.ledger.parent)


@dataclass
class Cut:
    """An instant at which the power fails: how far the record had come, and which requests had been answered."""

    at: int
    survival: Survival
    image: dict[str, bytes]
    witness: Witness


@dataclass
class Round:
    """What came of all cuts of some records."""

    figures: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def record(start: Start, folder: Path, plant: str, checkpoint_pages: int, failing_syncs: bool) -> Record:
    """Let a life run under strace. Checks that the events explain every byte that is in the file in the end."""
    home = folder / "recorded"
    ledger = copy_ledger(start.ledger, home)
    witness = start.witness.twin()
    again = witness.to_ask_again(Random(start.seed), 5)
    orders = Orders(
        str(ledger),
        start.seed,
        life=1,
        groups=4,
        askers=3,
        again=again,
        tries=12,
        plant=plant,
        held=True,
        checkpoint_pages=checkpoint_pages,
    )
    child = Child.forked(orders, folder / "recorded.log")
    tracer = Tracer(child.pid, folder / "strace.log", (*OPTIONS, *_failing(start.seed, failing_syncs)))
    child.cue()
    for word in child.words():
        witness.hear(word)
    assert child.buried() == 0, (folder / "recorded.log").read_text()
    tracer.ended()
    told = Record(start, home, list(read_log(folder / "strace.log")))
    disk = told.disk()
    for event in told.events:
        disk.follow(event)
    assert disk.everything() == files_in(home), "the record does not explain the files"
    return told


def _failing(seed: int, failing_syncs: bool) -> list[str]:
    """For strace: some syncs in a row fail, and then the disk is well again."""
    chance = Random(seed)
    first = chance.randint(2, 14)
    span = f"{first}..{first + chance.randint(0, 8)}"
    return ["-e", f"inject=fdatasync:error=EIO:when={span}"] if failing_syncs else []


def cuts(told: Record, disk: Disk, chance: Random) -> Iterator[Cut]:
    """The power fails after every event: with nothing unsynced left behind each answer and ahead of each sync, and
    with every kind of remainder ahead of each sync, elsewhere with one kind."""
    witness, events = told.start.witness.twin(), told.events
    for at, event in enumerate(events, 1):
        disk.follow(event)
        if isinstance(event, Heard):
            witness.hear(event.word)
        ahead_of_sync = at < len(events) and isinstance(events[at], Sync)
        last_word = isinstance(event, Heard) and not (at < len(events) and isinstance(events[at], Heard))
        kinds = SOMETHING if ahead_of_sync else (chance.choice(SOMETHING),) if disk.unsynced else ()
        for survival in (*((NOTHING,) if ahead_of_sync or last_word else ()), *kinds):
            yield Cut(at, survival, disk.image(chance, survival), witness)


def check(cut: Cut, folder: Path) -> list[str]:
    """The image in a fresh folder, opened and compared with what had been answered."""
    folder.mkdir()
    for name, data in cut.image.items():
        folder.joinpath(name).write_bytes(data)
    # What was stored without an answer in one image is not there in another: each is asked by itself.
    return cut.witness.twin().check(folder / "ledger.sqlite")


def live_on(cut: Cut, folder: Path, seed: int) -> list[str]:
    """The next life in an image: it asks again what was answered, and everybody gets the same answer."""
    witness = cut.witness.twin()
    ledger = folder / "ledger.sqlite"
    again = witness.to_ask_again(Random(seed), 20)
    child = Child.forked(Orders(str(ledger), seed, 2, 1, 2, again), folder / "life.log")
    for word in child.words():
        witness.hear(word)
    if child.buried():
        return [f"the next life ended with {child.exit_code}:\n{(folder / 'life.log').read_text()[-2_000:]}"]
    return witness.check(ledger)


def play(
    seed: int, folder: Path, plant: str = "", *, checkpoint_pages: int = 0, failing_syncs: bool = False
) -> Round:
    """One record and all its cuts; ends at the first that breaks a promise."""
    start = make_start(folder, seed)
    told = record(start, folder, plant, checkpoint_pages or CHECKPOINT_PAGES[seed % 2], failing_syncs)
    outcome, chance = Round(), Random(seed)
    disk = told.disk()
    outcome.figures["records"] = 1
    outcome.figures["writes and syncs"] = sum(not isinstance(event, Heard) for event in told.events)
    outcome.figures["syncs that failed"] = sum(isinstance(event, FailedSync) for event in told.events)
    outcome.figures["syncs"] = sum(isinstance(event, Sync) for event in told.events)
    for cut in cuts(told, disk, chance):
        outcome.figures["images opened and checked"] += 1
        outcome.figures["answers looked for"] += len(cut.witness.told)
        home = folder / f"image-{outcome.figures['images opened and checked']}"
        faults = check(cut, home)
        if not faults and outcome.figures["images opened and checked"] % LIVES_ON_EVERY == 0:
            outcome.figures["images lived on in"] += 1
            faults = live_on(cut, home, seed)
        if faults:
            outcome.faults = [f"cut after event {cut.at}, {cut.survival} ({home}): {each}" for each in faults]
            break
        shutil.rmtree(home)
    outcome.figures.update({f"unsynced {what} lost": n for what, n in disk.lost.items() if what != "torn writes"})
    outcome.figures["unsynced writes torn"] += disk.lost["torn writes"]
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10)
    parser.add_argument("--seed", type=int, default=None, help="default: one of the clock's")
    parser.add_argument("--plant", default="", help="a bug of tests/faults/plants.py, to see it found")
    parser.add_argument("--failing-syncs", action="store_true", help="the disk refuses some syncs in a row")
    options = parser.parse_args()
    if reason := why_not():
        print(f"Power cuts are not tried: {reason}.")
        return 2
    seed = time.time_ns() % 1_000_000 if options.seed is None else options.seed
    print(f"power cuts: {options.records} records, seed {seed}", flush=True)
    folder, began = memory_folder("power-"), time.monotonic()
    total = Round()
    for number in range(options.records):
        home = folder / f"record-{number}"
        outcome = play(seed + number, home, options.plant, failing_syncs=options.failing_syncs)
        total.figures.update(outcome.figures)
        print(f"  record {number + 1}: {outcome.figures['images opened and checked']:,} images", flush=True)
        if outcome.faults:
            total.faults = outcome.faults
            break
        shutil.rmtree(home)
    tell_figures({**total.figures, "violations": len(total.faults), "seconds": time.monotonic() - began})
    if total.faults:
        print("\n".join(f"  VIOLATED: {fault}" for fault in total.faults[:20]))
        planted = f" --plant {options.plant}" if options.plant else ""
        failing = " --failing-syncs" if options.failing_syncs else ""
        print(f"  again: python -m tests.faults.power --seed {seed + number} --records 1{failing}{planted}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
