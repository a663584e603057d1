"""What happened on the stage, in order: the only thing the crowd saw and the only thing the judge believes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import IO, Any, TypedDict

SECOND = 1_000_000
"""Microseconds: every instant of the stage is counted in them since the epoch, UTC."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that somebody could see or that the platforms noted.

    `at` is microseconds since the epoch (UTC). `place` is "twitch:chat", "discord:#announcements" or
    "discord:dm"; `visible_to` holds the one user id that saw an ephemeral answer, None when everybody did.
    """

    at: int
    platform: str
    kind: str
    place: str = ""
    author: str = ""
    name: str = ""
    text: str = ""
    visible_to: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    def as_line(self) -> SeenLine:
        """Without a copy of `data`: thousands of lines are told in a second."""
        return SeenLine(
            at=self.at,
            platform=self.platform,
            kind=self.kind,
            place=self.place,
            author=self.author,
            name=self.name,
            text=self.text,
            visible_to=self.visible_to,
            data=self.data,
        )


class SeenLine(TypedDict):
    """The same as a line of record.jsonl, and as whoever listens from another process is told it."""

    at: int
    platform: str
    kind: str
    place: str
    author: str
    name: str
    text: str
    visible_to: str | None
    data: Mapping[str, Any]


class Record:
    """An append-only list with listeners; with a file, a line is written before its listeners run."""

    def __init__(self, file: IO[str] | None = None) -> None:
        self.seen: list[Seen] = []
        self._file = file
        self._listeners: list[Callable[[Seen], None]] = []

    def listen(self, listener: Callable[[Seen], None]) -> Callable[[], None]:
        """Call `listener` for all that follows; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def add(self, seen: Seen) -> Seen:
        self.seen.append(seen)
        if self._file is not None:
            self._file.write(seen.as_json() + "\n")
            self._file.flush()
        for listener in tuple(self._listeners):
            listener(seen)
        return seen
