"""Forgetting a person in the lane: what names them in any table goes, and the ledger says that it went."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Table, delete, func, or_, select, tuple_, update

from bot.domain.ledger import json_bytes
from bot.domain.nights import Place
from bot.domain.privacy import EraseMe, ErasureDecision, ErasureStanding, PersonErased, decide_erasure
from bot.domain.time import Micros
from bot.domain.transparency import PERSON_ERASED
from bot.storage import codes, tables, voting
from bot.storage.batch import Batch
from bot.storage.directory import Key
from bot.storage.people import has_own_codes

# What a decision says in somebody's own words, or about somebody else by name.
_PERSONAL = ("receiver", "asked_for")
# Grants by hand are looked for by their deed.
_HOLDERS_ALONE = ("unit.granted", "vote.cast", "pass.spent", "pass.returned", "pass.expired")


@dataclass(frozen=True, slots=True)
class _Named:
    """An entry whose private part names the person; `request` is whose answer may name them too."""

    number: int
    request: str


def handle(batch: Batch, command: EraseMe, moment: Micros) -> ErasureDecision:
    """Explain, refuse or erase within the batch. Who is linked is one person, and forgotten on both platforms."""
    batch.write_rows()  # what names the person may be waiting in this very batch
    key = command.actor.key
    person_id = batch.known(key)
    linked_id = None if person_id is None else batch.book.links.of(person_id)
    # The question needs no list of what will go: only whether there is anything.
    asked_of_somebody = person_id is not None and not command.confirmed
    keys = [key] if person_id is None else _identities(batch, person_id)
    linked_keys = [] if linked_id is None else _identities(batch, linked_id)
    named = [] if asked_of_somebody else list(_named_in(batch, person_id, keys))
    numbers = {each.number for each in named}
    about_linked = [] if asked_of_somebody or linked_id is None else _named_in(batch, linked_id, linked_keys)
    # What names both is listed once: it goes with the one who asks.
    linked_named = [each for each in about_linked if each.number not in numbers]
    if person_id is None and named and command.confirmed:
        # Who planned a drop and never claimed: the ledger's word needs a number that stands for them.
        person_id = batch.person(command.actor, moment).id
        batch.write_rows()
    persons = [each for each in (person_id, linked_id) if each is not None]
    part = batch.book.participation
    seats = tuple(part.seats_of(persons))
    standing = ErasureStanding(
        kept=person_id is not None or bool(named) or _is_met(batch, key),
        drops=tuple(batch.book.drops[drop] for drop in _drops_in_the_way(batch, persons)),
        units=_count(batch, tables.unit, persons),
        deeds=_count(batch, tables.action, persons),
        person_id=person_id,
        entries=tuple(each.number for each in named),
        linked_id=linked_id,
        linked_entries=tuple(each.number for each in linked_named),
        settle_after=batch.book.settings.pace.settle_after,
        polls=tuple(part.voted_in(batch.connection, persons)),
        here=tuple(night for night, guest in seats if guest.place is Place.HERE),
        seats=tuple((night.scope, guest.guest) for night, guest in seats),
        passes=sum(held.why_not(moment) is None for held in part.passes.of(persons)),
    )
    decision, facts = decide_erasure(standing, command, moment)
    for fact in facts:
        batch.record(fact, moment)
    if isinstance(decision, PersonErased):
        _erase(batch, persons, [*keys, *linked_keys], [*named, *linked_named], moment)
    return decision


def _erase(batch: Batch, persons: list[int], keys: list[Key], named: list[_Named], moment: Micros) -> None:
    connection, channel_id = batch.connection, batch.channel_id
    batch.book.participation.forget(persons)
    voting.forget(batch, persons, moment)
    entry, identity, person = tables.entry, tables.identity, tables.person
    emptied = {"private": None, "salt": None, "person_id": None}
    for some in _pieces([each.number for each in named]):
        where = (entry.c.channel_id == channel_id) & entry.c.number.in_(some)
        connection.execute(update(entry).where(where), emptied)
    connection.execute(
        delete(identity).where(identity.c.channel_id == channel_id, identity.c.person_id.in_(persons))
    )
    connection.execute(
        update(person).where(person.c.channel_id == channel_id, person.c.id.in_(persons)), {"secret": None}
    )
    codes.forget(batch, keys, moment)
    _empty_answers(batch, keys, [each.request for each in named if each.request], moment)
    batch.book.people.forget(keys)
    # Also for the rest of this batch, which may have looked them up.
    batch.load_people(keys)
    # Typed words are remembered with what they were found to mean, and anybody's words may be a name.
    batch.book.forget_choices()
    batch.erased = True


def _empty_answers(batch: Batch, keys: list[Key], requests: list[str], moment: Micros) -> None:
    """Take the person out of the answers that were given to them, and to others about them. Whom nobody can name
    nobody can tell: what they have not heard yet counts as told."""
    outcome = tables.outcome
    columns = (outcome.c.request_id, outcome.c.platform, outcome.c.user_id, outcome.c.decision, outcome.c.told_at)
    mine = select(*columns).where(outcome.c.channel_id == batch.channel_id, _belongs_to(keys))
    rows = list(batch.connection.execute(mine))
    for some in _pieces(requests):
        about = select(*columns).where(outcome.c.channel_id == batch.channel_id, outcome.c.request_id.in_(some))
        rows += batch.connection.execute(about)
    for row in rows:
        values: dict[str, Any] = {"decision": without_names(row.decision)}
        if (row.platform, row.user_id) in keys:
            told_at = moment if row.told_at is None else row.told_at
            values |= {"user_id": "", "name": "", "told_at": told_at}
        where = (outcome.c.channel_id == batch.channel_id) & (outcome.c.request_id == row.request_id)
        batch.connection.execute(update(outcome).where(where), values)


def without_names(decision: bytes) -> bytes:
    """A stored decision that names nobody any more, and says nothing in anybody's own words."""
    values = orjson.loads(decision)
    found: dict[str, Any] = {name: "" for name in _PERSONAL if values.get(name)}
    if (mistake := values.get("mistake")) and mistake.get("text"):
        found["mistake"] = {**mistake, "text": ""}  # what they typed, and was no vote
    return json_bytes({**values, **found}) if found else decision


# -- what there is ----------------------------------------------------------------------------------------------


def _named_in(batch: Batch, person_id: int | None, keys: Collection[Key]) -> Iterator[_Named]:
    """The entries whose private part names the person: as its holder or as its doer.

    One that nobody but its holder is named in is found by its column; all others are few, and are opened."""
    entry, action = tables.entry.c, tables.action.c
    by_hand = select(action.entry_number).where(
        action.channel_id == batch.channel_id, action.person_id == person_id, action.kind == "unit.granted"
    )
    query = select(entry.number, entry.private).where(
        entry.channel_id == batch.channel_id,
        entry.private.is_not(None),
        entry.kind != PERSON_ERASED,
        or_(entry.kind.not_in(_HOLDERS_ALONE), entry.person_id == person_id, entry.number.in_(by_hand)),
    )
    for number, private in batch.connection.execute(query.order_by(entry.number)):
        told = orjson.loads(private)
        by = told.get("by")
        doer = None if by is None else (by["platform"], by["user"])
        if (person_id is not None and told.get("person") == person_id) or doer in keys:
            yield _Named(number, told.get("request", ""))


def _identities(batch: Batch, person_id: int) -> list[Key]:
    identity = tables.identity.c
    query = select(identity.platform, identity.user_id).where(
        identity.channel_id == batch.channel_id, identity.person_id == person_id
    )
    return [(platform, user_id) for platform, user_id in batch.connection.execute(query)]


def _drops_in_the_way(batch: Batch, persons: list[int]) -> list[str]:
    """The drops of which these persons, or whoever counts as one with them there, hold a unit or wait for one."""
    links, drops = batch.book.links, batch.book.drops
    # Everybody they were ever linked with, however long ago that ended.
    near = {other for each in persons for other in links.together(each, 0)}
    unit = tables.unit.c
    query = select(unit.drop_key, unit.person_id).where(
        unit.channel_id == batch.channel_id, unit.person_id.in_(sorted(near))
    )
    held = [(drop, person_id) for drop, person_id in batch.connection.execute(query.order_by(unit.entry_number))]
    held += [(hold.drop, hold.person_id) for hold in batch.book.holds if hold.person_id in near]
    counted = {
        drop: {other for each in persons for other in links.together(each, drops[drop].announced_at)}
        for drop, _ in held
    }
    return list(dict.fromkeys(drop for drop, person_id in held if person_id in counted[drop]))


def _count(batch: Batch, table: Table, persons: list[int]) -> int:
    """How many rows these persons have in a table."""
    where = (table.c.channel_id == batch.channel_id) & table.c.person_id.in_(persons)
    return batch.connection.scalar(select(func.count()).select_from(table).where(where)) or 0


def _is_met(batch: Batch, key: Key) -> bool:
    return _was_answered(batch, key) or has_own_codes(batch.connection, batch.channel_id, key)


def _was_answered(batch: Batch, key: Key) -> bool:
    outcome = tables.outcome.c
    query = select(outcome.at).where(outcome.channel_id == batch.channel_id, _belongs_to([key])).limit(1)
    return batch.connection.scalar(query) is not None


def _belongs_to(keys: Collection[Key]) -> Any:
    outcome = tables.outcome.c
    return tuple_(outcome.platform, outcome.user_id).in_(keys)


def _pieces(values: list[Any], length: int = 500) -> Iterator[list[Any]]:
    """So many at once as every database takes as parameters."""
    return (values[start : start + length] for start in range(0, len(values), length))
