"""Votes that wait for evidence whether their voter is of the electorate: nothing is cast or spent until then."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import Connection, delete, select

from bot.domain.ballots import Ballot, Method
from bot.domain.people import Actor, Rank
from bot.domain.polls import Poll
from bot.domain.time import Micros
from bot.domain.voting import CastVote
from bot.storage import tables
from bot.storage.holds import Hold
from bot.storage.poll_rows import choice_of, choice_text
from bot.storage.rows import Insertion

_NONE: Mapping[str, HeldVote] = MappingProxyType({})


@dataclass(slots=True)
class HeldVote(Hold):
    """One of them; `drop` is the poll's key."""

    ballot: Ballot = field(default_factory=lambda: Ballot(Method.PLURALITY))
    with_pass: bool = False

    def command(self, channel_id: int) -> CastVote:
        """The vote as it was asked for."""
        return CastVote(channel_id, self.request_id, self.actor, self.ballot, self.drop, self.with_pass)


class HeldVotes:
    """Those of a channel, as the lane knows them between batches, in the order in which they were asked for."""

    def __init__(self, connection: Connection, channel_id: int, polls: Mapping[str, Poll]) -> None:
        self._channel_id = channel_id
        self._by_request: dict[str, HeldVote] = {}
        self._by_person: dict[int, dict[str, HeldVote]] = {}
        self._last_asked_at: Micros = 0
        for held in _load(connection, channel_id, polls):
            self._put(held)
        self._new = Insertion(tables.held_vote)

    def __bool__(self) -> bool:
        return bool(self._by_request)

    def __iter__(self) -> Iterator[HeldVote]:
        return iter(self._by_request.values())

    def __contains__(self, request_id: str) -> bool:
        return request_id in self._by_request

    def of(self, poll: str) -> list[HeldVote]:
        """Those of one poll."""
        return [held for held in self._by_request.values() if held.drop == poll]

    def of_people(self, poll: str, persons: Collection[int]) -> list[HeldVote]:
        """Those of one poll of whoever these persons are. Asked with every vote, so it does not look at all."""
        waiting = [held for person in persons for held in self._by_person.get(person, _NONE).values()]
        return sorted((held for held in waiting if held.drop == poll), key=lambda held: held.asked_at)

    def add(self, held: HeldVote) -> None:
        """Keep a vote until somebody can tell."""
        # While a clock that was set back catches up, all moments are one: after a restart the last of somebody's
        # choices could not be told from the first.
        held.asked_at = max(held.asked_at, self._last_asked_at + 1)
        self._put(held)
        actor = held.actor
        who = (held.person_id, actor.platform, actor.user_id, actor.name)
        choice = (choice_text(held.ballot), int(held.with_pass), int(actor.steers))
        self._new.add((self._channel_id, held.request_id, held.drop, *who, *choice, held.asked_at))

    def remove(self, connection: Connection, request_id: str) -> None:
        """It was decided. Its row must have been written."""
        gone = self._by_request.pop(request_id)
        del self._by_person[gone.person_id][request_id]
        held = tables.held_vote
        where = (held.c.channel_id == self._channel_id) & (held.c.request_id == request_id)
        connection.execute(delete(held).where(where))

    def write(self, connection: Connection) -> None:
        self._new.write(connection)

    def _put(self, held: HeldVote) -> None:
        self._by_request[held.request_id] = held
        self._by_person.setdefault(held.person_id, {})[held.request_id] = held
        self._last_asked_at = max(self._last_asked_at, held.asked_at)


def _load(connection: Connection, channel_id: int, polls: Mapping[str, Poll]) -> Iterator[HeldVote]:
    held = tables.held_vote
    query = select(held).where(held.c.channel_id == channel_id).order_by(held.c.asked_at, held.c.request_id)
    for row in connection.execute(query):
        plan = polls[row.poll_key].plan
        ballot = choice_of(row.choice, plan.method, len(plan.options))
        # Nothing but the event itself tells it: without it a moderator would be none after a restart.
        rank = Rank.MODERATOR if row.steers else Rank.VIEWER
        actor = Actor(row.platform, row.user_id, row.name, rank)
        yield HeldVote(
            row.request_id,
            row.poll_key,
            row.person_id,
            actor,
            row.asked_at,
            ballot=ballot,
            with_pass=bool(row.with_pass),
        )
