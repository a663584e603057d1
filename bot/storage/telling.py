"""What was said and to whom: notes in the lane, and the reads of those who say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import delete, func, select, update

from bot.domain.announcing import NewsKind, Priority
from bot.domain.people import Actor
from bot.domain.telling import ForgetRefusals, NoteAttempt, NoteCommands, NoteSent, NoteTold
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.batch import Batch
from bot.storage.database import Reads
from bot.storage.outcomes import CHECKING, from_bytes

# Answers that changed nothing: whoever asks the same again after weeks may be told anew.
_FORGOTTEN = ("claim.refused", "claim.needs-name", "erasure.asked", "erasure.refused")


@dataclass(frozen=True, slots=True)
class PendingNews:
    """One row of the outbox that is not done. `attempted_at` is set when a send may have happened already."""

    id: int
    place: str
    kind: NewsKind
    drop: str
    about: dict[str, Any]
    priority: Priority
    created_at: Micros
    expires_at: Micros | None
    attempted_at: Micros | None


@dataclass(frozen=True, slots=True)
class PostedCard:
    """A card that stands in a place: the platform's id of it, and what the news told that it was posted with."""

    reference: str
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Untold:
    """A decision that nobody is known to have heard of."""

    request_id: str
    actor: Actor
    decision: Any
    at: Micros


def handle_told(batch: Batch, command: NoteTold, moment: Micros) -> None:
    outcome = tables.outcome
    batch.write_rows()
    batch.connection.execute(
        update(outcome).where(
            outcome.c.channel_id == command.channel_id,
            outcome.c.request_id.in_(command.request_ids),
            outcome.c.told_at.is_(None),
        ),
        {"told_at": moment},
    )


def handle_attempt(batch: Batch, command: NoteAttempt, moment: Micros) -> None:
    outbox = tables.outbox
    # The first attempt counts: whoever looks back for what may have been posted must look from there on.
    where = (outbox.c.channel_id == command.channel_id) & (outbox.c.id == command.news_id)
    batch.connection.execute(update(outbox).where(where, outbox.c.attempted_at.is_(None)), {"attempted_at": moment})


def handle_sent(batch: Batch, command: NoteSent, moment: Micros) -> None:
    values = {"done_at": moment, "result": command.result, "reference": command.reference}
    _note(batch, command.channel_id, command.news_id, values)


def handle_commands(batch: Batch, command: NoteCommands, moment: Micros) -> None:
    channel = tables.channel
    batch.connection.execute(
        update(channel).where(channel.c.id == command.channel_id), {"command_digest": command.digest}
    )


def handle_forget(batch: Batch, command: ForgetRefusals, moment: Micros) -> None:
    outcome = tables.outcome
    batch.connection.execute(
        delete(outcome).where(
            outcome.c.channel_id == command.channel_id,
            outcome.c.kind.in_(_FORGOTTEN),
            outcome.c.at < command.before,
        )
    )


def _note(batch: Batch, channel_id: int, news_id: int, values: dict[str, Any]) -> None:
    outbox = tables.outbox
    batch.connection.execute(
        update(outbox).where(outbox.c.channel_id == channel_id, outbox.c.id == news_id), values
    )


async def pending_news(reads: Reads, channel_id: int, place: str) -> list[PendingNews]:
    """What is still to be said in a place, most urgent first, then in the order in which it happened."""
    outbox = tables.outbox.c
    query = (
        select(tables.outbox)
        .where(outbox.channel_id == channel_id, outbox.place == place, outbox.done_at.is_(None))
        .order_by(outbox.priority, outbox.id)
        .limit(50)
    )
    return [
        PendingNews(
            id=row.id,
            place=row.place,
            kind=NewsKind(row.kind),
            drop=row.drop_key,
            about=orjson.loads(row.about),
            priority=Priority(row.priority),
            created_at=row.created_at,
            expires_at=row.expires_at,
            attempted_at=row.attempted_at,
        )
        for row in await reads.rows(query)
    ]


async def last_card(reads: Reads, channel_id: int, place: str, drop: str, kind: NewsKind) -> PostedCard | None:
    """The latest card of such news about a drop; None where there is none."""
    outbox = tables.outbox.c
    query = (
        select(outbox.reference, outbox.about)
        .where(
            outbox.channel_id == channel_id,
            outbox.place == place,
            outbox.drop_key == drop,
            outbox.kind == str(kind),
            outbox.reference != "",
        )
        .order_by(outbox.id.desc())
        .limit(1)
    )
    for row in await reads.rows(query):
        return PostedCard(row.reference, orjson.loads(row.about))
    return None


async def is_noted(reads: Reads, channel_id: int, place: str, reference: str) -> bool:
    """Whether a message is known as that of some piece of news."""
    outbox = tables.outbox.c
    query = select(outbox.id).where(
        outbox.channel_id == channel_id, outbox.place == place, outbox.reference == reference
    )
    return await reads.scalar(query.limit(1)) is not None


async def untold(
    reads: Reads, channel_id: int, *, platform: str | None = None, drop: str | None = None
) -> list[Untold]:
    """The decisions of claims that nobody is known to have heard, oldest first. What is being checked has none."""
    outcome = tables.outcome.c
    query = (
        select(tables.outcome)
        .where(outcome.channel_id == channel_id, outcome.told_at.is_(None))
        .where(outcome.kind.like("claim.%"), outcome.kind != CHECKING)
        .order_by(outcome.at)
    )
    if platform is not None:
        query = query.where(outcome.platform == platform)
    if drop is not None:
        query = query.where(outcome.drop_key == drop)
    return [
        Untold(
            row.request_id,
            Actor(row.platform, row.user_id, row.name),
            from_bytes(row.kind, row.decision),
            row.at,
        )
        for row in await reads.rows(query)
    ]


async def answered_since(reads: Reads, channel_id: int, lost: Sequence[Untold]) -> frozenset[str]:
    """Those of these requests, by id, whose person was told the answer to a later one about the same drop."""
    if not lost:
        return frozenset()
    outcome = tables.outcome.c
    query = select(outcome.platform, outcome.user_id, outcome.drop_key, func.max(outcome.at).label("latest")).where(
        outcome.channel_id == channel_id,
        outcome.user_id.in_({each.actor.user_id for each in lost}),
        outcome.kind.like("claim.%"),
        outcome.told_at.is_not(None),
        outcome.at > min(each.at for each in lost),
    )
    rows = await reads.rows(query.group_by(outcome.platform, outcome.user_id, outcome.drop_key))
    latest = {(row.platform, row.user_id, row.drop_key): row.latest for row in rows}
    return frozenset(
        each.request_id
        for each in lost
        if latest.get((*each.actor.key, getattr(each.decision, "drop", "")), each.at) > each.at
    )


async def command_digest(reads: Reads, channel_id: int) -> str:
    query = select(tables.channel.c.command_digest).where(tables.channel.c.id == channel_id)
    return await reads.scalar(query) or ""
