"""Has the whole ledger verified by a process of its own: what it costs, the bot's claims never pay for."""

from __future__ import annotations

import orjson
from sqlalchemy import URL

from bot.storage.child import run_child
from bot.storage.verified import PROGRAM, NotVerified, ShortCheck


async def verify_in_child(url: URL, channel_id: int) -> ShortCheck:
    """Have everything checked by a process that lets others go first. Cancelling ends it. Raises NotVerified."""
    order = {"url": url.render_as_string(hide_password=False), "whole": channel_id}
    try:
        ended = await run_child(PROGRAM, orjson.dumps(order))
    except OSError as error:
        raise NotVerified(f"no process could be started for it: {error.strerror}") from None
    try:
        answer = orjson.loads(ended.told)
        if "failed" in answer:
            raise NotVerified(answer["failed"])
        root = None if answer["root"] is None else bytes.fromhex(answer["root"])
        return ShortCheck(answer["entries"], root, tuple(answer["faults"]), answer["fault_count"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise NotVerified(f"the process that checks ended with {ended.code}: {ended.last_words}") from None
