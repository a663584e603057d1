"""One batch of the write lane: the standing of all its commands, their decisions, and the rows these make."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import orjson
from cachetools import LRUCache
from sqlalchemy import Connection, func, select, update

from bot.domain.announcing import news_of
from bot.domain.claims import ClaimNeedsName, ClaimRefused
from bot.domain.drops import Drop, DropState, due_fact, evolve, next_due
from bot.domain.ledger import Entry, Fact, seal
from bot.domain.people import Actor, pseudonym
from bot.domain.stream import Pace, Stream
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.drops import load_drops, save_drop
from bot.storage.rows import Insertion

T = TypeVar("T")

# Bound parameters have a limit in every database (SQLite: 32,766), and the statement cache likes few lengths.
_IN_MAX = 500


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the lane must know of a channel that is not in the ledger."""

    channel_id: int
    name: str
    places: tuple[str, ...]
    stream_watched: bool
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    secret: bytes
    name: str


class Numbers:
    """The free numbers of a drop: those that were taken back first, then the next higher one."""

    def __init__(self, taken: Iterable[int]) -> None:
        numbers = set(taken)
        self._highest = max(numbers, default=0)
        self._free = [n for n in range(1, self._highest) if n not in numbers]
        heapq.heapify(self._free)

    @property
    def next(self) -> int:
        return self._free[0] if self._free else self._highest + 1

    def take(self, number: int) -> None:
        if number != self.next:
            raise ValueError(f"number {number} is not the next one, {self.next} is")
        if self._free:
            heapq.heappop(self._free)
        else:
            self._highest = number

    def put_back(self, number: int) -> None:
        heapq.heappush(self._free, number)


@dataclass(slots=True)
class Tidings:
    """What this very process knows of streams: since when it is asked, and of which channels it has been told."""

    since: Micros = 0
    reported: set[int] = field(default_factory=set)


class Book:
    """What the lane knows of one channel between batches. Thrown away whenever a batch fails, then read anew."""

    def __init__(self, connection: Connection, settings: ChannelSettings, tidings: Tidings) -> None:
        channel_id = settings.channel_id
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
        self.next_entry = _next(connection, tables.entry.c.number, tables.entry.c.channel_id == channel_id)
        self.next_person = _next(connection, tables.person.c.id, tables.person.c.channel_id == channel_id)
        self.next_news = _next(connection, tables.outbox.c.id, tables.outbox.c.channel_id == channel_id)
        self.wake_at: Micros = 0
        # Which drop a typed name means, or the refusal it gets, as long as no drop changes its state.
        self.chosen: LRUCache[str, str | ClaimNeedsName | ClaimRefused] = LRUCache(1_000)
        self._numbers: dict[str, Numbers] = {}

    def numbers(self, connection: Connection, drop: str) -> Numbers:
        known = self._numbers.get(drop)
        if known is None:
            unit = tables.unit.c
            taken = connection.scalars(
                select(unit.number).where(unit.channel_id == self.settings.channel_id, unit.drop_key == drop)
            )
            known = self._numbers[drop] = Numbers(taken)
        return known


def _next(connection: Connection, column: Any, where: Any) -> int:
    return (connection.scalar(select(func.max(column)).where(where)) or 0) + 1


class Batch:
    """The working set of one transaction. Handlers read it, decide, and `record` facts; `flush` writes."""

    def __init__(
        self,
        connection: Connection,
        books: dict[int, Book],
        settings: Mapping[int, ChannelSettings],
        tidings: Tidings,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self.connection = connection
        self._books = books
        self._settings = settings
        self._tidings = tidings
        self._random_bytes = random_bytes
        self._people: dict[tuple[int, str, str], Person] = {}
        # Identities that were looked for, found or not: nobody else writes, so a stranger stays one.
        self._looked_up: set[tuple[int, str, str]] = set()
        # By person and drop: each number they hold, and the how-manieth of theirs it was.
        self._held: dict[tuple[int, int], dict[str, dict[int, int]]] = {}
        self._persons, self._identities = Insertion(tables.person), Insertion(tables.identity)
        self._entries, self._units = Insertion(tables.entry), Insertion(tables.unit)
        self.outcomes, self.actions = Insertion(tables.outcome), Insertion(tables.action)
        self._news = Insertion(tables.outbox)
        self._dirty: dict[tuple[int, str], bool] = {}
        self.places: set[str] = set()
        self.changed: set[str] = set()

    def book(self, channel_id: int) -> Book:
        book = self._books.get(channel_id)
        if book is None:
            book = self._books[channel_id] = Book(self.connection, self._settings[channel_id], self._tidings)
        return book

    # -- people ---------------------------------------------------------------------------------------------

    def load_people(self, channel_id: int, actors: Iterable[Actor]) -> None:
        """Read the persons behind these identities, and the units they hold, in a few statements for all."""
        wanted = {actor.key for actor in actors} - {(p, u) for c, p, u in self._looked_up if c == channel_id}
        self._looked_up |= {(channel_id, platform, user_id) for platform, user_id in wanted}
        identity, person, unit = tables.identity.c, tables.person.c, tables.unit.c
        found: list[int] = []
        for platform in sorted({p for p, _ in wanted}):
            for users in chunks(sorted(u for p, u in wanted if p == platform)):
                rows = self.connection.execute(
                    select(identity.user_id, identity.person_id, identity.name, person.secret)
                    .join_from(
                        tables.identity,
                        tables.person,
                        (person.channel_id == identity.channel_id) & (person.id == identity.person_id),
                    )
                    .where(
                        identity.channel_id == channel_id,
                        identity.platform == platform,
                        identity.user_id.in_(users),
                    )
                )
                for user_id, person_id, name, secret in rows.all():
                    self._people[channel_id, platform, user_id] = Person(person_id, secret or b"", name)
                    found.append(person_id)
        for ids in chunks(found):
            for person_id in ids:
                self._held.setdefault((channel_id, person_id), {})
            rows = self.connection.execute(
                select(unit.person_id, unit.drop_key, unit.number, unit.nth)
                .where(unit.channel_id == channel_id, unit.person_id.in_(ids))
                .order_by(unit.number)
            )
            for person_id, drop, number, nth in rows.all():
                self._held[channel_id, person_id].setdefault(drop, {})[number] = nth

    def person(self, channel_id: int, actor: Actor, moment: Micros) -> Person:
        """The person behind an identity; made on first sight. A new name is noted, it never makes a new person."""
        key = (channel_id, actor.platform, actor.user_id)
        known = self._people.get(key)
        if known is None and key not in self._looked_up:
            self.load_people(channel_id, [actor])
            known = self._people.get(key)
        if known is None:
            book = self.book(channel_id)
            known = Person(book.next_person, self._random_bytes(32), actor.name)
            book.next_person += 1
            self._held[channel_id, known.id] = {}
            self._persons.add(channel_id, known.id, known.secret, moment)
            self._identities.add(channel_id, actor.platform, actor.user_id, known.id, actor.name)
        elif known.name != actor.name:
            self.write_rows()
            identity = tables.identity
            where = (
                (identity.c.channel_id == channel_id)
                & (identity.c.platform == actor.platform)
                & (identity.c.user_id == actor.user_id)
            )
            self.connection.execute(update(identity).where(where), {"name": actor.name})
            known = Person(known.id, known.secret, actor.name)
        self._people[key] = known
        return known

    def numbers_held(self, channel_id: int, person_id: int, drop: str) -> tuple[int, ...]:
        return tuple(self._held.get((channel_id, person_id), {}).get(drop, ()))

    def holder(self, channel_id: int, person: Person, drop: str) -> str:
        """The person's pseudonym within a drop."""
        return pseudonym(person.secret, f"{self.book(channel_id).name}/{drop}")

    # -- facts ----------------------------------------------------------------------------------------------

    def advance(self, channel_id: int, moment: Micros) -> None:
        """Apply everything that time or the stream makes due at `moment`, before anything else is decided."""
        book = self.book(channel_id)
        if moment < book.wake_at:
            return
        pace = book.settings.pace
        for key in list(book.drops):
            while (fact := due_fact(book.drops[key], book.stream, pace, moment)) is not None:
                self.record(channel_id, fact, moment)
        dues = (next_due(drop, book.stream, pace) for drop in book.drops.values())
        book.wake_at = min((due for due in dues if due is not None), default=2**62)

    def record(self, channel_id: int, fact: Fact, moment: Micros) -> Entry:
        """Seal a fact into the ledger, fold it into its drop, and note what everybody should hear."""
        book = self.book(channel_id)
        entry = seal(fact, channel=book.name, number=book.next_entry, at=moment, salt=self._random_bytes(16))
        before = book.drops.get(fact.drop)
        after = evolve(before, fact.kind, fact.public, moment)
        if fact.kind == "unit.granted":
            self._grant(channel_id, fact, entry)
        elif fact.kind == "unit.voided":
            self._void(channel_id, fact)
        else:
            book.wake_at = 0
        if fact.kind != "unit.granted" or after.sold_out:
            book.chosen.clear()
        book.next_entry += 1
        book.drops[fact.drop] = after
        self._dirty[channel_id, fact.drop] = self._dirty.get((channel_id, fact.drop), False) or before is None
        self.changed.add(fact.drop)
        self._entries.add(
            channel_id,
            entry.number,
            entry.at,
            entry.kind,
            entry.drop,
            entry.canonical,
            entry.leaf_hash,
            entry.private,
            entry.salt,
            entry.person_id,
        )
        self._announce(channel_id, before, after, fact, moment)
        return entry

    def _grant(self, channel_id: int, fact: Fact, entry: Entry) -> None:
        number, person_id = _whole(fact, "number"), fact.person_id
        if person_id is None:
            raise ValueError("a unit is granted to nobody")
        if not self.book(channel_id).drops[fact.drop].plan.has_unit(number):
            raise ValueError(f"there is no unit {number} of {fact.drop}")
        self.book(channel_id).numbers(self.connection, fact.drop).take(number)
        held = self._held[channel_id, person_id].setdefault(fact.drop, {})
        nth = next(n for n in range(1, len(held) + 2) if n not in held.values())
        how = fact.public["how"]
        self._units.add(channel_id, fact.drop, 1, number, person_id, nth, how, entry.at, entry.number)
        held[number] = nth

    def _void(self, channel_id: int, fact: Fact) -> None:
        number = _whole(fact, "number")
        # The row may be waiting in this very batch.
        self.write_rows()
        unit = tables.unit
        where = (unit.c.channel_id == channel_id) & (unit.c.drop_key == fact.drop) & (unit.c.number == number)
        if self.connection.execute(unit.delete().where(where)).rowcount != 1:
            raise ValueError(f"unit {number} of {fact.drop} has no owner to take it from")
        self.book(channel_id).numbers(self.connection, fact.drop).put_back(number)
        for (channel, _), held in self._held.items():
            if channel == channel_id:
                held.get(fact.drop, {}).pop(number, None)

    def _announce(self, channel_id: int, before: Drop | None, after: Drop, fact: Fact, moment: Micros) -> None:
        book = self.book(channel_id)
        for news in news_of(before, after, fact, moment, book.settings.pace):
            for place in news.places:
                if place not in book.settings.places:
                    continue
                self._news.add(
                    channel_id,
                    book.next_news,
                    place,
                    str(news.kind),
                    after.key,
                    orjson.dumps(news.about),
                    int(news.priority),
                    moment,
                    news.expires_at,
                    None,
                    None,
                    "",
                    "",
                )
                book.next_news += 1
                self.places.add(place)

    # -- rows -----------------------------------------------------------------------------------------------

    def write_rows(self) -> None:
        """Write what is waiting, within the transaction; `flush` does it once more at the end."""
        # A unit points at its drop's edition: a drop planned in this batch must be there first.
        for (channel_id, key), new in list(self._dirty.items()):
            if new or self.book(channel_id).drops[key].state is DropState.PLANNED:
                save_drop(self.connection, channel_id, self.book(channel_id).drops[key], new=new)
                self._dirty[channel_id, key] = False
        # In the order in which they refer to each other.
        in_order = (
            self._persons,
            self._identities,
            self._entries,
            self._units,
            self.outcomes,
            self.actions,
            self._news,
        )
        for rows in in_order:
            rows.write(self.connection)

    def flush(self) -> None:
        """Write every row of the batch: one executemany a table, one update a drop that changed."""
        self.write_rows()
        for channel_id, key in self._dirty:
            save_drop(self.connection, channel_id, self.book(channel_id).drops[key], new=False)
        self._dirty.clear()


def _whole(fact: Fact, name: str) -> int:
    value = fact.public[name]
    if not isinstance(value, int):
        raise ValueError(f"{fact.kind} needs a whole number as {name}")
    return value


def chunks(items: list[T]) -> Iterable[list[T]]:
    """The items in pieces that fit into one IN (...)."""
    return (items[start : start + _IN_MAX] for start in range(0, len(items), _IN_MAX))
