"""Makes a copy in a process of its own: what it costs, the bot's claims never pay for."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from bot.domain.backup import Keeping
from bot.domain.time import Micros
from bot.storage.backup import BrokenBackup
from bot.storage.child import Ended, run_child


async def make_in_child(ledger: Path, folder: Path, why: str, *, now: Micros, keeping: Keeping) -> Path:
    """Have a copy made, checked and rotated; returns where it is. Cancelling ends the child, and with it a
    half-made copy. Raises BrokenBackup."""
    what = (ledger, folder, why, str(now), str(keeping.recent), str(keeping.daily))
    try:
        ended = await run_child((sys.executable, "-m", "bot.storage.backup", *map(str, what)))
    except OSError as error:
        raise BrokenBackup(f"no process could be started for it: {error.strerror}") from None
    return _read(ended)


def _read(ended: Ended) -> Path:
    try:
        answer = orjson.loads(ended.told)
        if ended.code == 0:
            return Path(answer["path"])
        raise BrokenBackup(answer["failed"])
    except (orjson.JSONDecodeError, KeyError):
        raise BrokenBackup(f"the process that copies ended with {ended.code}: {ended.last_words}") from None
