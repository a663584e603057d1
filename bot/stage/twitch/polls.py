"""The channel's native polls: one at a time, voted on by viewers, told as they begin, go on and end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from bot.stage.record import SECOND
from bot.stage.twitch import poll_payloads
from bot.stage.twitch.agenda import Appointment
from bot.stage.twitch.model import Problem, TwitchUser

if TYPE_CHECKING:
    from bot.stage.twitch.world import TwitchWorld

PROGRESS_SECONDS = 1
ARCHIVE_SECONDS = 60


class PollStatus(StrEnum):
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"
    ARCHIVED = "ARCHIVED"


@dataclass(eq=False, slots=True)
class Choice:
    """One answer; `votes` counts all of them, `points_votes` those among them that were paid for."""

    id: str
    title: str
    votes: int = 0
    points_votes: int = 0


@dataclass(eq=False, slots=True)
class Poll:
    """One poll; instants are microseconds, `points_per_vote` is 0 when no votes are sold for channel points."""

    id: str
    title: str
    choices: tuple[Choice, ...]
    seconds: int
    points_per_vote: int
    started_at: int
    status: PollStatus = PollStatus.ACTIVE
    ended_at: int | None = None
    voters: set[TwitchUser] = field(default_factory=set)

    @property
    def ends_at(self) -> int:
        return self.started_at + self.seconds * SECOND


class Polls:
    """All polls of the channel, newest first in `newest_first`."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self._polls: dict[str, Poll] = {}
        self.progress_seconds: float = PROGRESS_SECONDS
        self.archive_seconds: float = ARCHIVE_SECONDS
        self._telling: Appointment | None = None
        self._ending: Appointment | None = None

    @property
    def running(self) -> Poll | None:
        return next((poll for poll in self._polls.values() if poll.status is PollStatus.ACTIVE), None)

    @property
    def newest_first(self) -> list[Poll]:
        return list(reversed(self._polls.values()))

    def begin(self, title: str, choices: Sequence[str], *, seconds: int, points_per_vote: int = 0) -> Poll:
        """Start a poll; raises Problem 400 while another one runs."""
        if self.running is not None:
            raise Problem(400, "The broadcaster already has a poll that's running.")
        poll = Poll(
            id=str(uuid.uuid4()),
            title=title,
            choices=tuple(Choice(str(uuid.uuid4()), choice) for choice in choices),
            seconds=seconds,
            points_per_vote=points_per_vote,
            started_at=self._world.clock(),
        )
        self._polls[poll.id] = poll
        self._note(poll, "began")
        self._world.notify("channel.poll.begin", poll_payloads.begun(poll, self._world.broadcaster))
        self._ending = self._world.agenda.at(poll.ends_at, lambda: self._over(poll, PollStatus.COMPLETED))
        return poll

    def vote(self, user: TwitchUser, choice: str | int, *, points_votes: int = 0) -> bool:
        """A viewer picks a choice by its title or its number from 1 on; whether that counted.

        The first vote is free and cannot be changed; `points_votes` more are paid for, any number of times.
        """
        poll = self.running
        picked = _picked(poll, choice) if poll is not None else None
        if poll is None or picked is None or (points_votes and not poll.points_per_vote):
            return False
        free = user not in poll.voters
        if not free and not points_votes:
            return False
        poll.voters.add(user)
        picked.votes += free + points_votes
        picked.points_votes += points_votes
        self._world.note("vote", picked.title, user, place="twitch:poll", poll_id=poll.id)
        if self._telling is None:
            # Twitch gathers votes for a moment, however many come.
            instant = self._world.clock() + round(self.progress_seconds * SECOND)
            self._telling = self._world.agenda.at(instant, lambda: self._tell_progress(poll))
        return True

    def end(self, poll_id: str, status: Literal["TERMINATED", "ARCHIVED"]) -> Poll:
        """Cut a poll short; raises Problem 400 unless it runs. An archived one is hidden at once."""
        poll = self._polls.get(poll_id)
        if poll is None or poll.status is not PollStatus.ACTIVE:
            raise Problem(400, "The poll must be active to terminate or archive it.")
        if self._ending is not None:
            self._ending.call_off()
        self._over(poll, PollStatus(status))
        return poll

    def _over(self, poll: Poll, status: PollStatus) -> None:
        if self._telling is not None:
            self._telling.call_off()
            self._telling = None
        poll.status = status
        # The agenda may be asked late; the poll closed on time all the same.
        poll.ended_at = min(self._world.clock(), poll.ends_at)
        self._note(poll, status.lower())
        self._tell_end(poll)
        if status is not PollStatus.ARCHIVED:
            later = self._world.clock() + round(self.archive_seconds * SECOND)
            self._world.agenda.at(later, lambda: self._archive(poll))

    def _archive(self, poll: Poll) -> None:
        """Hide a poll that is over: clients hear of the end a second time, as they do from Twitch."""
        poll.status = PollStatus.ARCHIVED
        self._tell_end(poll)

    def _tell_end(self, poll: Poll) -> None:
        self._world.notify("channel.poll.end", poll_payloads.ended(poll, self._world.broadcaster))

    def _tell_progress(self, poll: Poll) -> None:
        self._telling = None
        self._world.notify("channel.poll.progress", poll_payloads.progressed(poll, self._world.broadcaster))

    def _note(self, poll: Poll, state: str) -> None:
        self._world.note(
            "poll",
            poll.title,
            self._world.broadcaster,
            place="twitch:poll",
            poll_id=poll.id,
            state=state,
            choices={choice.title: choice.votes for choice in poll.choices},
        )


def _picked(poll: Poll, choice: str | int) -> Choice | None:
    if isinstance(choice, int):
        return poll.choices[choice - 1] if 1 <= choice <= len(poll.choices) else None
    return next((each for each in poll.choices if each.title == choice), None)
