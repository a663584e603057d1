"""What every program here speaks: one line that says what it is, then a round of claims per line of its input."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import NamedTuple


class Played(NamedTuple):
    """One round: how long until the last answer, what the askers were told, and what the store holds afterwards."""

    seconds: float
    answered: list[tuple[str, int]]
    stored: list[tuple[str, int]]


Play = Callable[[int, list[str]], Awaitable[Played]]


async def serve(introduction: str, play: Play) -> None:
    """Play a round for each line `{"round": 3, "claims": 10000}` until the input ends."""
    print(json.dumps({"introduction": introduction}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        people = [f"v{number}" for number in range(asked["claims"])]
        played = await play(asked["round"], people)
        print(json.dumps(played._asdict()), flush=True)
