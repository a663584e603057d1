"""A process of its own for work that would hold up the bot's claims."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple


class Ended(NamedTuple):
    """What a process has said, why it may have said nothing (its last line of trouble), and its exit code."""

    told: bytes
    last_words: str
    code: int | None


async def run_child(program: Sequence[str], order: bytes = b"") -> Ended:
    """Run a program to its end, with `order` on its standard input. Cancelling ends it. Raises OSError where it
    cannot be started."""
    child = await asyncio.create_subprocess_exec(
        *program,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # Ctrl+C in the terminal is meant for the bot, which then decides what becomes of this work.
        start_new_session=True,
    )
    try:
        told, trouble = await child.communicate(order)
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        raise
    last_words = trouble.decode(errors="replace").strip().rpartition("\n")[2]
    return Ended(told, last_words or "it said nothing", child.returncode)
