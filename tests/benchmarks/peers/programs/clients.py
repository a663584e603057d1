"""Fifty clients of a server that take the next person from one line until everybody has been answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

CLIENTS = 50
Connection = TypeVar("Connection")


async def all_at_once(
    connections: Sequence[Connection],
    people: list[str],
    claim: Callable[[Connection, str], Awaitable[int]],
) -> tuple[float, list[tuple[str, int]]]:
    """Seconds until the last answer, and who was told which number."""
    line = iter(people)
    answered: list[tuple[str, int]] = []

    async def one(connection: Connection) -> None:
        for person in line:
            answered.append((person, await claim(connection, person)))

    began = time.perf_counter()
    await asyncio.gather(*(one(connection) for connection in connections))
    return time.perf_counter() - began, answered
