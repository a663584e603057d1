"""People as the ledger has met them: who goes by a name or an account, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from bot.domain.code_sets import audience_of
from bot.domain.people import Actor
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.database import Reads
from bot.storage.directory import Key
from bot.storage.links import standing_link
from bot.storage.own_evidence import UNLOCK, UNLOCK_RUNS_FOR


class KnownNames:
    def __init__(self, reads: Reads, channel_id: int) -> None:
        self._reads = reads
        self._channel_id = channel_id

    async def find(self, platform: str, name: str) -> Actor | None:
        """The one person last seen under this name (any case); None when there is none, or more than one."""
        identity = tables.identity.c
        query = (
            select(identity.user_id, identity.name)
            .where(
                identity.channel_id == self._channel_id,
                identity.platform == platform,
                func.lower(identity.name) == name.lower(),
            )
            .limit(2)
        )
        found = await self._reads.rows(query)
        return Actor(platform, found[0].user_id, found[0].name) if len(found) == 1 else None


async def units_held(reads: Reads, channel_id: int, actor: Actor) -> list[tuple[str, str, int, int, int]]:
    """Key, title, number and supply of every unit of a person, with the entry that granted it, newest first: on all
    accounts that are linked now."""

    def read(connection: Connection) -> list[tuple[str, str, int, int, int]]:
        person_id = person_of(connection, channel_id, actor.key)
        link = standing_link(connection, channel_id, person_id)
        people = (person_id,) if link is None else (link.twitch_person, link.discord_person)
        unit, drop = tables.unit.c, tables.drop.c
        query = (
            select(unit.drop_key, drop.title, unit.number, drop.supply, unit.entry_number)
            .join_from(tables.unit, tables.drop, (drop.channel_id == unit.channel_id) & (drop.key == unit.drop_key))
            .where(unit.channel_id == channel_id, unit.person_id.in_(people))
            .order_by(unit.entry_number.desc())
        )
        return [tuple(row) for row in connection.execute(query)]

    return await reads.consult(read)


async def tokens_end(reads: Reads, channel_id: int, entries: Sequence[int]) -> dict[int, Micros]:
    """When those of these units run out that are unlock tokens, by the entry that granted each."""
    if not entries:
        return {}
    unit, drop = tables.unit.c, tables.drop.c
    query = (
        select(unit.entry_number, unit.granted_at)
        .join_from(tables.unit, tables.drop, (drop.channel_id == unit.channel_id) & (drop.key == unit.drop_key))
        .where(unit.channel_id == channel_id, unit.entry_number.in_(entries), drop.kind == UNLOCK)
    )
    return {row.entry_number: row.granted_at + UNLOCK_RUNS_FOR for row in await reads.rows(query)}


def person_of(connection: Connection, channel_id: int, key: Key) -> int | None:
    """The person behind an account; None for a stranger."""
    identity = tables.identity.c
    return connection.scalar(
        select(identity.person_id).where(
            identity.channel_id == channel_id, identity.platform == key[0], identity.user_id == key[1]
        )
    )


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody the ledger knows: `person_id` is None for who was only ever answered or has but a claim code,
    `accounts` are platform, user id and the name last seen, which is the id where there is none."""

    person_id: int | None
    accounts: tuple[tuple[str, str, str], ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple((platform, user_id) for platform, user_id, _ in self.accounts)


def find_people(connection: Connection, channel_id: int, who: str) -> list[Found]:
    """Whom "twitch:ID", "discord:ID" or a name (any case) may mean; nobody, one, or all that have the name. Two who
    are linked are one, and the first of them is returned."""
    platform, colon, user_id = who.partition(":")
    if colon and platform.strip().lower() in ("twitch", "discord"):
        accounts = _accounts(connection, channel_id, user=(platform.strip().lower(), user_id.strip()))
    else:
        accounts = _accounts(connection, channel_id, name=who.strip().removeprefix("@"))
    people = sorted({person_id for *_, person_id in accounts if person_id is not None})
    found = [Found(each, tuple(_accounts_of(connection, channel_id, each))) for each in people]
    known = {key for each in found for key in each.keys}
    links = [standing_link(connection, channel_id, each) for each in people]
    pairs = [{link.twitch_person, link.discord_person} for link in links if link is not None]
    twice = {max(pair) for pair in pairs if pair <= set(people)}
    found = [each for each in found if each.person_id not in twice]
    strangers = [(platform, user, name) for platform, user, name, _ in accounts if (platform, user) not in known]
    return [*found, *(Found(None, (account,)) for account in strangers)]


def find_account(connection: Connection, channel_id: int, key: Key) -> Found | None:
    """The person behind an account; None when nothing is known of it."""
    outcome = tables.outcome.c
    person_id = person_of(connection, channel_id, key)
    if person_id is not None:
        return Found(person_id, tuple(_accounts_of(connection, channel_id, person_id)))
    # Whoever was only ever refused is no person of the ledger's; this looks through all answers.
    answered = select(outcome.name).where(
        outcome.channel_id == channel_id, outcome.platform == key[0], outcome.user_id == key[1]
    )
    name = connection.scalar(answered.order_by(outcome.at.desc()).limit(1))
    if name is None and has_own_codes(connection, channel_id, key):
        name = key[1]
    return None if name is None else Found(None, ((*key, name),))


def has_own_codes(connection: Connection, channel_id: int, key: Key) -> bool:
    """Whether a claim code was made for this account alone; who has not used it may never have been here."""
    code = tables.claim_code.c
    query = select(code.number).where(code.channel_id == channel_id, code.audience == audience_of(*key))
    return connection.scalar(query.limit(1)) is not None


def find_linked(connection: Connection, channel_id: int, found: Found) -> Found | None:
    """The person whom this one is linked with now."""
    link = standing_link(connection, channel_id, found.person_id)
    if link is None or found.person_id is None:
        return None
    other = link.other(found.person_id)
    return Found(other, tuple(_accounts_of(connection, channel_id, other)))


def _accounts(
    connection: Connection, channel_id: int, *, user: Key | None = None, name: str = ""
) -> list[tuple[str, str, str, int | None]]:
    """Platform, user id, name and person of each account that fits, those of nobody last."""
    identity, outcome = tables.identity.c, tables.outcome.c
    known = select(identity.platform, identity.user_id, identity.name, identity.person_id).where(
        identity.channel_id == channel_id
    )
    # Who was only ever refused is no person of the ledger's, but their name stands in what they were answered.
    answered = select(outcome.platform, outcome.user_id, func.max(outcome.name)).where(
        outcome.channel_id == channel_id, outcome.user_id != "", outcome.platform != "bot"
    )
    if user is not None:
        known = known.where(identity.platform == user[0], identity.user_id == user[1])
        answered = answered.where(outcome.platform == user[0], outcome.user_id == user[1])
    else:
        known = known.where(func.lower(identity.name) == name.lower())
        answered = answered.where(func.lower(outcome.name) == name.lower())
    grouped = answered.group_by(outcome.platform, outcome.user_id).order_by(outcome.platform, outcome.user_id)
    of_people = [tuple(row) for row in connection.execute(known)]
    strangers = [(*row, None) for row in connection.execute(grouped) if not _is_known(connection, channel_id, row)]
    if user is not None and not (of_people or strangers) and has_own_codes(connection, channel_id, user):
        strangers = [(*user, user[1], None)]
    return [*of_people, *strangers]


def _is_known(connection: Connection, channel_id: int, row: Sequence[Any]) -> bool:
    return person_of(connection, channel_id, (row[0], row[1])) is not None


def _accounts_of(connection: Connection, channel_id: int, person_id: int) -> Iterator[tuple[str, str, str]]:
    identity = tables.identity.c
    query = select(identity.platform, identity.user_id, identity.name).where(
        identity.channel_id == channel_id, identity.person_id == person_id
    )
    for row in connection.execute(query.order_by(identity.platform, identity.user_id)):
        yield (row.platform, row.user_id, row.name)
