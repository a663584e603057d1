"""What the services see of the outside, in a few lines each: senders that record, a ledger that takes notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.domain.announcing import Priority
from bot.domain.answers import Answer
from bot.domain.claims import ClaimDecision, ClaimGranted, ClaimRefusal, ClaimRefused
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from tests.conftest import NOON

WORDS = Wording({}, zone="UTC", command_names={"claim": "!claim", "drop": "!drop", "mine": "!mine", "md": "!md"})


async def until(fact: Callable[[], object], seconds: float = 60.0) -> None:
    """Let the others work until a fact holds."""
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110  # the services announce no such facts
            await asyncio.sleep(0)


class RecordingChat:
    """Chat that notes each line; `faults` are raised, one a try, before any line gets through."""

    def __init__(self, *faults: Exception, lines_ready: int = 20) -> None:
        self.lines: list[str] = []
        self.tries = 0
        self.faults = list(faults)
        self.lines_ready = lines_ready
        self.gate: asyncio.Event | None = None

    async def say(self, text: str, *, priority: Priority = Priority.ANSWER) -> str:
        self.tries += 1
        if self.faults:
            raise self.faults.pop(0)
        if self.gate is not None:
            await self.gate.wait()
        self.lines.append(text)
        return f"line-{len(self.lines)}"


class RecordingBoard:
    """Discord that notes posts by nonce and edits; `down` is raised while it is set."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, Card, str]] = []
        self.edits: list[tuple[str, str, Card]] = []
        self.down: Exception | None = None
        self.found: tuple[str, ...] = ()

    async def post(self, place: str, card: Card, *, nonce: str) -> str:
        if self.down is not None:
            raise self.down
        self.posts.append((place, card, nonce))
        return f"card-{len(self.posts)}"

    async def find(self, place: str, card: Card, *, since: int) -> tuple[str, ...]:
        return self.found

    async def edit(self, place: str, message_id: str, card: Card) -> None:
        if self.down is not None:
            raise self.down
        self.edits.append((place, message_id, card))


class NotingLane:
    """A ledger that takes every note; `faults` are raised first, one a try."""

    def __init__(self, *faults: Exception, decision: Any = None) -> None:
        self.commands: list[Any] = []
        self.faults = list(faults)
        self.decision = decision

    async def submit(self, command: Any) -> Answer[Any]:
        if self.faults:
            raise self.faults.pop(0)
        self.commands.append(command)
        return Answer(getattr(command, "request_id", ""), self.decision, NOON)

    @property
    def told(self) -> list[str]:
        return [request for command in self.commands for request in getattr(command, "request_ids", ())]


def granted(number: int, drop: str = "mug") -> ClaimGranted:
    return ClaimGranted(drop, f"Teal {drop.capitalize()}", number, 48, 48 - number)


def refused(because: ClaimRefusal = ClaimRefusal.SOLD_OUT, drop: str = "mug", **more: Any) -> ClaimRefused:
    return ClaimRefused(because, drop, f"Teal {drop.capitalize()}", 48, **more)


def answer(request_id: str, decision: ClaimDecision, *, repeated: bool = False) -> Answer[ClaimDecision]:
    return Answer(request_id, decision, NOON, repeated)
