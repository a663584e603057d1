"""The life of an interaction: told to the bot, answered within three seconds, followed up for fifteen minutes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from bot.stage.discord import errors, forms, limits, payloads
from bot.stage.discord.board import Board
from bot.stage.discord.channels import Channel
from bot.stage.discord.errors import FormErrors
from bot.stage.discord.faults import Faults
from bot.stage.discord.guild import Member
from bot.stage.discord.model import EPHEMERAL, LOADING, Answer, Interaction, Kind, Message
from bot.stage.discord.notes import Notes
from bot.stage.discord.sessions import Sessions
from bot.stage.discord.snowflakes import Snowflakes
from bot.stage.record import SECOND

Json = dict[str, Any]

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, AUTOCOMPLETE, MODAL = 4, 5, 6, 7, 8, 9
TOKEN_VALID_SECONDS = 15 * 60


class Desk:
    """Every interaction passes here.

    `deadline_seconds` is how long the platform waits for the first answer, `token_seconds` for all others.
    """

    def __init__(
        self,
        notes: Notes,
        clock: Callable[[], int],
        ids: Snowflakes,
        sessions: Sessions,
        board: Board,
        faults: Faults,
    ) -> None:
        self._notes = notes
        self._clock = clock
        self._ids = ids
        self._sessions = sessions
        self._board = board
        self._faults = faults
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self.deadline_seconds = 3.0
        self.token_seconds = float(TOKEN_VALID_SECONDS)
        self.application_id = ""
        self.bot: Member | None = None

    def open(
        self,
        kind: Kind,
        member: Member,
        channel: Channel,
        label: str,
        data: Json,
        *,
        text: str,
        message: Message | None = None,
        opened_by: Interaction | None = None,
        noted: Json | None = None,
    ) -> Interaction:
        """A member did something: note it, tell the bot, start the clock. Needs a running event loop.

        Raises StageError for who has left the server.
        """
        if member.id not in member.guild.members:
            raise errors.StageError(f"{member.name} has left the server.")
        act = Interaction(
            self._ids.next(),
            secrets.token_urlsafe(48),
            kind,
            member,
            channel,
            self._clock(),
            label,
            data,
            self.application_id,
            message,
            opened_by=opened_by,
        )
        self._by_id[act.id] = self._by_token[act.token] = act
        act_data = {"interaction_id": act.id, **act.name_of_act, **(noted or {})}
        self._note(act, "press" if kind == "select" else kind, text, author=member, data=act_data)
        self._start_timer(act, self.deadline_seconds)
        told = payloads.interaction(act, self._the_bot)
        for _ in range(self._faults.take_duplicates()):
            self._sessions.dispatch("INTERACTION_CREATE", told)
        return act

    def callback(self, interaction_id: str, token: str, body: Json) -> Interaction:
        """The bot's first answer. Raises 10062 after the deadline, 40060 for a second one."""
        act = self._by_id.get(interaction_id)
        if act is None or act.token != token or act.state == "failed":
            raise errors.unknown_interaction()
        if act.response_type is not None:
            raise errors.already_acknowledged()
        if self._clock() - act.created_at > self.deadline_seconds * SECOND:
            raise errors.unknown_interaction()
        response_type, data = body.get("type"), body.get("data") or {}
        self._check_type(act, response_type)
        if response_type == MESSAGE:
            act.original = self._board.answer(self._the_bot, act, data)
            self._answered(act, act.original)
        elif response_type == DEFER:
            act.original = self._board.add_thinking(
                self._the_bot, act, ephemeral=bool(int(data.get("flags") or 0) & EPHEMERAL)
            )
            act.state = "deferred"
            self._note_answer(act, "deferred", "", act.original)
        elif response_type == DEFER_UPDATE:
            act.original = act.message
            act.state = "deferred"
            self._note_answer(act, "deferred", "", act.original)
        elif response_type == UPDATE and act.message is not None:
            self._update(act, act.message, data)
            act.original = act.message
        elif response_type == AUTOCOMPLETE:
            self._offer(act, data)
        elif response_type == MODAL:
            limits.check_modal(data)
            act.add_answer(Answer(data["title"], True, data["components"], [], modal=data))
            self._note_answer(act, "modal", data["title"], None, {"fields": forms.described(data)})
        act.response_type = response_type
        self._stop_timer(act)
        if response_type == DEFER:
            self._start_timer(act, self.token_seconds)
        return act

    def find(self, interaction_id: str) -> Interaction | None:
        return self._by_id.get(interaction_id)

    def by_token(self, application_id: str, token: str) -> Interaction:
        """The interaction behind a follow-up. Raises 10015 before the first answer, 50027 after 15 minutes."""
        act = self._by_token.get(token)
        if act is None or application_id != self.application_id or act.response_type is None:
            raise errors.unknown_webhook()
        if self._clock() - act.created_at > self.token_seconds * SECOND:
            raise errors.webhook_token_expired()
        return act

    def follow_up(self, act: Interaction, body: Json) -> Message:
        # The platform lets the first follow-up take the place of "is thinking...".
        if act.original is not None and act.original.flags & LOADING:
            return self.edit(act, act.original, body)
        message = self._board.answer(self._the_bot, act, body)
        self._answered(act, message)
        return message

    def message_of(self, act: Interaction, message_id: str) -> Message:
        """The original answer or a follow-up of this very interaction; raises 10008."""
        if message_id == "@original":
            message = act.original
        else:
            message = self._board.find(message_id)
            if message is not None and message.interaction is not act:
                message = None
        if message is None or self._board.find(message.id) is None:
            raise errors.unknown_message()
        return message

    def edit(self, act: Interaction, message: Message, body: Json) -> Message:
        if message.flags & LOADING:
            self._board.fill(message, body)
            self._stop_timer(act)
            self._answered(act, message)
        elif message is act.message:
            self._update(act, message, body)
        else:
            self._board.edit(message, body, interaction_id=act.id)
            act.add_answer(_answer(message))
        return message

    def delete(self, act: Interaction, message: Message) -> None:
        """Who takes back "is thinking..." has nothing left to be late with."""
        if message.flags & LOADING:
            self._stop_timer(act)
        self._board.delete(message)

    def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    @property
    def _the_bot(self) -> Member:
        assert self.bot is not None, "seed() comes before the first interaction"
        return self.bot

    def _check_type(self, act: Interaction, response_type: object) -> None:
        from_message = act.message is not None and act.kind != "slash"
        allowed = {MESSAGE, DEFER}
        allowed |= {DEFER_UPDATE, UPDATE} if from_message else set()
        allowed |= {MODAL} if act.kind != "submit" else set()
        if act.kind == "autocomplete":
            allowed = {AUTOCOMPLETE}
        if response_type not in allowed:
            wrong = FormErrors()
            choices = ", ".join(str(each) for each in sorted(allowed))
            wrong.add(("type",), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({choices}).')
            wrong.raise_if_any()

    def _offer(self, act: Interaction, data: Json) -> None:
        choices = data.get("choices") or []
        limits.check_choices(choices)
        offered = {each["name"]: each["value"] for each in choices}
        act.add_answer(Answer("\n".join(offered), True, [], [], choices=offered))
        self._note_answer(act, "choices", " | ".join(offered), None)

    def _update(self, act: Interaction, message: Message, body: Json) -> None:
        latency = self._clock() - act.created_at
        self._board.edit(message, body, interaction_id=act.id, latency_us=latency, **act.name_of_act)
        act.add_answer(_answer(message))

    def _answered(self, act: Interaction, message: Message) -> None:
        act.add_answer(_answer(message))
        self._note_answer(act, "answer", message.text, message)

    def _note_answer(
        self, act: Interaction, kind: str, text: str, message: Message | None, more: Json | None = None
    ) -> None:
        data: Json = {"interaction_id": act.id, **act.name_of_act, "latency_us": self._clock() - act.created_at}
        data |= more or {}
        everybody = message is not None and message.visible_to is None
        if message is not None:
            data |= {"message_id": message.id, **message.drawn}
        self._note(act, kind, text, self._the_bot, None if everybody else act.member.id, data)

    def _start_timer(self, act: Interaction, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._timers[act.id] = loop.call_later(seconds, self._fail, act)

    def _stop_timer(self, act: Interaction) -> None:
        if (timer := self._timers.pop(act.id, None)) is not None:
            timer.cancel()

    def _fail(self, act: Interaction) -> None:
        self._timers.pop(act.id, None)
        act.fail()
        data = {"interaction_id": act.id, **act.name_of_act}
        # A list that does not come leaves the person free to type on: nothing of theirs has failed.
        completing = act.kind == "autocomplete"
        kind, text = (
            ("choices-failed", "Loading options failed")
            if completing
            else ("interaction-failed", "This interaction failed")
        )
        self._note(act, kind, text, act.member, act.member.id, data)

    def _note(
        self,
        act: Interaction,
        kind: str,
        text: str,
        author: Member,
        seen_by: str | None = None,
        data: Json | None = None,
    ) -> None:
        self._notes.add(kind, text, author, place=act.channel.place, visible_to=seen_by, data=data)


def _answer(message: Message) -> Answer:
    ephemeral = message.visible_to is not None
    return Answer(message.text, ephemeral, message.components, message.embeds, message.id)
