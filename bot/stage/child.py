"""The stage as a child process: `python -m bot.stage.child RECORD`, steered by JSON lines on its input.

It prints {"ready": ...} with all that a client needs to join, then {"seen": ...} for every line of the record.
Orders are those of bot/stage/orders.py: {"do": "play", ...} brings the crowd, which is answered by {"played": true}
when all of it has done what it came for; one that has an "id" is answered by {"done": id}. {"do": "stop"} is
answered by {"stopped": {"secrets": [...]}}. When the input ends, the parent is gone and so is the stage. With
"offline" behind the record's file the stream has not begun. Files of messages are kept beside the record.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.stage.keeping import FOLDER, kept_in
from bot.stage.orders import Orders
from bot.stage.record import Record
from bot.stage.server import Stage


def tell(message: Mapping[str, Any]) -> None:
    """Write one line to the parent."""
    sys.stdout.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def orders_into(queue: asyncio.Queue[dict[str, Any]], loop: asyncio.AbstractEventLoop) -> None:
    """Read the parent's orders in a thread of their own: pipes cannot be awaited on every operating system."""

    def read() -> None:
        # Unbuffered: the lock of a buffer, held by this thread, would break the end of the program.
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as lines:
            for line in lines:
                loop.call_soon_threadsafe(queue.put_nowait, json.loads(line))
        loop.call_soon_threadsafe(queue.put_nowait, {"do": "stop"})

    threading.Thread(target=read, daemon=True).start()


async def serve(record_file: Path, *, live: bool = True) -> None:
    """Run a stage until told to stop."""
    orders: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    orders_into(orders, asyncio.get_running_loop())
    with record_file.open("w", encoding="utf-8") as file:
        record = Record(file)
        async with Stage(record=record) as stage:
            if live:
                stage.twitch.go_live()
            stage.discord.board.on_file = kept_in(record_file.parent / FOLDER)
            tell({"ready": stage.describe()})
            record.listen(lambda seen: tell({"seen": asdict(seen)}))
            await _obey(stage, orders)
            tell({"stopped": {"secrets": secrets_of(stage)}})


async def _obey(stage: Stage, queue: asyncio.Queue[dict[str, Any]]) -> None:
    """Until told to stop; a crowd that stumbles ends the stage, so that its parent does not wait in vain."""
    async with asyncio.TaskGroup() as group:
        orders = Orders(stage, group, tell)
        while (order := await queue.get())["do"] != "stop":
            await orders.obey(order)
        orders.end()


def secrets_of(stage: Stage) -> list[str]:
    """Everything that must stand in no log: what the bot was given and what it was given later."""
    tokens = [*stage.twitch.tokens]
    refreshes = [token.refresh for token in tokens if token.refresh is not None]
    return [
        stage.twitch.client_secret,
        stage.discord.bot_token,
        *(token.access for token in tokens),
        *refreshes,
    ]


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), live=sys.argv[2:] != ["offline"]))
