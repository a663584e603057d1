"""Checks a ledger in a process of its own: half of it for somebody in a hurry, or at night all of it, unhurried.

As a program, `python -m bot.storage.verify_child`, it is told on its standard input what to check, in JSON (an
address may have a password in it, which no list of processes is to show), and answers in lines of JSON."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from bot.storage.checking import Faults, check_bytes
from bot.storage.verify import NotVerified, snapshot, verify_ledger
from bot.storage.verify_helper import PROGRAM

FAULTS_TOLD = 10


@dataclass(frozen=True, slots=True)
class WholeCheck:
    """What a whole check came to: how many entries there were and their root, as far as there is one; the first
    faults in words, and how many there are."""

    entries: int
    root: bytes | None
    faults: tuple[str, ...]
    fault_count: int


async def verify_in_child(url: URL, channel_id: int) -> WholeCheck:
    """Have everything checked by a process that lets others go first. Cancelling ends it. Raises NotVerified."""
    try:
        child = await asyncio.create_subprocess_exec(
            *PROGRAM,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl+C in the terminal is meant for the bot.
            start_new_session=True,
        )
    except OSError as error:
        raise NotVerified(f"no process could be started for it: {error.strerror}") from None
    order = {"url": url.render_as_string(hide_password=False), "whole": channel_id}
    try:
        told, trouble = await child.communicate(orjson.dumps(order))
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        raise
    try:
        answer = orjson.loads(told)
        if "failed" in answer:
            raise NotVerified(answer["failed"])
        root = None if answer["root"] is None else bytes.fromhex(answer["root"])
        return WholeCheck(answer["entries"], root, tuple(answer["faults"]), answer["fault_count"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        last = trouble.decode(errors="replace").strip().rpartition("\n")[2]
        raise NotVerified(
            f"the process that checks ended with {child.returncode}: {last or 'it said nothing'}"
        ) from None


def main(order: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    """Check, and say what came of it."""
    # Nothing here goes round in circles, and millions of rows would be looked through for it in vain.
    gc.disable()
    url = make_url(order["url"])
    if "whole" in order:
        if hasattr(os, "nice"):
            os.nice(10)  # the bot goes first
        say(_whole(url, order["whole"]))
        return
    faults = Faults()
    with snapshot(url) as connection:
        root = check_bytes(
            connection, order["channel"], faults, upto=order["upto"], done=lambda more: say({"done": more})
        )
    kept = faults.in_order()
    say({"faults": kept, "more": faults.count - len(kept), "root": None if root is None else root.hex()})


def _whole(url: URL, channel_id: int) -> dict[str, Any]:
    try:
        verified = verify_ledger(url, share=False)
    except NotVerified as why:
        return {"failed": str(why)}
    channel = next((each for each in verified.channels if each.id == channel_id), None)
    root = None if channel is None or channel.root is None else channel.root.hex()
    faults = [fault.words for fault in verified.faults[:FAULTS_TOLD]]
    entries = 0 if channel is None else channel.entries
    return {"entries": entries, "root": root, "faults": faults, "fault_count": verified.fault_count}


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(orjson.loads(sys.stdin.buffer.read()), _say)
