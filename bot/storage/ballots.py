"""The ballots of one poll, as the lane knows them between batches."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, select

from bot.domain.poll_box import Box, Vote
from bot.domain.polls import Poll, poll_scope
from bot.storage import tables
from bot.storage.links import Links
from bot.storage.poll_rows import ballot_values, vote_of
from bot.storage.rows import Insertion, rewrite


class Ballots:
    """Those that stand, one for each person. Read when they are first asked for; rows are written once a batch."""

    def __init__(self, connection: Connection, channel_id: int, poll: Poll) -> None:
        ballot = tables.ballot
        query = select(ballot).where(ballot.c.channel_id == channel_id, ballot.c.poll_key == poll.key)
        votes = (vote_of(row, poll) for row in connection.execute(query))
        self._channel_id, self._poll = channel_id, poll.key
        self._by_person = {vote.person_id: vote for vote in votes}
        self._persons = {vote.voter: person for person, vote in self._by_person.items()}
        self._stored = set(self._by_person)
        # Persons whose row is to be written or taken away.
        self._changed: set[int] = set()

    def of(self, persons: Collection[int]) -> tuple[Vote, ...]:
        """The ballots of those who count as one."""
        return tuple(vote for person in persons if (vote := self._by_person.get(person)) is not None)

    def put(self, vote: Vote, replaced: Collection[str]) -> None:
        """Put a ballot in, and take those out that it replaces, by their voters' pseudonyms."""
        gone = [self._persons.pop(voter) for voter in replaced]
        for person in gone:
            del self._by_person[person]
        self._by_person[vote.person_id] = vote
        self._persons[vote.voter] = vote.person_id
        self._changed.update((*gone, vote.person_id))

    def box(self, seed: bytes, links: Links, since: int, before: int | None = None) -> Box:
        """All of them, for a count: whoever was one person at any time since that instant, and before that entry,
        has one ballot."""
        groups = ((person, links.together(person, since, before)) for person in self._by_person)
        one = {person: min(together) for person, together in groups if len(together) > 1}
        return Box(tuple(sorted(self._by_person.values())), seed, one)

    def closed_by(self, connection: Connection) -> int | None:
        """The entry that closed the poll; None for one that is not closed, or in which nobody has voted."""
        if not self._by_person:
            return None
        entry, last = tables.entry.c, max(vote.entry for vote in self._by_person.values())
        # Hardly ever far behind the last ballot, and entries are found by their number alone.
        closing = select(entry.number).where(
            entry.channel_id == self._channel_id,
            entry.number > last,
            entry.kind == "poll.closed",
            entry.drop_key == poll_scope(self._poll),
        )
        return connection.scalar(closing.order_by(entry.number).limit(1))

    def write(self, connection: Connection, waiting: Insertion) -> None:
        """Write what has changed; a person's first ballot is left with `waiting`."""
        ballot = tables.ballot.c
        for person in sorted(self._changed):
            vote = self._by_person.get(person)
            if vote is None:
                if person in self._stored:
                    where = (ballot.channel_id == self._channel_id) & (ballot.poll_key == self._poll)
                    connection.execute(delete(tables.ballot).where(where, ballot.person_id == person))
                    self._stored.discard(person)
                continue
            values = ballot_values(self._channel_id, self._poll, vote)
            if person in self._stored:
                rewrite(connection, tables.ballot, values)
            else:
                waiting.add(tuple(values.values()))
                self._stored.add(person)
        self._changed.clear()
