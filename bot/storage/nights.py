"""Game nights in the lane: joining, checking in, leaving and hosting; and nights as everybody else reads them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from bot.domain.night_deeds import (
    CancelDecision,
    CancelNight,
    CreateDecision,
    CreateNight,
    NightRefusal,
    NightRefused,
    NightStanding,
    VisitDecision,
    VisitNight,
    decide_cancel,
    decide_create,
    decide_visit,
)
from bot.domain.nights import Night, Place
from bot.domain.polls import free_key
from bot.domain.text import is_named
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.database import Reads
from bot.storage.night_rows import SeatedNight, load_nights


def handle_visit(batch: Batch, command: VisitNight, moment: Micros) -> VisitDecision:
    """Let somebody join, check in or leave within the batch, or refuse."""
    seated = _meant(batch, command.night)
    if seated is None:
        return NightRefused(NightRefusal.UNKNOWN_NIGHT, command.verb)
    night, part = seated.night, batch.book.participation
    person = batch.person(command.actor, moment)
    together = batch.counted_as(person.id)
    standing = NightStanding(
        night,
        person.id,
        batch.holder(person, night.scope),
        together,
        tuple(seat.guest for seat in seated.seats.values() if seat.person_id in together),
        part.passes.of(together),
    )
    decision, facts = decide_visit(standing, command, moment)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def handle_create(batch: Batch, command: CreateNight, moment: Micros) -> CreateDecision:
    """Announce a night within the batch, or refuse."""
    key = free_key(command.plan.title, batch.book.participation.nights, "night")
    decision, facts = decide_create(replace(command, plan=replace(command.plan, key=key)), moment)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def handle_cancel(batch: Batch, command: CancelNight, moment: Micros) -> CancelDecision:
    """Call a night off within the batch, ask first, or refuse."""
    seated = _meant(batch, command.night)
    night, seats = (None, ()) if seated is None else (seated.night, tuple(seated.seats.values()))
    decision, facts = decide_cancel(night, seats, command)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def _meant(batch: Batch, text: str) -> SeatedNight | None:
    """The night that was named; where none was, the one that comes next, or else the newest."""
    nights = list(batch.book.participation.nights.values())
    if text.strip():
        nights = [each for each in nights if is_named(text, each.night.key, each.night.plan.title)]
        return max(nights, key=lambda each: (each.night.on, each.night.plan.starts_at), default=None)
    on = min((e for e in nights if e.night.on), key=lambda each: each.night.plan.starts_at, default=None)
    return on or max(nights, key=lambda each: each.night.plan.starts_at, default=None)


# -- for everybody else -----------------------------------------------------------------------------------------


async def read_nights(reads: Reads, channel_id: int) -> dict[str, Night]:
    """Every night of the channel as last committed, by key."""
    nights = await reads.consult(lambda connection: load_nights(connection, channel_id))
    return {key: seated.night for key, seated in nights.items()}


async def guests_of(reads: Reads, channel_id: int, key: str) -> list[tuple[str, Place]]:
    """The guests of a night by name, in the order in which they joined; whoever was forgotten has no name."""

    def look(connection: Connection) -> list[tuple[str, Place]]:
        guest, mine = tables.night_guest.c, tables.identity.c
        same = (mine.channel_id == guest.channel_id) & (mine.person_id == guest.person_id)
        query = (
            select(guest.joined, guest.place, mine.name)
            .join_from(tables.night_guest, tables.identity, same, isouter=True)
            .where(guest.channel_id == channel_id, guest.night_key == key)
            .order_by(guest.joined)
        )
        return [(row.name or "", Place(row.place)) for row in connection.execute(query)]

    return await reads.consult(look)
