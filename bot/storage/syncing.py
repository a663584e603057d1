"""Having the disk itself take what was written: a file's bytes, and a folder's names."""

from __future__ import annotations

import os
from pathlib import Path


def sync_file(path: Path) -> None:
    """Have the disk itself take the file. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the disk take the names in a folder. Raises OSError."""
    if os.name == "nt":
        return  # Windows lets nobody open a folder, and writes names through by itself
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
