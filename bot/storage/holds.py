"""Claims that wait for evidence: each holds one unit of an early window until somebody can say whether it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select

from bot.domain.entitlements import ACCOUNT_AGE, Found, Question, oldest
from bot.domain.people import Account, Actor
from bot.domain.polls import poll_scope
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.database import Reads


@dataclass(slots=True)
class Hold:
    """One of them. `evidence` is what was found out so far about `accounts`; neither is kept through a restart."""

    request_id: str
    drop: str
    person_id: int
    actor: Actor
    asked_at: Micros
    evidence: dict[Question, Found] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    ages: dict[Account, Found] = field(default_factory=dict)

    def learn(self, account: Account, found: Mapping[Question, Found]) -> None:
        """Note what was found out about one of the accounts."""
        self.evidence.update(found)
        if ACCOUNT_AGE in found:
            self.ages[account] = found[ACCOUNT_AGE]
        self.count_age()

    def count_age(self) -> None:
        """The oldest account tells how long somebody has been around: nobody knows which it is before all have
        told."""
        told = [self.ages[account] for account in self.accounts if account in self.ages]
        self.evidence.pop(ACCOUNT_AGE, None)
        if told and len(told) == len(self.accounts):
            self.evidence[ACCOUNT_AGE] = oldest(told)


class Holds:
    """Those of a channel, as the lane knows them between batches, in the order in which they asked."""

    def __init__(self, connection: Connection, channel_id: int) -> None:
        self._by_request = {hold.request_id: hold for hold in _load(connection, channel_id)}

    def __bool__(self) -> bool:
        return bool(self._by_request)

    def __iter__(self) -> Iterator[Hold]:
        return iter(self._by_request.values())

    def __contains__(self, request_id: str) -> bool:
        return request_id in self._by_request

    def add(self, hold: Hold) -> None:
        self._by_request[hold.request_id] = hold

    def remove(self, request_id: str) -> None:
        del self._by_request[request_id]

    def of(self, drop: str) -> list[Hold]:
        """Those of one drop."""
        return [hold for hold in self._by_request.values() if hold.drop == drop]


def _load(connection: Connection, channel_id: int) -> Iterator[Hold]:
    hold = tables.hold
    query = select(hold).where(hold.c.channel_id == channel_id).order_by(hold.c.asked_at, hold.c.request_id)
    for row in connection.execute(query):
        actor = Actor(row.platform, row.user_id, row.name)
        yield Hold(row.request_id, row.drop_key, row.person_id, actor, row.asked_at)


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A claim or vote that waits, for those who look its evidence up: for the gate of its drop or poll, about
    `accounts`. `drop` is what it is for, as entries name it."""

    request_id: str
    drop: str
    gate: str
    accounts: tuple[Account, ...]


async def open_holds(reads: Reads, channel_id: int) -> list[OpenHold]:
    """Every claim and vote that waits, as last committed."""
    link, mine = tables.link.c, tables.identity.c
    accounts: dict[int, list[Account]] = {}
    claims = await reads.rows(_waiting_claims(channel_id))
    votes = await reads.rows(_waiting_votes(channel_id))
    waiting = [*((row, row.drop_key, row.early) for row in claims)]
    waiting += ((row, poll_scope(row.poll_key), orjson.loads(row.plan)["electorate"]) for row in votes)
    if not waiting:
        return []
    standing = select(link.twitch_person, link.discord_person).where(
        link.channel_id == channel_id, link.unlinked_at.is_(None)
    )
    pairs = [(row.twitch_person, row.discord_person) for row in await reads.rows(standing)]
    others = {**dict(pairs), **{discord: twitch for twitch, discord in pairs}}
    wanted = {other for row, _, _ in waiting if (other := others.get(row.person_id)) is not None}
    known = select(mine.person_id, mine.platform, mine.user_id).where(
        mine.channel_id == channel_id, mine.person_id.in_(wanted)
    )
    for row in await reads.rows(known):
        accounts.setdefault(row.person_id, []).append((row.platform, row.user_id))
    return [
        OpenHold(
            row.request_id,
            scope,
            gate,
            ((row.platform, row.user_id), *accounts.get(others.get(row.person_id, 0), ())),
        )
        for row, scope, gate in waiting
    ]


def _waiting_claims(channel_id: int) -> Select[Any]:
    hold, drop = tables.hold.c, tables.drop.c
    of_drop = (drop.channel_id == hold.channel_id) & (drop.key == hold.drop_key)
    return (
        select(hold.request_id, hold.drop_key, drop.early, hold.person_id, hold.platform, hold.user_id)
        .join_from(tables.hold, tables.drop, of_drop)
        .where(hold.channel_id == channel_id)
        .order_by(hold.asked_at, hold.request_id)
    )


def _waiting_votes(channel_id: int) -> Select[Any]:
    held, poll = tables.held_vote.c, tables.poll.c
    of_poll = (poll.channel_id == held.channel_id) & (poll.key == held.poll_key)
    return (
        select(held.request_id, held.poll_key, poll.plan, held.person_id, held.platform, held.user_id)
        .join_from(tables.held_vote, tables.poll, of_poll)
        .where(held.channel_id == channel_id)
        .order_by(held.asked_at, held.request_id)
    )
