"""One peer beside the write lane, round by round."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console

from tests.benchmarks.figures import Figure
from tests.benchmarks.peers.audit import faults
from tests.benchmarks.peers.contenders import Contender
from tests.benchmarks.peers.missing import Missing
from tests.benchmarks.peers.program import Program

Ours = Callable[[], Awaitable[float]]


class Match:
    """A peer over all rounds. One that is missing, or wrong, stays in the table as a sentence."""

    def __init__(self, peer: Contender, console: Console) -> None:
        self.peer = peer
        self.figure = Figure(peer.name, "claims/s", "", at_least=peer.bar, note=peer.note)
        self._console = console
        self._program: Program | None = None

    async def open(self, stack: AsyncExitStack, folder: Path) -> None:
        """Install and start the peer; it ends with `stack`."""
        self._say(f"preparing {self.peer.name} ...")
        try:
            self._program = await stack.enter_async_context(self.peer.opened(folder))
            self.figure.beside = self._program.introduction
        except Missing as missing:
            self._give_up(missing)

    async def play(self, turn: int, ours: Ours) -> None:
        """One round: `ours` gives claims per second, and in every other round the peer goes first."""
        if self._program is None:
            return
        try:
            if turn % 2:
                our_rate, their_rate = await ours(), await self._rate(self._program, turn)
            else:
                their_rate, our_rate = await self._rate(self._program, turn), await ours()
        except Missing as missing:
            self._give_up(missing)
            return
        self.figure.add(our_rate, their_rate)
        self._say(f"  {our_rate:>9,.0f} ours {their_rate:>9,.0f}  {self.peer.name}")

    async def _rate(self, program: Program, turn: int) -> float:
        played = await program.play(turn, self.peer.claims)
        if found := faults(played, self.peer.claims):
            raise Missing("its result was wrong: " + "; ".join(found))
        return self.peer.claims / played.seconds

    def _give_up(self, missing: Missing) -> None:
        self._say(f"  not measured: {missing.sentence}")
        if missing.details:
            self._say(missing.details)
        self._program = None
        note = f"not measured: {missing.sentence}"
        self.figure = Figure(self.peer.name, "claims/s", "", at_least=self.peer.bar, note=note)

    def _say(self, text: str) -> None:
        self._console.print(text, soft_wrap=True, markup=False, highlight=False)
