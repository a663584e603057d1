"""Opening, steering and recounting polls in the lane, and polls as everybody else reads them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.domain.draws import SEED_BYTES
from bot.domain.people import Account
from bot.domain.poll_box import Box, Vote, count
from bot.domain.poll_control import (
    OpenDecision,
    OpenPoll,
    PollRefusal,
    PollRefused,
    PollVerb,
    SteerPoll,
    SteerPollDecision,
    decide_open,
    decide_steer_poll,
    meant_poll,
)
from bot.domain.polls import Poll, PollState
from bot.domain.recounting import RecountDecision, RecountPoll, closed_poll, decide_recount
from bot.domain.tally import Result
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.ballots import Ballots
from bot.storage.batch import Batch
from bot.storage.database import Reads
from bot.storage.links import Links
from bot.storage.people import person_of
from bot.storage.poll_rows import poll_of, vote_of

_EMPTY = Box((), b"")


def handle_open(batch: Batch, command: OpenPoll, moment: Micros) -> OpenDecision:
    """Open a poll within the batch, or refuse."""
    polls = tuple(batch.book.participation.polls.values())
    decision, facts = decide_open(polls, batch.book.stream, command, batch.random_bytes(SEED_BYTES), moment)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def handle_steer(batch: Batch, command: SteerPoll, moment: Micros) -> SteerPollDecision:
    """Close, cancel or extend a poll within the batch, ask first, or refuse."""
    part = batch.book.participation
    meant = meant_poll(tuple(part.polls.values()), command.verb, command.poll)
    box = _EMPTY if isinstance(meant, PollRefused) else part.box(batch.connection, meant)
    decision, facts = decide_steer_poll(meant, box, command, moment)
    for fact in facts:
        batch.record(fact, moment)
    return decision


def handle_recount(batch: Batch, command: RecountPoll, moment: Micros) -> RecountDecision:
    """Count a closed poll again within the batch."""
    batch.write_rows()  # it may have been closed in this very batch
    part = batch.book.participation
    if not command.actor.steers:
        return PollRefused(PollRefusal.NOT_ALLOWED, PollVerb.RECOUNT)
    meant = closed_poll(tuple(part.polls.values()), command.poll)
    if isinstance(meant, PollRefused):
        return meant
    decision, facts = decide_recount(meant, part.box(batch.connection, meant), command)
    for fact in facts:
        batch.record(fact, moment)
    return decision


# -- for everybody else -----------------------------------------------------------------------------------------


class OwnVote(NamedTuple):
    """A person's ballot and the poll that it is in."""

    poll: Poll
    vote: Vote


async def read_polls(reads: Reads, channel_id: int, keys: Collection[str] | None = None) -> dict[str, Poll]:
    """The polls of these keys, or every poll of the channel, as last committed, in the order in which they were
    opened."""
    poll = tables.poll
    query = select(poll).where(poll.c.channel_id == channel_id).order_by(poll.c.opened_at, poll.c.key)
    if keys is not None:
        query = query.where(poll.c.key.in_(keys))
    return {row.key: poll_of(row) for row in await reads.rows(query)}


async def running_polls(reads: Reads, channel_id: int) -> tuple[Poll, ...]:
    """The polls that are open as last committed, in the order in which they were opened."""
    poll = tables.poll
    query = select(poll).where(poll.c.channel_id == channel_id, poll.c.state == str(PollState.OPEN))
    return tuple(poll_of(row) for row in await reads.rows(query.order_by(poll.c.opened_at, poll.c.key)))


async def running_electorates(reads: Reads, channel_id: int) -> tuple[str, ...]:
    """The gates of the open polls in which not everybody can vote."""
    running = await running_polls(reads, channel_id)
    return tuple(poll.plan.electorate for poll in running if poll.plan.electorate)


async def read_count(reads: Reads, channel_id: int, key: str) -> Result | None:
    """What the ballots of a poll come to as last committed, None for one that there is not. Ties are broken by a
    seed that nobody may know before the close: do not show who leads among equals."""

    def look(connection: Connection) -> Result | None:
        poll = tables.poll
        query = select(poll).where(poll.c.channel_id == channel_id, poll.c.key == key)
        row = connection.execute(query).one_or_none()
        if row is None:
            return None
        found = poll_of(row)
        links, ballots = Links(connection, channel_id), Ballots(connection, channel_id, found)
        before = None if found.open else ballots.closed_by(connection)
        return count(found, ballots.box(bytes(row.seed), links, found.opened_at, before))

    return await reads.consult(look)


class PollSoFar(NamedTuple):
    """A poll and what each option has got so far; None where that is hidden, or the poll is over."""

    poll: Poll
    counts: tuple[tuple[str, int], ...] | None


async def so_far(reads: Reads, channel_id: int, poll: Poll) -> PollSoFar:
    """How a poll stands as last committed: the people are those whose votes are counted, however many came since
    `poll` was read."""
    result = await read_count(reads, channel_id, poll.key) if poll.open and not poll.plan.hidden else None
    if result is None:
        return PollSoFar(poll, None)
    counts = tuple((poll.plan.options[count.option - 1], count.amount) for count in result.counts)
    return PollSoFar(replace(poll, people=result.people + result.abstained), counts)


async def own_votes(reads: Reads, channel_id: int, account: Account) -> list[OwnVote]:
    """The ballots that stand of whoever has this account, newest poll first."""

    def look(connection: Connection) -> list[OwnVote]:
        ballot, poll = tables.ballot, tables.poll
        person_id = person_of(connection, channel_id, account)
        if person_id is None:
            return []
        persons = Links(connection, channel_id).together(person_id, None)
        rows = connection.execute(
            select(ballot).where(ballot.c.channel_id == channel_id, ballot.c.person_id.in_(persons))
        ).all()
        keys = [row.poll_key for row in rows]
        found = connection.execute(select(poll).where(poll.c.channel_id == channel_id, poll.c.key.in_(keys)))
        polls = {row.key: poll_of(row) for row in found}
        votes = [OwnVote(polls[row.poll_key], vote_of(row, polls[row.poll_key])) for row in rows]
        return sorted(votes, key=lambda own: own.poll.opened_at, reverse=True)

    return await reads.consult(look)
