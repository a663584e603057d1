"""Latency at a steady rate, in units of what the same disk takes for one sync in the same round."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.claims import ClaimDrop
from tests.benchmarks import disk, open_loop
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledgers import DROP, Ledgers, claims

CALM, CALM_SECONDS = 1_000, 5
RUSH, RUSH_SECONDS = 5_000, 3
# A round counts as quiet when the bare writer's own p99 stays below so many syncs.
QUIET_SYNCS = 8
P99_SYNCS_MAX = 12
MILLIS = 1_000


class Steady:
    """A thousand claims a second, then five thousand, with the disk probed before and after."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers
        calm, rush = f"at {CALM:,} claims/s", f"at {RUSH:,} claims/s offered"
        sync = "one fdatasync of 4 KiB (p50)"
        self.p50 = Figure(f"p50 {calm}", "ms", sync, at_most=5)
        self.p99 = Figure(f"p99 {calm}", "ms", sync, at_most=P99_SYNCS_MAX)
        self.reached = Figure(f"reached {rush}", "claims/s", "offered", at_least=0.99)
        self.rush_p99 = Figure(f"p99 {rush}", "ms", sync, at_most=25)
        self.bare = Figure(f"p99 of a bare sqlite3 thread {calm}", "ms", sync)
        self.beside_bare = Figure(f"p99 {calm}", "ms", "p99 of a bare sqlite3 thread")
        self.figures = [self.p50, self.p99, self.reached, self.rush_p99, self.bare, self.beside_bare]
        self.remarks: list[str] = []

    async def measure(self, turn: int, folder: Path) -> None:
        probes = disk.sync_times(folder)
        calm = claims(DROP, range(CALM * CALM_SECONDS))
        rush = claims(DROP, range(RUSH * RUSH_SECONDS))
        if turn % 2:
            bare = await self._bare(folder, calm)
        url = await self._ledgers.copy(folder / "calm.sqlite", len(calm), len(calm))
        lane = await open_loop.through_the_lane(url, calm, CALM, len(calm))
        if not turn % 2:
            bare = await self._bare(folder, calm)
        url = await self._ledgers.copy(folder / "rush.sqlite", len(rush), len(rush))
        rushed = await open_loop.through_the_lane(url, rush, RUSH, len(rush))
        probes += disk.sync_times(folder)
        sync = disk.percentile(probes, 0.5)
        quiet = bare.p99 < QUIET_SYNCS * sync
        self.p50.add(lane.p50 * MILLIS, sync * MILLIS, quiet=quiet)
        self.p99.add(lane.p99 * MILLIS, sync * MILLIS, quiet=quiet)
        self.reached.add(rushed.reached, RUSH, quiet=quiet)
        self.rush_p99.add(rushed.p99 * MILLIS, sync * MILLIS, quiet=quiet)
        self.bare.add(bare.p99 * MILLIS, sync * MILLIS)
        self.beside_bare.add(lane.p99 * MILLIS, bare.p99 * MILLIS)
        self.remarks = [
            f"A round is quiet when a bare sqlite3 thread at the same rate has a p99 below {QUIET_SYNCS} syncs: "
            f"{sum(self.p99.quiet)} of {len(self.p99.quiet)} were. A latency that misses its bar counts as missed "
            "only if it does so in the quiet rounds, and if they are most of them."
        ]

    async def _bare(self, folder: Path, calm: list[ClaimDrop]) -> open_loop.Waits:
        path = folder / "bare.sqlite"
        await self._ledgers.copy(path, len(calm), len(calm))
        return await asyncio.to_thread(open_loop.through_a_thread, path, calm, CALM, len(calm))
