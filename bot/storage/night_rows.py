"""Game nights and their guests as rows, written and read back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select

from bot.domain.ledger import Fact, canonical_bytes
from bot.domain.night_deeds import Seat
from bot.domain.nights import Guest, Night, NightState, Place, evolve_night, night_plan_of
from bot.domain.passes import pass_of
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.rows import upsert


@dataclass(frozen=True, slots=True)
class SeatedNight:
    """A night, and who its guests are, by their pseudonyms in it."""

    night: Night
    seats: Mapping[str, Seat] = field(default_factory=dict)

    def fold(self, fact: Fact, at: Micros) -> SeatedNight:
        """The night after one more of its facts. Raises ValueError for one that cannot be."""
        night = evolve_night(self.night, fact.kind, fact.public, at)
        name = str(fact.public.get("guest", fact.public.get("holder", "")))
        seats = {guest.guest: self.seats[guest.guest] for guest in night.guests if guest.guest in self.seats}
        if fact.kind == "night.joined" and fact.person_id is not None:
            seats[name] = Seat(name, fact.person_id)
        elif fact.kind == "pass.spent" and name in seats:
            seats[name] = seats[name]._replace(pass_number=pass_of(fact) or 0)
        elif fact.kind == "pass.returned" and name in seats:
            seats[name] = seats[name]._replace(pass_number=0)
        return SeatedNight(night, seats)

    def without(self, persons: Collection[int]) -> SeatedNight:
        """The night of whose guests nobody may know any more who these were."""
        kept = {guest: seat for guest, seat in self.seats.items() if seat.person_id not in persons}
        return SeatedNight(self.night, kept)


def load_nights(connection: Connection, channel_id: int) -> dict[str, SeatedNight]:
    """Every night of the channel, by key."""
    night, guest = tables.night, tables.night_guest
    query = select(guest).where(guest.c.channel_id == channel_id).order_by(guest.c.night_key, guest.c.joined)
    guests: dict[str, list[Any]] = {}
    for row in connection.execute(query):
        guests.setdefault(row.night_key, []).append(row)
    return {
        row.key: _seated(row, guests.get(row.key, ()))
        for row in connection.execute(select(night).where(night.c.channel_id == channel_id))
    }


def _seated(row: Any, guests: Any) -> SeatedNight:
    invited = tuple(Guest(each.guest, Place(each.place), each.since) for each in guests)
    seats = {each.guest: Seat(each.guest, each.person_id, each.pass_number) for each in guests if each.person_id}
    plan = night_plan_of(row.key, orjson.loads(row.plan))
    return SeatedNight(Night(plan, NightState(row.state), invited), seats)


def save_night(connection: Connection, channel_id: int, seated: SeatedNight) -> None:
    """Write a night's row and those of its guests."""
    upsert(connection, tables.night, night_values(channel_id, seated.night))
    guest = tables.night_guest
    of_night = (guest.c.channel_id == channel_id) & (guest.c.night_key == seated.night.key)
    connection.execute(delete(guest).where(of_night))
    rows = list(guest_values(channel_id, seated))
    if rows:
        connection.execute(guest.insert(), rows)


def night_values(channel_id: int, night: Night) -> dict[str, Any]:
    """The row of a night."""
    plan = canonical_bytes(night.plan.as_public()).decode()
    return {"channel_id": channel_id, "key": night.key, "plan": plan, "state": str(night.state)}


def guest_values(channel_id: int, seated: SeatedNight) -> Iterator[dict[str, Any]]:
    """The rows of a night's guests."""
    for joined, guest in enumerate(seated.night.guests):
        seat = seated.seats.get(guest.guest)
        yield {
            "channel_id": channel_id,
            "night_key": seated.night.key,
            "guest": guest.guest,
            "person_id": None if seat is None else seat.person_id,
            "place": str(guest.place),
            "since": guest.since,
            "joined": joined,
            "pass_number": 0 if seat is None else seat.pass_number,
        }
