"""A contender as a child process: it says what it is, then plays a round of claims whenever it is asked to."""

from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.peers.missing import Missing

# Ten thousand numbered people in one line of JSON.
LINE_BYTES_MAX = 16 * 2**20
ANSWER_SECONDS_MAX = 90.0
END_SECONDS_MAX = 10.0


@dataclass(frozen=True, slots=True)
class Round:
    """How long the claims took, what the askers were told, and what the store held afterwards: (person, number)."""

    seconds: float
    answered: list[tuple[str, int]]
    stored: list[tuple[str, int]]


class Program:
    """Speaks with one child by lines of JSON. What the child says besides goes to the file `errors`."""

    def __init__(self, child: Process, errors: Path, introduction: str = "") -> None:
        self._child = child
        self._errors = errors
        self.introduction = introduction

    async def play(self, turn: int, claims: int) -> Round:
        """Have one round played. Raises Missing when the child breaks down."""
        if self._child.stdin is None:
            raise RuntimeError("the child has no input")
        self._child.stdin.write(json.dumps({"round": turn, "claims": claims}).encode() + b"\n")
        played = await self.said()
        answered, stored = ([(str(p), int(n)) for p, n in played[which]] for which in ("answered", "stored"))
        return Round(float(played["seconds"]), list(answered), list(stored))

    async def said(self) -> dict[str, Any]:
        if self._child.stdout is None:
            raise RuntimeError("the child has no output")
        try:
            line = await asyncio.wait_for(self._child.stdout.readline(), ANSWER_SECONDS_MAX)
        except TimeoutError as error:
            raise Missing(f"gave no answer within {ANSWER_SECONDS_MAX:.0f} s", last_words(self._errors)) from error
        if not line:
            raise Missing("broke down", last_words(self._errors))
        answer: dict[str, Any] = json.loads(line)
        return answer


@asynccontextmanager
async def running(
    command: list[str], folder: Path, *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    """The child from its introduction until its input is closed; killed if it does not end then. Raises Missing."""
    errors = folder / "errors.txt"
    with errors.open("wb") as said:
        child = await asyncio.create_subprocess_exec(
            *command, cwd=cwd, env={**os.environ, **(env or {})},
            stdin=PIPE, stdout=PIPE, stderr=said, limit=LINE_BYTES_MAX,
        )  # fmt: skip
    try:
        program = Program(child, errors)
        program.introduction = str((await program.said())["introduction"])
        yield program
    finally:
        if child.stdin is not None:
            child.stdin.close()
        await ended(child)


def last_words(file: Path) -> str:
    """The end of what a child wrote into its log; nothing without one."""
    return file.read_text("utf-8", errors="replace").strip()[-2_000:] if file.exists() else ""


async def ended(child: Process) -> None:
    """Wait for a child that was asked to end; one that does not is killed."""
    try:
        await asyncio.wait_for(child.wait(), END_SECONDS_MAX)
    except TimeoutError:
        child.kill()
        await child.wait()
