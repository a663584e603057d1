"""`python -m tests.faults.kills`: the lives of a ledger end by SIGKILL at random moments, and nothing is lost."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.faults.lean_child import Orders
from tests.faults.lean_parent import Child, new_ledger, tell_figures
from tests.faults.witness import Witness

KILLED = -9
LIVES_PER_LEDGER = 40
# A life opens its ledger in about twenty milliseconds, and answers a claim in one or two.
SECONDS_MAX = 0.05
LINES_MAX = 250
ASKED_AGAIN = 8


def play_life(orders: Orders, log: Path, witness: Witness, chance: Random) -> list[str]:
    """One life and its end: in its opening, by the clock, or right behind a line; returns what was wrong."""
    how = chance.choices(("opening", "clock", "line"), (1, 4, 4))[0]
    seconds, lines = chance.uniform(0, SECONDS_MAX), chance.randrange(LINES_MAX)
    child = Child.forked(orders, log)
    deadline = time.monotonic() + (seconds if how == "opening" else 10.0)
    heard = 0
    while time.monotonic() < deadline and (how != "line" or heard <= lines):
        words = child.hear(deadline - time.monotonic())
        heard += len(words)
        for word in words:
            witness.hear(word)
            if word["word"] == "born" and how == "clock":
                deadline = time.monotonic() + seconds
    child.kill()
    for word in child.words():
        witness.hear(word)
    if child.buried() != KILLED:
        return [f"the life ended by itself with {child.exit_code}:\n{log.read_text()[-3_000:]}"]
    return []


def last_life(orders: Orders, log: Path, witness: Witness) -> list[str]:
    """A life that ends in peace."""
    child = Child.forked(orders, log)
    for word in child.words():
        witness.hear(word)
    code = child.buried()
    return [] if code == 0 else [f"the last life ended with {code}:\n{log.read_text()[-3_000:]}"]


def play(kills: int, seed: int, folder: Path, plant: str = "") -> tuple[Counter[str], list[str]]:
    """All the kills; returns the figures and the first violations, with which it stops."""
    figures: Counter[str] = Counter()
    chance = Random(seed)
    log = folder / "life.log"
    faults: list[str] = []
    while figures["kills"] < kills and not faults:
        figures["ledgers"] += 1
        path = new_ledger(folder / f"ledger-{figures['ledgers']}")
        witness = Witness()
        lives = min(LIVES_PER_LEDGER, kills - figures["kills"])
        for life in range(lives + 1):
            again = witness.to_ask_again(chance, ASKED_AGAIN)
            groups = 3 if life == lives else None
            orders = Orders(str(path), seed + figures["ledgers"], life, groups, again=again, plant=plant)
            figures["lives"] += 1
            if life == lives:
                faults = last_life(orders, log, witness)
            else:
                faults = play_life(orders, log, witness, chance)
                figures["kills"] += 1
            faults += witness.check(path)
            if faults:
                break
            if figures["kills"] % 100 == 0 and life < lives:
                print(f"  {figures['kills']:,} kills ...", flush=True)
        witness.count_into(figures)
        figures["lives killed while opening"] += life + 1 - witness.counts["born"]
        if not faults:
            shutil.rmtree(path.parent)
    figures["violations"] = len(faults)
    return figures, faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=None, help="default: one of the clock's")
    parser.add_argument("--plant", default="", help="a bug of tests/faults/plants.py, to see it found")
    options = parser.parse_args()
    seed = time.time_ns() % 1_000_000 if options.seed is None else options.seed
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    print(f"kills: {options.kills:,} with seed {seed}", flush=True)
    began = time.monotonic()
    figures, faults = play(options.kills, seed, folder, options.plant)
    seconds = time.monotonic() - began
    tell_figures({**figures, "seconds": seconds, "kills per second": figures["kills"] / seconds})
    if faults:
        print("\n".join(f"  VIOLATED: {fault}" for fault in faults[:20]))
        planted = f" --plant {options.plant}" if options.plant else ""
        again = f"make kills ARGS='--seed {seed} --kills {options.kills}{planted}'"
        print(f"  the ledger is in {folder}\n  again: {again}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
