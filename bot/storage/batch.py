"""One channel's part of a batch: the standing of its commands, their decisions, and the rows these make."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from bot.domain.announcing import News, news_of
from bot.domain.answers import Answer
from bot.domain.drops import Drop, DropState, evolve
from bot.domain.due import due_fact, next_due
from bot.domain.ledger import Entry, Fact, names_drop, seal
from bot.domain.pass_deeds import granted_with_unit, voided_with_unit
from bot.domain.people import SECRET_BYTES, Account, Actor, pseudonym
from bot.domain.poll_news import night_news, poll_news
from bot.domain.polls import Poll
from bot.domain.time import Micros
from bot.domain.transparency import LOG_KEY, checkpoint_due
from bot.storage import tables
from bot.storage.book import Book
from bot.storage.directory import Key, Person
from bot.storage.drops import save_drop
from bot.storage.holds import Hold
from bot.storage.rows import Insertion
from bot.storage.salts import Salts
from bot.storage.units import Register

_PLANS = frozenset({"drop.planned", "drop.moved"})
_BRING_PASSES = frozenset({"unit.granted", "unit.voided", "unit.retired"})


class Batch:
    """A channel's working set in one transaction. Handlers read it, decide, and `record` facts; `flush` writes."""

    def __init__(
        self, connection: Connection, book: Book, random_bytes: Callable[[int], bytes], salts: Salts
    ) -> None:
        self.connection = connection
        self.book = book
        self.channel_id = book.channel_id
        self.random_bytes = random_bytes
        self._salts = salts
        # Looked up in this batch, found or not: nobody else writes, so a stranger stays one.
        self._met: dict[Key, Person | None] = {}
        self._persons, self._identities = Insertion(tables.person), Insertion(tables.identity)
        self._entries, self._units = Insertion(tables.entry), Insertion(tables.unit)
        self._lost = Insertion(tables.lost_unit)
        self._tiles, self._checkpoints = Insertion(tables.tile), Insertion(tables.checkpoint)
        self._holds = Insertion(tables.hold)
        self.outcomes, self.actions = Insertion(tables.outcome), Insertion(tables.action)
        self._news = Insertion(tables.outbox)
        # Drops whose row is to be written; True for one that has none yet.
        self._dirty: dict[str, bool] = {}
        self.places: set[str] = set()
        self.changed: set[str] = set()
        # Claims that had waited for evidence, and what they were answered with.
        self.settled: list[tuple[Actor, Answer[Any]]] = []
        # The same of votes.
        self.voted: list[tuple[Actor, Answer[Any]]] = []
        # Whether a claim or a vote has begun to wait for evidence.
        self.held = False
        # Drops that were closed.
        self.closed: set[str] = set()
        # Accounts on Twitch with those on Discord that they were linked with; None for one that is linked no more.
        self.linked: list[tuple[Account, Account | None]] = []
        # Whether this process has been told of the stream: true only once that stands in the ledger.
        self.told_of_stream = False
        # Whether somebody was erased: the database's log still holds them, until it is emptied.
        self.erased = False

    # -- people ---------------------------------------------------------------------------------------------

    def load_people(self, keys: Collection[Key]) -> None:
        """Look all of them up together; whoever is not loaded is looked up when asked for."""
        self._met |= self.book.people.look_up(self.connection, keys)

    def person(self, actor: Actor, moment: Micros) -> Person:
        """The person behind an identity; made on first sight. A new name is noted, it never makes a new person."""
        key = actor.key
        people = self.book.people
        known = people.get(key) or self._look_up(key)
        if known is not None and known.name == actor.name:
            return known
        if known is None:
            known = Person(self.book.next_person, self.random_bytes(SECRET_BYTES), actor.name)
            self.book.next_person += 1
            self._persons.add((self.channel_id, known.id, known.secret, moment))
            self._identities.add((self.channel_id, actor.platform, actor.user_id, known.id, actor.name))
        else:
            known = self._rename(known, actor)
        people.put(key, known)
        return known

    def known(self, key: Key) -> int | None:
        """The person behind an account whom the ledger has met; None for a stranger."""
        person = self.book.people.get(key) or self._look_up(key)
        return None if person is None else person.id

    def _look_up(self, key: Key) -> Person | None:
        if key not in self._met:
            self.load_people([key])
        return self._met.get(key)

    def _rename(self, known: Person, actor: Actor) -> Person:
        self.write_rows()
        identity = tables.identity
        where = (
            (identity.c.channel_id == self.channel_id)
            & (identity.c.platform == actor.platform)
            & (identity.c.user_id == actor.user_id)
        )
        self.connection.execute(update(identity).where(where), {"name": actor.name})
        return Person(known.id, known.secret, actor.name)

    def together(self, person_id: int, drop: str) -> tuple[int, ...]:
        """Whom the drop's limits count as this one person, first of all themselves."""
        return self.book.links.together(person_id, self.book.drops[drop].announced_at)

    def counted_as(self, person_id: int) -> tuple[int, ...]:
        """This person and whom they are linked with now."""
        other = self.book.links.of(person_id)
        return (person_id,) if other is None else (person_id, other)

    def accounts(self, person_id: int, own: Account) -> tuple[Account, ...]:
        """The account that asks, and those that it is linked with now."""
        other = self.book.links.of(person_id)
        if other is None:
            return (own,)
        # The row may be waiting in this very batch.
        self.write_rows()
        identity = tables.identity.c
        query = select(identity.platform, identity.user_id).where(
            identity.channel_id == self.channel_id, identity.person_id == other
        )
        return (own, *((row.platform, row.user_id) for row in self.connection.execute(query)))

    def hold(self, hold: Hold) -> None:
        """Keep a claim's place until it can be judged."""
        platform, user_id, name = hold.actor.platform, hold.actor.user_id, hold.actor.name
        who = (hold.person_id, platform, user_id, name)
        self._holds.add((self.channel_id, hold.request_id, hold.drop, *who, hold.asked_at))
        self.book.holds.add(hold)
        self.held = True

    def register(self, drop: str) -> Register:
        return self.book.register(self.connection, drop)

    def holder(self, person: Person, drop: str) -> str:
        """The person's pseudonym within a drop."""
        return pseudonym(person.secret, f"{self.book.name}/{drop}")

    # -- facts ----------------------------------------------------------------------------------------------

    def advance(self, moment: Micros) -> None:
        """Apply everything that time or the stream makes due at `moment`, before anything else is decided."""
        book = self.book
        if moment < book.wake_at:
            return
        stream, pace = book.stream, book.settings.pace
        for key in list(book.drops):
            while (fact := due_fact(book.drops[key], stream, pace, moment)) is not None:
                self.record(fact, moment)
        for facts in book.participation.due(self.connection, stream, pace, moment):
            for fact in facts:
                self.record(fact, moment)
        dues = (next_due(drop, stream, pace) for drop in book.drops.values())
        others = book.participation.next_due(stream, pace)
        book.wake_at = min((due for due in (*dues, *others) if due is not None), default=2**62)

    def record(self, fact: Fact, moment: Micros) -> Entry:
        """Seal a fact into the ledger and its log, fold it into its drop, and note what everybody should hear."""
        book = self.book
        entry = seal(fact, channel=book.name, number=book.next_entry, at=moment, salt=self._salts.draw())
        book.next_entry += 1
        self._entries.add((self.channel_id, *entry))
        if not names_drop(fact.drop):
            note = self._log(entry, fact, None, None)
            self._take_part(fact, entry, moment, note)
            return entry
        before = book.drops.get(fact.drop)
        after = self._fold(before, fact, entry)
        note = self._log(entry, fact, before, after)
        self._announce(before, after, fact, moment, note)
        if fact.kind in _BRING_PASSES:
            self._bring_passes(after, fact, moment)
        return entry

    def _take_part(self, fact: Fact, entry: Entry, moment: Micros, note: str | None) -> None:
        """Fold a fact about a poll, a pass or a night, or one that nothing but the log keeps."""
        book = self.book
        after = book.participation.fold(self.connection, fact, entry)
        if fact.kind != "vote.cast":
            book.wake_at = 0
        if after is None:
            return
        self.changed.add(fact.drop)
        told = poll_news(after, fact, moment) if isinstance(after, Poll) else night_news(after, fact, moment)
        for news in told:
            self.tell(_noted(news, note), fact.drop, moment)

    def _bring_passes(self, drop: Drop, unit: Fact, moment: Micros) -> None:
        """Give what comes with a unit that was granted, or void it with one that was taken back."""
        passes = self.book.participation.passes
        if unit.kind == "unit.granted":
            for offer in drop.plan.passes:
                self.record(granted_with_unit(passes.next_number, offer.terms(moment), unit), moment)
            return
        number = _whole(unit, "number")
        for fact in voided_with_unit(passes.with_unit(drop.key, number), drop.key, number):
            self.record(fact, moment)

    def _fold(self, before: Drop | None, fact: Fact, entry: Entry) -> Drop:
        book, drop = self.book, fact.drop
        after = evolve(before, fact.kind, fact.public, entry.at)
        if fact.kind == "unit.granted":
            self._grant(after, fact, entry)
        elif fact.kind == "unit.voided":
            self._take_back(fact).void(_whole(fact, "number"))
        elif fact.kind == "unit.lost":
            self._lose(after, fact, entry).lose(_whole(fact, "number"))
        elif fact.kind == "unit.retired":
            self._take_back(fact).retire(_whole(fact, "number"))
            self._lose(after, fact, entry)
        else:
            book.wake_at = 0
        if fact.kind == "drop.closed":
            self.closed.add(drop)
        if fact.kind != "unit.granted" or after.sold_out:
            book.forget_choices()
        book.drops[drop] = after
        if drop not in self._dirty or fact.kind in _PLANS:
            # A plan also writes its edition and occurrence, whatever else becomes of the drop in this batch.
            self._dirty[drop] = fact.kind in _PLANS
            self.changed.add(drop)
        return after

    def _log(self, entry: Entry, fact: Fact, before: Drop | None, after: Drop | None) -> str | None:
        """Put the entry into the log's tree; returns the note where the log is signed at this entry."""
        log = self.book.log
        finished = log.append(entry)
        if finished is not None:
            self._tiles.add((self.channel_id, *finished))
        if fact.kind == LOG_KEY:
            channel = tables.channel
            in_force = {"log_key": log.change_key(fact)}
            self.connection.execute(update(channel).where(channel.c.id == self.channel_id), in_force)
        note = log.sign() if checkpoint_due(before, after, fact.kind) else None
        if note is not None:
            self._checkpoints.add((self.channel_id, entry.number, note))
        return note

    def _grant(self, drop: Drop, fact: Fact, entry: Entry) -> None:
        number, person_id = _whole(fact, "number"), fact.person_id
        if person_id is None:
            raise ValueError("a unit is granted to nobody")
        if not drop.plan.has_unit(number):
            raise ValueError(f"there is no unit {number} of {fact.drop}")
        nth = self.register(fact.drop).grant(number, person_id)
        how = fact.public["how"]
        self._units.add((self.channel_id, fact.drop, 1, number, person_id, nth, how, entry.at, entry.number))

    def _take_back(self, fact: Fact) -> Register:
        """Remove the row of a unit; its number is for the register."""
        number = _whole(fact, "number")
        register = self.register(fact.drop)
        # The row may be waiting in this very batch.
        self.write_rows()
        unit = tables.unit
        where = (unit.c.channel_id == self.channel_id) & (unit.c.drop_key == fact.drop) & (unit.c.number == number)
        if self.connection.execute(unit.delete().where(where)).rowcount != 1:
            raise ValueError(f"unit {number} of {fact.drop} has no owner to take it from")
        return register

    def _lose(self, drop: Drop, fact: Fact, entry: Entry) -> Register:
        """Add the row of a number that is written off; the number is for the register."""
        number = _whole(fact, "number")
        if not drop.plan.has_unit(number):
            raise ValueError(f"there is no unit {number} of {fact.drop}")
        register = self.register(fact.drop)
        self._lost.add((self.channel_id, fact.drop, 1, number, entry.at, entry.number))
        return register

    def _announce(self, before: Drop | None, after: Drop, fact: Fact, moment: Micros, note: str | None) -> None:
        for news in news_of(before, after, fact, moment, self.book.settings.pace):
            self.tell(_noted(news, note), after.key, moment)

    def tell(self, news: News, drop: str, moment: Micros) -> None:
        """Have every place of the news that the channel has told of it; `drop` is "" for what is about none."""
        book = self.book
        for place in news.places:
            if place not in book.settings.places:
                continue
            about, priority, expires_at = orjson.dumps(news.about), int(news.priority), news.expires_at
            what = (self.channel_id, book.next_news, place, str(news.kind), drop, about, priority)
            self._news.add((*what, moment, expires_at, None, None, "", ""))
            book.next_news += 1
            self.places.add(place)

    # -- rows -----------------------------------------------------------------------------------------------

    def write_rows(self) -> None:
        """Write what is waiting, within the transaction; `flush` does it once more at the end."""
        # A unit points at its drop's edition: a drop planned in this batch must be there first.
        for key, new in list(self._dirty.items()):
            if new or self.book.drops[key].state is DropState.PLANNED:
                save_drop(self.connection, self.channel_id, self.book.drops[key], new=new)
                self._dirty[key] = False
        # In the order in which they refer to each other.
        in_order = (
            self._persons,
            self._identities,
            self._entries,
            self._tiles,
            self._checkpoints,
            self._units,
            self._lost,
            self._holds,
            self.outcomes,
            self.actions,
            self._news,
        )
        for rows in in_order:
            rows.write(self.connection)
        self.book.participation.write(self.connection)

    def flush(self) -> None:
        """Write every row of the batch: one executemany a table, one update a drop that changed."""
        self.write_rows()
        for key in self._dirty:
            save_drop(self.connection, self.channel_id, self.book.drops[key], new=False)
        self._dirty.clear()


def _noted(news: News, note: str | None) -> News:
    """The news with what the log was signed with at that entry, if it was."""
    return news if note is None else replace(news, about={**news.about, "note": note})


def _whole(fact: Fact, name: str) -> int:
    value = fact.public[name]
    if not isinstance(value, int):
        raise ValueError(f"{fact.kind} needs a whole number as {name}")
    return value
