"""A small file that its owner alone may read: whole or not at all, and on the disk before anybody relies on it."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp

from bot.storage.syncing import sync_folder


def write_private(path: Path, content: bytes) -> None:
    """Put `content` in the place of whatever the file held. Raises OSError: then it holds what it held."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own; where the system knows modes, nobody but its owner reads it (0600).
    descriptor, name = mkstemp(prefix=f"{path.stem}-", suffix=".partial", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)
