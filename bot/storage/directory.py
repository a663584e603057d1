"""The people of a channel, as the lane knows them between batches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from bot.storage import tables
from bot.storage.rows import Lookup

# Some 300 bytes each. Whoever is beyond is looked up when they ask.
KEPT_MAX = 50_000

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    secret: bytes
    name: str


def _query() -> Select[Any]:
    identity, person = tables.identity.c, tables.person.c
    return select(identity.platform, identity.user_id, identity.person_id, person.secret, identity.name).join_from(
        tables.identity,
        tables.person,
        (person.channel_id == identity.channel_id) & (person.id == identity.person_id),
    )


def _by_user(users: Sequence[BindParameter[Any]]) -> Select[Any]:
    identity = tables.identity.c
    return _query().where(
        identity.channel_id == bindparam("channel"),
        identity.platform == bindparam("platform"),
        identity.user_id.in_(users),
    )


_BY_USER = Lookup(_by_user)


class Directory:
    """Persons by (platform, user id). Nobody but the lane writes them, so what is kept here stays true."""

    def __init__(self, connection: Connection, channel_id: int, *, kept_max: int = KEPT_MAX) -> None:
        self._channel_id = channel_id
        self._kept_max = kept_max
        self._known: dict[Key, Person] = {}
        identity = tables.identity.c
        newest = (
            _query().where(identity.channel_id == channel_id).order_by(identity.person_id.desc()).limit(kept_max)
        )
        for platform, user_id, person_id, secret, name in reversed(connection.execute(newest).all()):
            self._known[platform, user_id] = Person(person_id, secret or b"", name)
        # Whether somebody who is not kept here is a stranger for certain.
        self._complete = len(self._known) < kept_max

    def get(self, key: Key) -> Person | None:
        return self._known.get(key)

    def put(self, key: Key, person: Person) -> None:
        if len(self._known) >= self._kept_max and key not in self._known:
            del self._known[next(iter(self._known))]
            self._complete = False
        self._known[key] = person

    def forget(self, keys: Collection[Key]) -> None:
        """Know nobody by these any more: whoever comes under one of them again is a stranger."""
        for key in keys:
            self._known.pop(key, None)

    def look_up(self, connection: Connection, keys: Collection[Key]) -> dict[Key, Person | None]:
        """What the ledger knows of those that are not kept here, in a few statements for all; None is a stranger.

        Says nothing of anybody while everybody is kept here."""
        if self._complete:
            return {}
        missing = [key for key in keys if key not in self._known]
        found: dict[Key, Person | None] = dict.fromkeys(missing)
        for platform in sorted({platform for platform, _ in missing}):
            users = [user for each, user in missing if each == platform]
            rows = _BY_USER.rows(connection, users, channel=self._channel_id, platform=platform)
            for _, user_id, person_id, secret, name in rows:
                found[platform, user_id] = Person(person_id, secret or b"", name)
        return found
