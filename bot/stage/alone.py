"""`microdrops stage`: the local Twitch and Discord on their own, for any client to join."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.stage.server import Stage


def main(host: str, port: int) -> None:
    """Serve until Ctrl-C or until told to stop. Raises OSError when the address cannot be listened on."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(host, port))


async def _serve(host: str, port: int) -> None:
    stage = Stage()
    await stage.start(host, port)
    try:
        stage.twitch.go_live()
        _tell(stage.describe())
        await _until_stopped(stage)
    finally:
        await stage.stop()


async def _until_stopped(stage: Stage) -> None:
    told = asyncio.ensure_future(stage.told_to_stop())
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows ends the loop by KeyboardInterrupt instead
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, told.cancel)
    with suppress(asyncio.CancelledError):
        await told


def _tell(about: Mapping[str, Any]) -> None:
    """All that a client needs to log in: a table for people, JSON for whoever reads the output by program."""
    if not sys.stdout.isatty():
        sys.stdout.write(json.dumps(about, indent=2, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    table = Table("What", title="The stage is open, and the stream is live", title_justify="left")
    # A token that is cut short helps nobody.
    table.add_column("Value", overflow="fold")
    for name, value in _flat(about):
        table.add_row(name, value)
    console = Console()
    console.print(table)
    console.print("Any client can join with these, or log in by itself on a page of the stage.")
    console.print("Say something in chat, as anybody:")
    control = about["control"]
    console.print(
        f"  curl -s {control['url']}/twitch/say -H '{control['header']}: {control['key']}' "
        '-d \'{"login": "ann", "text": "hello"}\'',
        soft_wrap=True,
    )
    console.print("Ctrl-C ends it; nothing is kept.")


def _flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [row for key, inner in value.items() for row in _flat(inner, f"{path}.{key}" if path else str(key))]
    if isinstance(value, list | tuple):
        return [(path, " ".join(str(each) for each in value))]
    return [(path, str(value))]
