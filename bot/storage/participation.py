"""Polls, passes and game nights in the lane: facts folded into what it knows of them, and the rows that change."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import cast

import structlog
from sqlalchemy import Connection, select

from bot.domain.ballots import Ballot
from bot.domain.ledger import Entry, Fact
from bot.domain.nights import Guest, Night, due_in_night, evolve_night, next_due_in_night, night_of_scope
from bot.domain.passes import due_in_pass, pass_of
from bot.domain.poll_box import Box, Vote, cancelling_facts, closing_facts
from bot.domain.polls import Poll, evolve_poll, poll_of_scope
from bot.domain.polls_due import due_in_poll, next_due_in_poll
from bot.domain.stream import Pace, Stream
from bot.domain.time import Micros
from bot.storage import tables
from bot.storage.ballots import Ballots
from bot.storage.entries import UNREADABLE
from bot.storage.held_votes import HeldVotes
from bot.storage.links import Links
from bot.storage.night_rows import SeatedNight, load_nights, save_night
from bot.storage.pass_rows import Passes
from bot.storage.poll_rows import poll_of, poll_values, vote_cast
from bot.storage.rows import Insertion, rewrite, upsert

log = structlog.get_logger(__name__)

_TURNS = frozenset({"poll.closed", "poll.cancelled", "poll.resumed", "poll.went-on"})


class Participation:
    """Of one channel, between batches: like the book that it belongs to, thrown away whenever a batch fails."""

    def __init__(self, connection: Connection, channel_id: int, links: Links) -> None:
        self._channel_id = channel_id
        self._links = links
        rows = connection.execute(select(tables.poll).where(tables.poll.c.channel_id == channel_id)).all()
        polls = sorted((poll_of(row) for row in rows), key=lambda poll: (poll.opened_at, poll.key))
        self.polls = {poll.key: poll for poll in polls}
        # In the order in which they were opened. Few of many are: they alone have something due.
        self._open = {poll.key: None for poll in polls if poll.open}
        self._stored_polls = set(self.polls)
        self._seeds = {row.key: bytes(row.seed) for row in rows}
        self._ballots: dict[str, Ballots] = {}
        self.held_votes = HeldVotes(connection, channel_id, self.polls)
        self.passes = Passes(connection, channel_id)
        self.nights = load_nights(connection, channel_id)
        # Polls whose waiting votes are to be judged again: it is over, or it goes on after a pause.
        self.turned: set[str] = set()
        self._changed_polls: set[str] = set()
        self._changed_nights: set[str] = set()
        self._new_ballots, self._new_passes = Insertion(tables.ballot), Insertion(tables.pass_)

    @property
    def is_running(self) -> bool:
        """Whether somebody may vote now: they count on the time that is left."""
        return any(not self.polls[key].paused for key in self._open)

    def ballots(self, connection: Connection, poll: Poll) -> Ballots:
        """The ballots of a poll; read when they are first asked for."""
        known = self._ballots.get(poll.key)
        if known is None:
            known = self._ballots[poll.key] = Ballots(connection, self._channel_id, poll)
        return known

    @property
    def ballots_at_hand(self) -> list[str]:
        """The polls whose ballots have been read, and are kept until they are over."""
        return list(self._ballots)

    def box(self, connection: Connection, poll: Poll) -> Box:
        """Everything that a count of this poll depends on: of one that is closed, what it did when it was."""
        ballots = self.ballots(connection, poll)
        before = None if poll.open else ballots.closed_by(connection)
        return ballots.box(self._seeds[poll.key], self._links, poll.opened_at, before)

    # -- what is due ----------------------------------------------------------------------------------------

    def due(self, connection: Connection, stream: Stream, pace: Pace, moment: Micros) -> Iterator[tuple[Fact, ...]]:
        """What time and the stream ask for, step by step: each has to be folded before the next is asked for."""
        for key in list(self._open):
            while (fact := due_in_poll(self.polls[key], stream, pace, moment)) is not None:
                ends = fact.kind == "poll.closed"
                yield self._closing(connection, self.polls[key], fact) if ends else (fact,)
        for held in self.passes.ended(moment) if moment >= self.passes.wake_at else ():
            over = due_in_pass(held, moment)
            if over is not None:
                yield (over,)
        for key in [key for key, seated in self.nights.items() if seated.night.on]:
            while (fact := due_in_night(self.nights[key].night, moment)) is not None:
                yield (fact,)

    def _closing(self, connection: Connection, poll: Poll, due: Fact) -> tuple[Fact, ...]:
        """The close of a poll with its result. One whose rows were damaged decides nothing: what is due is asked
        before everything else, so it would hold up every claim as well."""
        try:
            return closing_facts(poll, due, self.box(connection, poll))
        except UNREADABLE as error:
            log.critical("a poll cannot be counted, and is cancelled", poll=poll.key, error=type(error).__name__)
        cancelled = Fact("poll.cancelled", poll.scope, {"why": "unreadable"})
        return cancelling_facts(poll, cancelled, self._with_passes(connection, poll))

    def _with_passes(self, connection: Connection, poll: Poll) -> Iterator[Vote]:
        """The ballots on which a pass was spent, whatever they say."""
        ballot, known = tables.ballot, self._ballots.get(poll.key)
        query = select(ballot).where(ballot.c.channel_id == self._channel_id, ballot.c.poll_key == poll.key)
        rows = connection.execute(query) if known is None else ()
        blank = Ballot(poll.plan.method)
        read = (Vote(row.entry_number, row.person_id, row.voter, blank, 1, row.pass_number) for row in rows)
        votes = read if known is None else known.box(b"", self._links, poll.opened_at).votes
        for vote in votes:
            held = self.passes.get(vote.pass_number)
            if held is not None and poll.scope in held.spent_on:
                yield vote

    def next_due(self, stream: Stream, pace: Pace) -> Iterator[Micros]:
        """When to ask again, as far as the clock decides it."""
        yield self.passes.wake_at
        for key in self._open:
            if (due := next_due_in_poll(self.polls[key], stream, pace)) is not None:
                yield due
        for seated in self.nights.values():
            if seated.night.on and (due := next_due_in_night(seated.night)) is not None:
                yield due

    # -- facts ----------------------------------------------------------------------------------------------

    def fold(self, connection: Connection, fact: Fact, entry: Entry) -> Poll | Night | None:
        """Note a fact; returns the poll or night that it is about, as it is now. Raises ValueError for one that
        cannot be."""
        number = pass_of(fact)
        if number is not None:
            self.passes.fold(number, fact)
        poll, night = poll_of_scope(fact.drop), night_of_scope(fact.drop)
        if poll is not None:
            return self._fold_poll(connection, poll, fact, entry)
        return None if night is None else self._fold_night(night, fact, entry)

    def _fold_poll(self, connection: Connection, key: str, fact: Fact, entry: Entry) -> Poll:
        after = evolve_poll(self.polls.get(key), fact.kind, fact.public, entry.at)
        self.polls[key] = after
        if after.open:
            self._open[key] = None
        else:
            self._open.pop(key, None)
        self._changed_polls.add(key)
        if fact.kind == "poll.seeded":
            self._seeds[key] = bytes.fromhex(str(fact.private["seed"]))
        elif fact.kind == "vote.cast":
            replaced = cast("list[str]", fact.public.get("replaces", ()))
            self.ballots(connection, after).put(vote_cast(after, fact, entry.number), replaced)
        elif fact.kind in _TURNS:
            self.turned.add(key)
        return after

    def _fold_night(self, key: str, fact: Fact, entry: Entry) -> Night:
        before = self.nights.get(key)
        if before is None:
            seated = SeatedNight(evolve_night(None, fact.kind, fact.public, entry.at))
        else:
            seated = before.fold(fact, entry.at)
        self.nights[key] = seated
        self._changed_nights.add(key)
        return seated.night

    # -- being forgotten ------------------------------------------------------------------------------------

    def voted_in(self, connection: Connection, persons: Collection[int]) -> Iterator[Poll]:
        """The open polls in which these persons, or whoever counts as one with them there, have a ballot."""
        for poll in map(self.polls.__getitem__, self._open):
            counted = {other for each in persons for other in self._links.together(each, poll.opened_at)}
            if self.ballots(connection, poll).of(counted):
                yield poll

    def seats_of(self, persons: Collection[int]) -> Iterator[tuple[Night, Guest]]:
        """The places of these persons in nights that are on."""
        for seated in self.nights.values():
            for guest in seated.night.guests if seated.night.on else ():
                seat = seated.seats.get(guest.guest)
                if seat is not None and seat.person_id in persons:
                    yield seated.night, guest

    def forget(self, persons: Collection[int]) -> None:
        """Passes and places of these persons are nobody's. Their ballots stay: they were counted."""
        for person_id in persons:
            self.passes.forget(person_id)
        for key, seated in self.nights.items():
            kept = seated.without(persons)
            if len(kept.seats) < len(seated.seats):
                self.nights[key] = kept
                self._changed_nights.add(key)

    # -- rows -----------------------------------------------------------------------------------------------

    def write(self, connection: Connection) -> None:
        """Write every row that has changed, those before it that others point at."""
        for key in sorted(self._changed_polls):
            values = poll_values(self._channel_id, self.polls[key], self._seeds[key])
            if key in self._stored_polls:
                # With every batch of votes; to put the other statement together costs more than a vote.
                rewrite(connection, tables.poll, values)
            else:
                upsert(connection, tables.poll, values)
                self._stored_polls.add(key)
        self._changed_polls.clear()
        for ballots in self._ballots.values():
            ballots.write(connection, self._new_ballots)
        self.passes.write(connection, self._new_passes)
        self._new_ballots.write(connection)
        self._new_passes.write(connection)
        # Of a poll that is over the rows will do, for whoever counts it again.
        self._ballots = {key: ballots for key, ballots in self._ballots.items() if self.polls[key].open}
        for key in sorted(self._changed_nights):
            save_night(connection, self._channel_id, self.nights[key])
        self._changed_nights.clear()
        self.held_votes.write(connection)
