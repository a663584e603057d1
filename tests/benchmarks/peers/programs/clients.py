"""Fifty clients of a server that take the next person from one line until everybody has been answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

CLIENTS = 50
OPEN_DROP, CLOSED_DROP = -1, -2
Connection = TypeVar("Connection")


async def check_rules(claim: Callable[[int, str], Awaitable[int]]) -> None:
    """Raises RuntimeError unless claims are refused as they must be: a fast wrong one is no comparison.

    OPEN_DROP has two units, CLOSED_DROP is past its window; an answer below 1 is a refusal."""
    ann, again, bob, eve = [await claim(OPEN_DROP, person) for person in ("ann", "ann", "bob", "eve")]
    late = await claim(CLOSED_DROP, "ann")
    if (ann, bob) != (1, 2) or again not in (0, 1) or eve >= 1 or late >= 1:
        raise RuntimeError(f"not by the rules: ann {ann}, again {again}, bob {bob}, sold out {eve}, late {late}")


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
