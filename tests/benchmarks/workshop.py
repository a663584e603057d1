"""Where the benchmarks write: a folder on the checkout's own disk, never a file system in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).parents[2]


@contextmanager
def workshop() -> Iterator[Path]:
    """An empty folder under build/, removed afterwards."""
    build = PROJECT / "build"
    build.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir=build) as name:
        yield Path(name)
