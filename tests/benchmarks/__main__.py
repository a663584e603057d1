"""`python -m tests.benchmarks`: measures everything, prints the table and writes docs/performance.md."""

from __future__ import annotations

import asyncio
import gc
import logging
import shutil
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.loading import settle
from tests.benchmarks import page
from tests.benchmarks.bursts import Bursts
from tests.benchmarks.chat import Chat
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.ledgers import Ledgers
from tests.benchmarks.log_cost import LogCost
from tests.benchmarks.postgresql import Postgresql
from tests.benchmarks.reports import Reports
from tests.benchmarks.starts import Starts
from tests.benchmarks.steady import Steady
from tests.benchmarks.syncs import Syncs
from tests.benchmarks.verifying import Verifying
from tests.benchmarks.votes import Votes
from tests.benchmarks.workshop import workshop

ROUNDS = 5


class Measurement(Protocol):
    """Some figures that belong together, and sentences on how they came about. Each round gets an empty folder."""

    figures: list[Figure]
    remarks: list[str]

    def measure(self, turn: int, folder: Path) -> Awaitable[None]: ...


# What is made for all rounds is given up with the stack.
MEASUREMENTS: dict[str, Callable[[Ledgers, ExitStack], Measurement]] = {
    "burst": lambda ledgers, _: Bursts(ledgers),
    "log": lambda ledgers, _: LogCost(ledgers),
    "steady": lambda ledgers, _: Steady(ledgers),
    "report": lambda ledgers, _: Reports(ledgers),
    "syncs": lambda ledgers, _: Syncs(ledgers),
    "verify": lambda ledgers, _: Verifying(ledgers),
    "start": lambda *_: Starts(),
    "chat": lambda *_: Chat(),
    "votes": lambda ledgers, _: Votes(ledgers),
    "postgresql": lambda _, stack: Postgresql(stack),
}
# It has a table of its own on the page; everything else stands in one.
APART = ("postgresql",)


async def measured(names: list[str], rounds: int, folder: Path) -> dict[str, Measurement]:
    """These measurements: every round takes each of them once, every other round backwards."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with ExitStack() as stack, Progress(*columns) as progress:
        ledgers = Ledgers(folder)
        chosen = {name: MEASUREMENTS[name](ledgers, stack) for name in names}
        task = progress.add_task("", total=rounds * len(chosen))
        for turn in range(rounds):
            for name in names if turn % 2 == 0 else reversed(names):
                progress.update(task, description=f"round {turn + 1} of {rounds}: {name}")
                if not progress.console.is_terminal:
                    progress.console.print(f"round {turn + 1} of {rounds}: {name}")
                place = folder / f"{turn}-{name}"
                place.mkdir()
                await chosen[name].measure(turn, place)
                # Gigabytes of old ledgers would only be written back into what is measured next.
                shutil.rmtree(place)
                progress.advance(task)
    return chosen


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"Some of: {', '.join(MEASUREMENTS)}.")] = None,
    rounds: Annotated[int, typer.Option(min=1)] = ROUNDS,
    draw: Annotated[bool, typer.Option("--draw", help="Measure nothing, draw the page anew.")] = False,
) -> None:
    """Measure. The page is written only by a whole run."""
    if draw:
        page.write()
        return
    if unknown := set(only or ()) - set(MEASUREMENTS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are {', '.join(MEASUREMENTS)}")
    # twitchio warns at its import of a part that nobody here needs.
    logging.getLogger("twitchio").setLevel(logging.ERROR)
    # As the bot does once it is loaded: modules are no garbage, and looking through them would hold up a claim.
    gc.collect()
    settle()
    with workshop() as folder:
        taken = asyncio.run(measured(only or list(MEASUREMENTS), rounds, folder))
        sections = {"bench": [taken[name] for name in taken if name not in APART]}
        sections |= {name: [taken[name]] for name in taken if name in APART}
        for section, measurements in sections.items():
            figures = [figure for each in measurements for figure in each.figures]
            remarks = [remark for each in measurements for remark in each.remarks]
            if figures:
                show(figures, rounds)
                print(*remarks, sep="\n")
            if not only:
                page.keep(section, figures, rounds=rounds, remarks=remarks, folder=folder)


if __name__ == "__main__":
    typer.run(main)
