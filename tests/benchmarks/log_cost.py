"""What the transparency log costs a claim: the burst with it, and as it would be without, in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

from bot.storage import batch
from bot.storage import claims as claims_in_lane
from bot.storage.log import Log
from tests.benchmarks import burst
from tests.benchmarks.burst import Run
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledgers import DROP, Ledgers, claims

CLAIMS = 10_000
# Both ways round within every round: what slows the machine down for a second slows down both.
ORDER = (True, False, False, True)


class LogCost:
    """CLAIMS claims at once: each goes into the tree and is answered with its leaf, and the last one is signed."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        name = f"the log's cost: burst of {CLAIMS:,} durable claims"
        self.speed = Figure(name, "claims/s", "the same without tree, checkpoints and receipts", at_least=0.85)
        self.cpu = Figure("the log's cost: CPU per claim", "µs", "the same without tree, checkpoints and receipts")
        self.figures = [self.speed, self.cpu]
        self.remarks: list[str] = []

    async def measure(self, turn: int, folder: Path) -> None:
        runs: dict[bool, list[Run]] = {True: [], False: []}
        for place, with_log in enumerate(ORDER if turn % 2 == 0 else [not each for each in ORDER]):
            url = await self._ledgers.copy(folder / f"{place}.sqlite", CLAIMS, CLAIMS)
            with ExitStack() as stack:
                if not with_log:
                    stack.enter_context(without_log())
                runs[with_log].append(await burst.through_the_lane(url, claims(DROP, range(CLAIMS)), CLAIMS))
        logged, plain = (both_of(runs[each]) for each in (True, False))
        self.speed.add(logged.per_second, plain.per_second)
        self.cpu.add(logged.cpu_micros, plain.cpu_micros)


def both_of(runs: list[Run]) -> Run:
    """Several runs as one."""
    return Run(
        sum(run.claims for run in runs), sum(run.seconds for run in runs), sum(run.cpu_seconds for run in runs)
    )


@contextmanager
def without_log() -> Iterator[None]:
    """A lane that seals its entries and does nothing else with them."""
    with (
        patch.object(Log, "append", lambda _self, _entry: None),
        patch.object(Log, "sign", lambda _self: None),
        patch.object(batch, "checkpoint_due", lambda *_: False),
        patch.object(claims_in_lane, "with_receipt", lambda granted, _entry: granted),
    ):
        yield
