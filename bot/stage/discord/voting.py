"""Votes in native polls, and their end: by the clock or by order of the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from bot.stage.discord import errors, payloads
from bot.stage.discord.board import Board
from bot.stage.discord.channels import DirectChannel
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Member
from bot.stage.discord.model import POLL_RESULT, Message
from bot.stage.discord.notes import Notes
from bot.stage.discord.polls import Poll
from bot.stage.discord.sessions import DIRECT_POLLS, GUILD_POLLS, Sessions
from bot.stage.record import SECOND


class Polls:
    """Counts votes and ends polls when their time is up; a timer needs a running event loop."""

    def __init__(self, notes: Notes, clock: Callable[[], int], board: Board, sessions: Sessions) -> None:
        self._notes = notes
        self._clock = clock
        self._board = board
        self._sessions = sessions
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def watch(self, message: Message) -> None:
        """End the message's poll when its time is up."""
        poll = poll_of(message)
        seconds = max(poll.expires_at - self._clock(), 0) / SECOND
        self._timers[message.id] = asyncio.get_running_loop().call_later(seconds, self._end_in_time, message)

    def vote(self, member: Member, message: Message, answers: Sequence[int | str]) -> None:
        """Make `answers`, by number or text, the member's whole vote; none takes it back.

        Raises StageError for what the client would not offer.
        """
        poll = poll_of(message)
        if poll.is_finalized:
            raise StageError("The poll has ended.")
        chosen = [poll.number_of(each) for each in answers]
        if None in chosen:
            raise StageError(f"The poll has no answer {answers!r}; there are {poll.text!r}.")
        if len(chosen) > 1 and not poll.allow_multiselect:
            raise StageError("The poll takes one answer.")
        added, removed = poll.vote(member.id, [each for each in chosen if each is not None])
        for number in removed:
            self._tell("MESSAGE_POLL_VOTE_REMOVE", member, message, number)
        for number in added:
            self._tell("MESSAGE_POLL_VOTE_ADD", member, message, number)

    def end(self, message: Message) -> None:
        """Close the poll now, count it for good, and post how it went. Raises 520006 and 520001."""
        if message.poll is None:
            raise errors.no_poll_to_expire()
        if message.poll.is_finalized:
            raise errors.poll_expired()
        if (timer := self._timers.pop(message.id, None)) is not None:
            timer.cancel()
        message.poll.is_finalized = True
        message.poll.expires_at = min(message.poll.expires_at, self._clock())
        self._board.tell("MESSAGE_UPDATE", message)
        embed = message.poll.results_embed()
        self._board.notice(message.author, message.channel, POLL_RESULT, about=message.id, embeds=[embed])
        counts = {number: len(voters) for number, voters in message.poll.votes.items()}
        self._note(message, "poll-ended", message.poll.question["text"], message.author, {"votes": counts})

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _end_in_time(self, message: Message) -> None:
        if self._board.find(message.id) is not None and not poll_of(message).is_finalized:
            self.end(message)

    def _tell(self, event: str, member: Member, message: Message, number: int) -> None:
        given = event == "MESSAGE_POLL_VOTE_ADD"
        text = poll_of(message).answers[number].get("text", "")
        self._note(message, "vote", f"{'+' if given else '-'}{text}", member, {"answer": number, "given": given})
        told = {"user_id": member.id, "message_id": message.id, "answer_id": number} | payloads.where(message)
        direct = isinstance(message.channel, DirectChannel)
        self._sessions.dispatch(event, told, intent=DIRECT_POLLS if direct else GUILD_POLLS)

    def _note(self, message: Message, kind: str, text: str, who: Member, data: dict[str, object]) -> None:
        data = {"message_id": message.id, **data}
        place = message.channel.place
        self._notes.add(kind, text, who, place=place, visible_to=message.visible_to, data=data)


def poll_of(message: Message) -> Poll:
    if message.poll is None:
        raise StageError(f"There is no poll in message {message.id}.")
    return message.poll
