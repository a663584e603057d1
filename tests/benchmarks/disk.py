"""How long this disk takes to make four kibibytes safe: the unit in which latencies are told."""

from __future__ import annotations

import os
import time
from pathlib import Path

PROBES = 300
BLOCK = b"\x5a" * 4096
# Where there is no fdatasync (Windows, macOS), fsync is what SQLite itself uses.
sync = getattr(os, "fdatasync", os.fsync)


def sync_times(folder: Path) -> list[float]:
    """Seconds of each of PROBES appends with a sync, to a file that grows."""
    taken: list[float] = []
    with (folder / "probe.bin").open("ab", buffering=0) as file:
        for _ in range(PROBES):
            began = time.perf_counter()
            file.write(BLOCK)
            sync(file.fileno())
            taken.append(time.perf_counter() - began)
    return taken


def percentile(values: list[float], share: float) -> float:
    """The value that `share` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
