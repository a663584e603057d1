"""The lane's own code at a desk: one batch at a time, at moments that a test decides, without loop or thread."""

from __future__ import annotations

import os
import sqlite3
from asyncio import Future
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import orjson
from sqlalchemy import URL, Connection, Engine

from bot.domain.answers import Answer
from bot.domain.ledger import Part
from bot.domain.time import Micros
from bot.storage.book import ChannelSettings
from bot.storage.database import write_engine
from bot.storage.lane import Lane, _Asked, nothing
from bot.storage.participation import Participation
from tests.conftest import ALL_PLACES, CHANNEL, KEYS, FixedClock, in_a_hurry


def desk_engine(url: URL) -> Engine:
    """The lane's engine in a hurry."""
    return in_a_hurry(write_engine(url))


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as it stands in the ledger."""

    number: int
    at: Micros
    kind: str
    drop: str
    public: Part
    private: Part


class Desk:
    """A ledger, its lane, and the clock; `settled` are the answers to claims that had waited, in order, and
    `voted` those to votes. The engine outlives it, with the queries that it has learned. `probe` and
    `random_bytes` are the lane's."""

    def __init__(
        self,
        engine: Engine,
        at: Micros,
        *,
        stream_watched: bool = False,
        probe: Callable[[str], None] = nothing,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.clock = FixedClock(at)
        self.settled: list[Answer[Any]] = []
        self.voted: list[Answer[Any]] = []
        self._engine = engine
        self._stream_watched = stream_watched
        self._options: dict[str, Any] = {"probe": probe, "random_bytes": random_bytes}
        self._reader = sqlite3.connect(str(engine.url.database))
        self._read = 0
        self._open()

    def _open(self) -> None:
        settings = ChannelSettings(CHANNEL, "teapot", ALL_PLACES, self._stream_watched)
        self._lane = Lane(self._engine, [settings], self.clock, KEYS, **self._options)
        self._lane._open_channels()

    def send(self, *commands: Any) -> list[Answer[Any]]:
        """One batch, now. Raises whatever a command raised."""
        results = self.try_to(*commands)
        for result in results:
            if isinstance(result, Exception):
                raise result
        return cast("list[Answer[Any]]", results)

    def try_to(self, *commands: Any) -> list[Answer[Any] | Exception]:
        """One batch, now: what each command came to, or what it raised."""
        waiting = cast("Future[Answer[Any]]", None)
        asked = [_Asked(command, self.clock.at, waiting) for command in commands]
        results, committed = self._lane._process(asked)
        self.settled += [answer for _, answer in committed.settled]
        self.voted += [answer for _, answer in committed.voted]
        return results

    def restart(self) -> None:
        """Another process takes over: what this one knew is gone, the ledger is all there is."""
        self._stop()
        self._open()

    def news(self) -> list[Told]:
        """The entries since this was asked last."""
        query = "SELECT number, at, kind, drop_key, canonical, private FROM entry WHERE number > ? ORDER BY number"
        rows = self._reader.execute(query, (self._read,)).fetchall()
        self._read += len(rows)
        return [
            Told(number, at, kind, drop, orjson.loads(canonical)["public"], orjson.loads(private))
            for number, at, kind, drop, canonical, private in rows
        ]

    def connection(self) -> Connection:
        """The lane's own, between its batches."""
        return self._lane._connect()

    def participation(self) -> Participation:
        """What the lane knows of polls, passes and nights between its batches."""
        return self._lane._books[CHANNEL].participation

    def ask(self, query: str) -> list[Any]:
        """What a query finds in the ledger, as last committed."""
        return self._reader.execute(query).fetchall()

    def close(self) -> None:
        self._reader.close()
        self._stop()
        self._engine.dispose()

    def _stop(self) -> None:
        self._lane._disconnect()
