"""What happened, as somebody has it before them who is about to change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import URL, select

from bot.domain.ledger import Fact
from bot.domain.people import Actor, pseudonym
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.database import snapshot_engine

TEAPOT = "teapot"


@dataclass(frozen=True)
class Told:
    """One thing that happened; `was` is the number of its entry, 0 for what is made up."""

    at: Micros
    fact: Fact
    salt: bytes
    was: int = 0

    def saying(self, **public: Any) -> Told:
        """The same with something else in its public part."""
        return replace(self, fact=self.fact._replace(public={**self.fact.public, **public}))

    def moved(self, by: Micros) -> Told:
        return replace(self, at=self.at + by)


History = list[Told]


def history_of(url: URL) -> History:
    """All that happened, from the first entry on."""
    history, engine = [], snapshot_engine(url)
    with engine.connect() as connection:
        for row in connection.execute(select(tables.entry).order_by(tables.entry.c.number)):
            public = orjson.loads(row.canonical)["public"]
            fact = Fact(row.kind, row.drop_key, public, orjson.loads(row.private), row.person_id)
            history.append(Told(row.at, fact, row.salt, row.number))
    engine.dispose()
    return history


class Friend:
    """Somebody whom the ledger knows, and who is to hold what somebody else has won."""

    def __init__(self, url: URL, name: str) -> None:
        identity, person, engine = tables.identity, tables.person, snapshot_engine(url)
        with engine.connect() as connection:
            row = connection.execute(select(identity).where(identity.c.name == name)).one()
            query = select(person.c.secret).where(person.c.id == row.person_id)
            self._secret = connection.scalars(query).one()
        engine.dispose()
        self.id, self.actor = row.person_id, Actor(row.platform, row.user_id, name)

    def claims(self, drop: str, number: int, at: Micros) -> Told:
        """A claim that never was."""
        holder = pseudonym(self._secret, f"{TEAPOT}/{drop}")
        public = {"number": number, "how": "claim", "holder": holder}
        who = {"person": self.id, "platform": self.actor.platform, "user": self.actor.user_id}
        private = {**who, "name": self.actor.name, "request": f"{self.actor.platform}:forged-{drop}-{number}"}
        return Told(at, Fact("unit.granted", drop, public, private, self.id), bytes(16))

    def in_place_of(self, winner: Told) -> Told:
        """The winner's grant, as if it had been the friend's."""
        return self.claims(winner.fact.drop, winner.fact.public["number"], winner.at)


def place_of(history: History, kind: str, drop: str = "mug", number: int | None = None) -> int:
    """Where a fact stands: the first of this kind about the drop, or the one about that number."""
    return next(
        place
        for place, fact in enumerate(each.fact for each in history)
        if (fact.kind, fact.drop) == (kind, drop) and number in (None, fact.public.get("number"))
    )


def renumbered(history: History, drop: str = "mug") -> History:
    """The claims of the drop with their numbers from 1 on, in the order in which they stand now."""
    numbers, again = iter(range(1, len(history))), []
    for told in history:
        granted = (told.fact.kind, told.fact.drop) == ("unit.granted", drop)
        again.append(told.saying(number=next(numbers)) if granted else told)
    return again
