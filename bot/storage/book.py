"""What the lane knows of one channel between batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from bot.domain.claims import ClaimNeedsName, ClaimRefused
from bot.domain.pacing import PacingRules
from bot.domain.people import Account
from bot.domain.stream import Pace, Stream
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.directory import Directory
from bot.storage.drops import load_drops
from bot.storage.holds import Holds
from bot.storage.links import Links
from bot.storage.log import Log
from bot.storage.participation import Participation
from bot.storage.signing import KeyRing
from bot.storage.units import Register

CHOICES_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the lane must know of a channel that is not in the ledger."""

    channel_id: int
    name: str
    places: tuple[str, ...]
    stream_watched: bool
    pace: Pace = field(default_factory=Pace)
    # Of each list that a gate can name, whose accounts are on it.
    lists: Mapping[str, frozenset[Account]] = field(default_factory=dict)
    pacing: PacingRules | None = None


@dataclass(slots=True)
class Tidings:
    """What this very process knows of streams: since when it is asked, and of which channels it has been told and
    has written it down. What it was told in a batch that failed, the ledger does not know."""

    since: Micros = 0
    reported: set[int] = field(default_factory=set)


class Book:
    """Drops, people and numbers of a channel in memory: the lane alone writes, so nothing here grows stale.

    Thrown away whenever a batch fails, then read anew."""

    def __init__(self, connection: Connection, settings: ChannelSettings, tidings: Tidings, keys: KeyRing) -> None:
        channel_id = settings.channel_id
        self.channel_id = channel_id
        self.settings = settings
        row = connection.execute(select(tables.channel).where(tables.channel.c.id == channel_id)).one()
        live = None if row.stream_live is None else bool(row.stream_live)
        # The ledger's own name for the channel, given once: entries and pseudonyms are bound to it for ever.
        self.name: str = row.name
        self.tidings = tidings
        self.stream_before = Stream(settings.stream_watched, live, row.stream_changed_at)
        # What an earlier process knew is no evidence: until this one has been told, nobody knows.
        told = channel_id in tidings.reported
        self.stream = self.stream_before if told else Stream(settings.stream_watched, None, tidings.since)
        self.drops = load_drops(connection, channel_id)
        self.people = Directory(connection, channel_id)
        self.links = Links(connection, channel_id)
        self.holds = Holds(connection, channel_id)
        self.participation = Participation(connection, channel_id, self.links)
        self.next_entry = _next(connection, tables.entry.c.number, tables.entry.c.channel_id == channel_id)
        self.log = Log(connection, channel_id, self.name, row.log_key, keys, entries=self.next_entry - 1)
        self.next_person = _next(connection, tables.person.c.id, tables.person.c.channel_id == channel_id)
        self.next_news = _next(connection, tables.outbox.c.id, tables.outbox.c.channel_id == channel_id)
        self.wake_at: Micros = 0
        self._registers: dict[str, Register] = {}
        self._choices: dict[str, str | ClaimNeedsName | ClaimRefused] = {}

    def register(self, connection: Connection, drop: str) -> Register:
        """The drop's units; read when it is first asked for."""
        known = self._registers.get(drop)
        if known is None:
            known = self._registers[drop] = Register(connection, self.channel_id, drop)
        return known

    def choice(self, typed: str) -> str | ClaimNeedsName | ClaimRefused | None:
        """Which drop a typed name was found to mean, or the refusal it gets: in a rush everybody types the same."""
        return self._choices.get(typed)

    def keep_choice(self, typed: str, choice: str | ClaimNeedsName | ClaimRefused) -> None:
        if len(self._choices) >= CHOICES_KEPT:
            self._choices.clear()
        self._choices[typed] = choice

    def forget_choices(self) -> None:
        """To be called when a drop has changed its state: a name may mean another one now."""
        self._choices.clear()


def _next(connection: Connection, column: Any, where: Any) -> int:
    return (connection.scalar(select(func.max(column)).where(where)) or 0) + 1
