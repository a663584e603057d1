"""The program of a second process, which checks one channel's entries in themselves.

`python -m bot.storage.verify_bytes` is told on its standard input what to check, as `bot.storage.verify` is, and
answers in lines of JSON. It loads as little as it can: its start is a good part of the time that it saves."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy.engine import make_url

from bot.storage.checking import Faults, check_bytes
from bot.storage.database import snapshot

# So many entries done are told of together.
DONE_TOGETHER = 4_096


def main(order: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    """Check, telling how far it is, and at last what came of it."""
    # Nothing here goes round in circles, and millions of rows would be looked through for it in vain.
    gc.disable()
    faults, untold = Faults(), 0

    def count(more: int) -> None:
        nonlocal untold
        untold += more
        if untold >= DONE_TOGETHER:
            say({"done": untold})
            untold = 0

    with snapshot(make_url(order["url"])) as connection:
        root = check_bytes(connection, order["channel"], faults, upto=order["upto"], done=count)
    say({"done": untold})
    kept = faults.in_order()
    say({"faults": kept, "more": faults.count - len(kept), "root": None if root is None else root.hex()})


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(orjson.loads(sys.stdin.buffer.read()), _say)
