"""Has the whole ledger verified by a process of its own: what it costs, the bot's claims never pay for."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import orjson
from sqlalchemy import URL

from bot.storage.verified import PROGRAM, NotVerified, ShortCheck


async def verify_in_child(url: URL, channel_id: int) -> ShortCheck:
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
        return ShortCheck(answer["entries"], root, tuple(answer["faults"]), answer["fault_count"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        last = trouble.decode(errors="replace").strip().rpartition("\n")[2]
        raise NotVerified(
            f"the process that checks ended with {child.returncode}: {last or 'it said nothing'}"
        ) from None
