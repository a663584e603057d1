"""Makes a copy in a process of its own: what it costs, the bot's claims never pay for."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import orjson

from bot.domain.backup import Keeping
from bot.domain.time import Micros
from bot.storage.backup import BrokenBackup


async def make_in_child(ledger: Path, folder: Path, why: str, *, now: Micros, keeping: Keeping) -> Path:
    """Have a copy made, checked and rotated; returns where it is. Cancelling ends the child, and with it a
    half-made copy. Raises BrokenBackup."""
    what = (ledger, folder, why, str(now), str(keeping.recent), str(keeping.daily))
    try:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.storage.backup", *map(str, what)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl+C in the terminal is meant for the bot, which then decides what becomes of this copy.
            start_new_session=True,
        )
    except OSError as error:
        raise BrokenBackup(f"no process could be started for it: {error.strerror}") from None
    try:
        told, trouble = await child.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        raise
    return _read(told, trouble, child.returncode)


def _read(told: bytes, trouble: bytes, code: int | None) -> Path:
    try:
        answer = orjson.loads(told)
        if code == 0:
            return Path(answer["path"])
        raise BrokenBackup(answer["failed"])
    except (orjson.JSONDecodeError, KeyError):
        last = trouble.decode(errors="replace").strip().rpartition("\n")[2]
        raise BrokenBackup(f"the process that copies ended with {code}: {last or 'it said nothing'}") from None
