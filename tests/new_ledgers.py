"""Empty ledgers of the newest schema: the first in a process is migrated, the others are copies of it."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import URL

from bot.storage.database import ledger_url
from bot.storage.upgrade import upgrade


def new_ledger_at(url: URL) -> None:
    """A new ledger file, in a new folder too. Migrating takes as long as many a test that needs a ledger."""
    path = Path(f"{url.database}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory(prefix="new-ledger-") as folder:
        path = Path(folder, "ledger.sqlite")
        upgrade(ledger_url(str(path)), now=lambda: 0)
        return path.read_bytes()
