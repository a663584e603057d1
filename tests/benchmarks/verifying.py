"""How fast a whole ledger is verified, beside the bare hashing of the same bytes."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import hashlib
from pathlib import Path
from time import perf_counter

from sqlalchemy import URL

from bot.domain.people import BOT
from bot.domain.planning import ApplyPlans
from bot.domain.stream import Wake
from bot.storage.database import ledger_url, snapshot_engine
from bot.storage.entries import read_entries
from bot.storage.upgrade import upgrade
from bot.storage.verify import verify_ledger
from tests.benchmarks.figures import Figure
from tests.benchmarks.ledgers import Ledgers, claims
from tests.conftest import CHANNEL, NOON, FixedClock, plan, running_lane

DROPS, PEOPLE = 4, 50_000
TIMES_HASHING_MAX = 15
BAR = 100_000


class Verifying:
    """One ledger of unit grants, made by the lane; each round verifies it with one process and with two."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._path = ledgers.folder / "verifying.sqlite"
        hashing = "SHA-256 over the same bytes, in memory"
        self.two = Figure("verifying a ledger", "µs an entry", hashing, at_most=TIMES_HASHING_MAX)
        self.one = Figure("verifying a ledger with one process", "µs an entry", hashing)
        self.rate = Figure("entries verified", "entries/s", f"{BAR:,}", at_least=1)
        self.figures = [self.two, self.one, self.rate]
        self.remarks: list[str] = []

    async def measure(self, turn: int, folder: Path) -> None:
        del folder
        url = ledger_url(str(self._path))
        if not self._path.exists():
            await fill(url)
        bare, count = hashing(url)
        timed = {share: verifying(url, share=share) for share in ((True, False) if turn % 2 else (False, True))}
        self.two.add(timed[True] / count * 1e6, bare / count * 1e6)
        self.one.add(timed[False] / count * 1e6, bare / count * 1e6)
        self.rate.add(count / timed[True], BAR)
        self.remarks = [
            f"Verified is a ledger of {count:,} entries, nearly all of them claims, in full: entries, hashes, "
            "private parts, pseudonyms, tree, signatures, and every table beside them. The bare loop hashes what "
            "verifying hashes of each entry, its bytes and its private part, and does not read them from the disk."
        ]


async def fill(url: URL) -> None:
    """Claims through the lane, as in life."""
    upgrade(url, now=lambda: NOON)
    async with running_lane(url, FixedClock(NOON)) as lane:
        plans = [plan(f"pin{n}", supply=PEOPLE, announce_at=NOON, opens_at=NOON) for n in range(DROPS)]
        await lane.submit(ApplyPlans(CHANNEL, "config:1", BOT, tuple(plans)))
        await lane.submit(Wake(CHANNEL))
        for each in plans:
            for start in range(0, PEOPLE, 10_000):
                crowd = claims(each.key, range(start, start + 10_000))
                named = (dataclasses.replace(claim, drop=each.key) for claim in crowd)
                await asyncio.gather(*(lane.submit(claim) for claim in named))


def hashing(url: URL) -> tuple[float, int]:
    """Seconds for the bare hashes, and how many entries there are."""
    engine = snapshot_engine(url)
    with engine.connect() as connection:
        rows = [row for rows in read_entries(connection, CHANNEL) for row in rows]
    engine.dispose()
    pieces = [(row[4], (row[7] or b"") + (row[6] or b"")) for row in rows]
    sha256, began = hashlib.sha256, perf_counter()
    for canonical, private in pieces:
        sha256(canonical).digest()
        sha256(private).digest()
    return perf_counter() - began, len(pieces)


def verifying(url: URL, *, share: bool) -> float:
    """Seconds for all of it, as `microdrops verify` does it."""
    gc.collect()
    gc.disable()
    try:
        began = perf_counter()
        verified = verify_ledger(url, share=share)
        seconds = perf_counter() - began
    finally:
        gc.enable()
    if not verified.holds:
        raise RuntimeError(f"the ledger does not hold: {verified.faults[0].words}")
    return seconds
