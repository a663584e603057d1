"""`python -m tests.simulation`: many seeds, one seed told step by step, or the planted bugs."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation import coverage, planted, shrinking
from tests.simulation.evening import Played
from tests.simulation.runs import Run, clear_away, new_bench, play, run

FINE, FOUND_WRONG = 0, 1
# Where no bar can be drawn, a line after so many evenings shows how far it is.
TOLD_EVERY = 250


def main(arguments: list[str]) -> int:
    """Returns the exit code: 1 when a promise was broken, or something was never reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500, help="how many evenings to play")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="SEED", help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="in so many processes")
    parser.add_argument("--quick", action="store_true", help="ask only for what a few seeds must reach")
    parser.add_argument("--seed", type=int, help="tell this one evening step by step, and shorten it if it fails")
    parser.add_argument("--planted", action="store_true", help="plant one bug after the other, and see each caught")
    chosen = parser.parse_args(arguments)
    console = Console()
    if chosen.seed is not None:
        return _tell(console, chosen.seed)
    if chosen.planted:
        return planted.table_of_all(console)
    return _many(console, range(chosen.first, chosen.first + chosen.seeds), chosen.jobs, quick=chosen.quick)


def _many(console: Console, seeds: range, jobs: int, *, quick: bool) -> int:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("evenings", total=len(seeds))

        def tell(so_far: Run) -> None:
            progress.update(task, completed=so_far.seeds)
            if not console.is_terminal and so_far.seeds % TOLD_EVERY == 0:
                print(f"{so_far.seeds:,} of {len(seeds):,} evenings in {so_far.seconds:.0f} s", flush=True)

        result = run(seeds, jobs, tell=tell)
    console.print(coverage.table(result.counts))
    _figures(console, result)
    for played in result.failures:
        console.print(f"[red]seed {played.seed}[/]: {played.violation}", soft_wrap=True)
        console.print(f"  replay: python -m tests.simulation --seed {played.seed}", soft_wrap=True)
    wanted = coverage.QUICK if quick else coverage.EXPECTED if len(seeds) >= coverage.EVERYTHING_FROM else ()
    never = [] if result.failures else coverage.never_reached(result.counts, wanted)
    for name in never:
        console.print(f"[red]never reached[/]: {name}")
    return FOUND_WRONG if result.failures or never else FINE


def _figures(console: Console, result: Run) -> None:
    good = result.seeds - len(result.failures)
    console.print(
        f"{result.seeds:,} seeds, {len(result.failures)} with a broken promise, in {result.seconds:.1f} s "
        f"({result.seconds / max(1, result.seeds):.3f} s a seed)"
    )
    if good:
        console.print(
            f"{result.commands:,} commands ({result.least_commands} at least, {result.commands / good:.0f} a seed) "
            f"and {result.faults:,} faults ({result.least_faults} at least, {result.faults / good:.1f} a seed)"
        )


def _tell(console: Console, seed: int) -> int:
    bench = new_bench()
    try:
        played = play(bench, seed)
        _print_history(played)
        if played.violation is None:
            return FINE
        shorter = shrinking.shorten(bench, played)
        if shorter is not None:
            console.print(f"\nShortened to {len(shorter.kept)} of {played.acts} acts: {list(shorter.kept)}")
            _print_history(shorter.played)
        return FOUND_WRONG
    finally:
        clear_away(bench)


def _print_history(played: Played) -> None:
    print("\n".join(played.lines))
    verdict = "every promise held" if played.violation is None else str(played.violation)
    print(f"seed {played.seed}: {played.commands} commands, {played.faults} faults: {verdict}")
    print(f"history {played.digest}")


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets of names are walked through in places: with one hash seed, one seed has one history everywhere.
        again = [sys.executable, "-m", "tests.simulation", *sys.argv[1:]]
        sys.exit(subprocess.call(again, env={**os.environ, "PYTHONHASHSEED": "0"}))
    sys.exit(main(sys.argv[1:]))
