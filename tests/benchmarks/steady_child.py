"""A process that only takes claims at a steady rate, so that its system calls are all the lane's."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from bot.storage.database import ledger_url
from tests.benchmarks import audit, open_loop
from tests.benchmarks.ledgers import DROP, claims, started_lane


async def main(ledger: Path, count: int, per_second: int) -> None:
    """Print how many batches were committed, and between which instants (seconds since 1970)."""
    commits: list[float] = []

    def passed(point: str) -> None:
        if point == "lane.after-commit":
            commits.append(time.time())

    url = ledger_url(str(ledger))
    first, *others = claims(DROP, range(count + 1))
    async with started_lane(url, probe=passed) as lane:
        # The first commit also makes the log and its folder's entry safe.
        await lane.submit(first)
        before, began = len(commits), time.time()
        waits = await open_loop.offered(lane.submit, others, per_second)
        batches, ended = len(commits) - before, time.time()
    answered = {**waits.answered, first.request_id: (first.actor.user_id, 1)}
    audit.check(audit.ledger_store(url, DROP), answered, asked=count + 1, supply=count + 1)
    print(batches, began, ended)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
