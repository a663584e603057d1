"""`make bench-peers`: installs the peers, measures each beside the write lane, and writes the page's section."""

from __future__ import annotations

import asyncio
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from rich.console import Console

from tests.benchmarks import burst, page
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.ledgers import DROP, Ledgers, claims
from tests.benchmarks.peers.contenders import PEERS, Contender
from tests.benchmarks.peers.match import Match
from tests.benchmarks.workshop import workshop

ROUNDS = 7
CLAIMS = 10_000
REMARKS = [
    "Each peer is measured right beside a burst of 10,000 claims through the write lane; in every other round the "
    "peer goes first. One at a time, all on the same disk, each peer in an environment and a process of its own.",
    "Ours writes for each claim a unit, a ledger entry and the stored answer, and is asked inside its process, as "
    "the bot asks it. The peers write less: what their row says. Redis and PostgreSQL are asked by Python clients "
    "over a socket, as a bot would; that client is a good part of their time.",
    "Every round is checked, ours like theirs: everybody answered, nobody twice, the numbers 1 to N without gap, "
    "and what was answered is what is stored.",
]


class OurLane:
    """The write lane on a fresh copy of the same ledger each time."""

    def __init__(self, folder: Path) -> None:
        self._ledgers = Ledgers(folder)
        self._file = folder / "ledger.sqlite"

    async def claims_per_second(self) -> float:
        """A burst through it. Raises AuditFailed when it broke a promise."""
        url = await self._ledgers.copy(self._file, CLAIMS, CLAIMS)
        run = await burst.through_the_lane(url, claims(DROP, range(CLAIMS)), CLAIMS)
        # Closed, so its log has gone into the file: the next copy meets no stranger's.
        self._file.unlink()
        return run.per_second


async def measure(peers: Sequence[Contender], rounds: int, folder: Path, console: Console) -> list[Figure]:
    """Play all rounds; the figures in the order of the peers."""
    matches = [Match(peer, console) for peer in peers]
    async with AsyncExitStack() as stack:
        for match in matches:
            await match.open(stack, _room(folder, match.peer.key))
        ours = OurLane(_room(folder, "ours"))
        for turn in range(rounds):
            console.print(f"round {turn + 1} of {rounds}, claims/s")
            for match in matches:
                await match.play(turn, ours.claims_per_second)
    return [match.figure for match in matches]


def _room(folder: Path, key: str) -> Path:
    place = folder / key
    place.mkdir()
    return place


async def main(arguments: Sequence[str]) -> None:
    parser = ArgumentParser(prog="make bench-peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", choices=[peer.key for peer in PEERS], help="one peer; the page stays as it is")
    options = parser.parse_args(arguments)
    _stop_in_order()
    peers = [peer for peer in PEERS if options.only in (None, peer.key)]
    with workshop() as folder:
        figures = await measure(peers, options.rounds, folder, Console())
        show(figures, options.rounds)
        if options.only is None:
            page.keep("peers", figures, rounds=options.rounds, remarks=REMARKS, folder=folder)


def _stop_in_order() -> None:
    """A request to end lets the servers be stopped too, as Ctrl+C does."""
    task = asyncio.current_task()
    with suppress(NotImplementedError):  # Windows has no such handlers
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
