"""What the ledger holds of one person's votes, passes and game nights, in plain keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, select

from bot.domain.time import Micros, in_zone
from bot.storage import tables
from bot.storage.pass_rows import pass_of_row
from bot.storage.poll_rows import poll_of, vote_of


def own_votes(connection: Connection, channel_id: int, person_id: int | None) -> Iterator[dict[str, Any]]:
    """Each ballot that stands, with what was chosen: it is theirs. What was chosen before is in their entries."""
    ballot, poll = tables.ballot, tables.poll
    polls = {
        row.key: poll_of(row) for row in connection.execute(select(poll).where(poll.c.channel_id == channel_id))
    }
    query = select(ballot).where(ballot.c.channel_id == channel_id, ballot.c.person_id == _somebody(person_id))
    for row in connection.execute(query.order_by(ballot.c.entry_number)):
        its = polls[row.poll_key]
        vote = vote_of(row, its)
        yield {
            "poll": its.key,
            "question": its.plan.question,
            "options": [its.plan.options[choice - 1] for choice in vote.ballot.choices],
            "scores": list(vote.ballot.scores),
            "weight": vote.weight,
            "pass": vote.pass_number or None,
            "voter": vote.voter,
            "entry": vote.entry,
        }


def own_passes(connection: Connection, channel_id: int, person_id: int | None) -> Iterator[dict[str, Any]]:
    """Each pass that is theirs, whatever became of it."""
    held = tables.pass_
    query = select(held).where(held.c.channel_id == channel_id, held.c.owner == _somebody(person_id))
    for row in connection.execute(query.order_by(held.c.number)):
        own = pass_of_row(row)
        yield {
            "number": own.number,
            **own.terms.as_public(),
            "expires_at": None if own.terms.expires_at is None else _utc(own.terms.expires_at),
            "drop": own.drop or None,
            "unit": own.unit or None,
            "used": own.used,
            "spent_on": list(own.spent_on),
            "voided": own.voided_why or None,
            "expired": own.expired,
        }


def own_nights(connection: Connection, channel_id: int, person_id: int | None) -> Iterator[dict[str, Any]]:
    """Each night in which they have a place."""
    night, guest = tables.night, tables.night_guest
    same = (night.c.channel_id == guest.c.channel_id) & (night.c.key == guest.c.night_key)
    query = select(guest, night.c.plan).join(night, same)
    query = query.where(guest.c.channel_id == channel_id, guest.c.person_id == _somebody(person_id))
    for row in connection.execute(query.order_by(guest.c.since, guest.c.night_key)):
        yield {
            "night": row.night_key,
            "title": orjson.loads(row.plan)["title"],
            "place": row.place,
            "since": _utc(row.since),
            "pass": row.pass_number or None,
            "guest": row.guest,
        }


def _somebody(person_id: int | None) -> int:
    """What is nobody's any more is not that of somebody without a number."""
    return 0 if person_id is None else person_id


def _utc(at: Micros) -> str:
    return in_zone(at, ZoneInfo("UTC")).isoformat()
