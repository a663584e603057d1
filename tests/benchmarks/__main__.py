"""`python -m tests.benchmarks`: measures everything, prints the table and writes docs/performance.md."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.benchmarks import page
from tests.benchmarks.chat import Chat
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.starts import Starts
from tests.benchmarks.workshop import workshop

ROUNDS = 5


class Measurement(Protocol):
    """Some figures that belong together. Each round gets an empty folder of its own."""

    figures: list[Figure]

    def measure(self, turn: int, folder: Path) -> Awaitable[None]: ...


MEASUREMENTS: dict[str, type[Measurement]] = {"start": Starts, "chat": Chat}


async def measured(names: list[str], rounds: int, folder: Path) -> list[Figure]:
    """The figures of these measurements: every round takes each of them once, every other round backwards."""
    chosen = {name: MEASUREMENTS[name]() for name in names}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        task = progress.add_task("", total=rounds * len(chosen))
        for turn in range(rounds):
            for name in names if turn % 2 == 0 else reversed(names):
                progress.update(task, description=f"round {turn + 1} of {rounds}: {name}")
                if not progress.console.is_terminal:
                    progress.console.print(f"round {turn + 1} of {rounds}: {name}")
                place = folder / f"{turn}-{name}"
                place.mkdir()
                await chosen[name].measure(turn, place)
                progress.advance(task)
    return [figure for each in chosen.values() for figure in each.figures]


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"Some of: {', '.join(MEASUREMENTS)}.")] = None,
    rounds: Annotated[int, typer.Option(min=1)] = ROUNDS,
) -> None:
    """Measure. The page is written only by a whole run."""
    if unknown := set(only or ()) - set(MEASUREMENTS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are {', '.join(MEASUREMENTS)}")
    with workshop() as folder:
        figures = asyncio.run(measured(only or list(MEASUREMENTS), rounds, folder))
        show(figures, rounds)
        if not only:
            page.keep("bench", figures, rounds=rounds, remarks=[], folder=folder)


if __name__ == "__main__":
    typer.run(main)
