"""Polls and the ballots that stand in them, against the entries; and each closed poll counted once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from bot.domain.ledger import canonical_bytes
from bot.domain.poll_box import count
from bot.domain.polls import Poll, PollState, poll_of_scope
from bot.domain.tally import plain_result
from bot.storage import tables
from bot.storage.ballots import Ballots
from bot.storage.entries import UNREADABLE
from bot.storage.links import Links
from bot.storage.poll_rows import ballot_values, poll_values
from bot.storage.rebuilt import Rebuilt, RebuiltBallot, RebuiltPoll

# A fault is told in the log and to the moderators, perhaps while the poll is on.
_SECRET = ("seed", "choice")
_OTHERWISE = "not what the entries say"


def poll_differences(
    connection: Connection, channel_id: int, rebuilt: Rebuilt, persons: Mapping[int | None, bytes | None]
) -> Iterator[str]:
    """Each poll and each ballot is what the entries say, and the ballots come to what was announced; `persons` are
    all there are."""
    poll, ballot = tables.poll, tables.ballot
    rows = connection.execute(select(poll).where(poll.c.channel_id == channel_id).order_by(poll.c.key))
    stored = {row.key: row for row in rows}
    ballots: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(select(ballot).where(ballot.c.channel_id == channel_id)):
        ballots.setdefault(row.poll_key, []).append(row)
    for key in sorted(rebuilt.polls.keys() - stored.keys()):
        yield f"poll {key}: the entries know it, the table does not"
    for key in sorted(ballots.keys() - rebuilt.polls.keys()):
        yield f"ballot of person {ballots[key][0].person_id} in the poll {key}: no entry has opened that poll"
    links, spent = Links(connection, channel_id), _spent_on(connection, channel_id)
    for key, row in stored.items():
        told = rebuilt.polls.get(key)
        if told is None or told.story.poll is None:
            yield f"poll {key}: no entry has opened it"
            continue
        wanted = poll_values(channel_id, told.story.poll, told.seed)
        its = ballots.get(key, [])
        faults = [f"poll {key}: {fault}" for fault in _columns(row, wanted)]
        faults += (f"ballot of {fault}" for fault in _ballot_faults(channel_id, its, told, rebuilt, persons))
        passes, going_by = spent.get(key, set()), {row.pass_number for row in its} - {0}
        if told.closed is not None and not faults:
            # Of several ballots of one person the last counts: the passes of the others came back with the close.
            with suppress(*UNREADABLE):
                going_by &= _counting(connection, channel_id, told, links)
        if told.story.poll.state is not PollState.CANCELLED and not faults:
            faults += (
                f"poll {key}: pass {each} is spent on it, and no ballot goes by it" for each in passes - going_by
            )
            faults += (f"poll {key}: a ballot goes by pass {each}, not spent on it" for each in going_by - passes)
        yield from faults
        if not faults and told.closed is not None:
            yield from _recounted(connection, channel_id, told.story.poll, told, links)


def _ballot_faults(
    channel_id: int,
    rows: list[Row[Any]],
    told: RebuiltPoll,
    rebuilt: Rebuilt,
    persons: Mapping[int | None, bytes | None],
) -> Iterator[str]:
    where, missing = f"in the poll {told.story.key}", dict(told.ballots)
    for row in sorted(rows, key=lambda row: (row.entry_number, row.person_id)):
        who = f"person {row.person_id} {where}"
        if row.person_id not in persons:
            yield f"{who}: it is of somebody whom the table does not know"
        ballot = missing.pop(row.voter, None)
        if ballot is None:
            yield f"{who}: no entry has cast it as {row.voter!r}"
        else:
            yield from (f"{who}: {fault}" for fault in _ballot_differs(channel_id, row, ballot, told, rebuilt))
    for ballot in missing.values():
        yield f"{ballot.voter} {where}: entry {ballot.entry} has cast it, the table does not know it"


def _ballot_differs(
    channel_id: int, row: Row[Any], ballot: RebuiltBallot, told: RebuiltPoll, rebuilt: Rebuilt
) -> Iterator[str]:
    if ballot.vote is not None:
        yield from _columns(row, ballot_values(channel_id, told.story.key, ballot.vote))
        return
    known = {"entry_number": ballot.entry, "voter": ballot.voter, "weight": ballot.weight}
    yield from _columns(row, known)
    erased = rebuilt.erased.get(ballot.entry)
    if erased is not None and row.person_id != erased:
        yield f"person_id is {row.person_id!r}, the erasure that lists its entry is of person {erased}"


def _spent_on(connection: Connection, channel_id: int) -> dict[str, set[int]]:
    """By poll, the numbers of the passes that are spent on it, as far as their rows can be read."""
    held, spent = tables.pass_.c, dict[str, set[int]]()
    for number, scopes in connection.execute(
        select(held.number, held.spent_on).where(held.channel_id == channel_id)
    ):
        with suppress(*UNREADABLE):
            for key in filter(None, map(poll_of_scope, orjson.loads(scopes))):
                spent.setdefault(key, set()).add(number)
    return spent


def _counting(connection: Connection, channel_id: int, told: RebuiltPoll, links: Links) -> set[int]:
    """The passes of the ballots that were counted at the close."""
    poll = told.story.poll
    if poll is None:
        return set()
    box = Ballots(connection, channel_id, poll).box(told.seed, links, poll.opened_at, before=told.closed)
    return {vote.pass_number for vote in box.counted()}


def _recounted(
    connection: Connection, channel_id: int, poll: Poll, told: RebuiltPoll, links: Links
) -> Iterator[str]:
    """The ballots come to what was announced: that is all that is still known of what the erased have chosen."""
    try:
        box = Ballots(connection, channel_id, poll).box(told.seed, links, poll.opened_at, before=told.closed)
        again = plain_result(count(poll, box))
    except UNREADABLE as error:
        yield f"poll {poll.key}: its ballots cannot be read ({type(error).__name__}: {error})"
        return
    if canonical_bytes(again) != canonical_bytes(poll.result):
        yield f"poll {poll.key}: its ballots come to something else than was announced"


def _columns(row: Row[Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        found = getattr(row, name)
        if found != value:
            yield f"{name} is " + (_OTHERWISE if name in _SECRET else f"{found!r}, the entries say {value!r}")
