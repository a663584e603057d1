"""What a member's client lets them do: commands, buttons, menus, forms, polls, reactions, and plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.stage.discord import components, forms, selects
from bot.stage.discord.board import Board
from bot.stage.discord.channels import Channel, DirectChannel, Thread
from bot.stage.discord.commands import CommandBook
from bot.stage.discord.errors import ApiError, StageError
from bot.stage.discord.guild import Guild, Member
from bot.stage.discord.interactions import Desk
from bot.stage.discord.limits import CONTENT_MAX
from bot.stage.discord.model import Interaction, Kind, Message
from bot.stage.discord.permissions import Permission
from bot.stage.discord.reactions import Marks
from bot.stage.discord.threads import Threads
from bot.stage.discord.typed import Typist
from bot.stage.discord.voting import Polls

Json = dict[str, Any]


class Hands:
    """Refuses with StageError what the client would not offer; the bot never hears of such a try."""

    def __init__(
        self,
        guild: Guild,
        board: Board,
        book: CommandBook,
        desk: Desk,
        polls: Polls,
        marks: Marks,
        threads: Threads,
    ) -> None:
        self._guild = guild
        self._board = board
        self._desk = desk
        self._polls = polls
        self._marks = marks
        self._threads = threads
        self.typist = Typist(guild, book)

    def slash(
        self, member: Member, command: str, options: Mapping[str, object], *, channel: Channel
    ) -> Interaction:
        typed = self.typist.whole(member, command, options, channel)
        words = " ".join(f"{key}:{getattr(value, 'name', value)}" for key, value in options.items())
        return self._desk.open(
            "slash",
            member,
            channel,
            typed.spelled,
            typed.data,
            text=f"/{typed.spelled} {words}".rstrip(),
            noted={"options": {key: getattr(value, "id", value) for key, value in options.items()}},
        )

    def complete(
        self, member: Member, command: str, option: str, text: str, others: Mapping[str, object], channel: Channel
    ) -> Interaction:
        typed = self.typist.half(member, command, option, text, others, channel)
        return self._desk.open(
            "autocomplete",
            member,
            channel,
            typed.spelled,
            typed.data,
            text=f"/{typed.spelled} {option}:{text}",
            noted={"option": option},
        )

    def press(self, member: Member, message_id: str, custom_id: str | None, label: str | None) -> Interaction:
        """Press a button by custom_id or label; with neither, the only one there is."""
        message = self._seen_by(member, message_id)
        found = [
            part
            for _, part in components.walk(message.components)
            if part["type"] == components.BUTTON
            and (custom_id is None or part.get("custom_id") == custom_id)
            and (label is None or part.get("label") == label)
        ]
        if len(found) != 1:
            raise StageError(f"{len(found)} buttons fit {custom_id or label!r}; there are {message.buttons}.")
        button = found[0]
        if button.get("disabled"):
            raise StageError(f"The button {button.get('label')!r} is greyed out.")
        if "custom_id" not in button:
            raise StageError(f"The button {button.get('label')!r} is a link.")
        data: Json = {"component_type": components.BUTTON, "custom_id": button["custom_id"], "id": button["id"]}
        return self._touch("press", member, message, data, button.get("label") or button["custom_id"])

    def select(
        self, member: Member, message_id: str, values: Sequence[object], custom_id: str | None
    ) -> Interaction:
        """Choose from a menu: options by value or label; members, roles and channels by themselves or by id."""
        message = self._seen_by(member, message_id)
        found = [
            part
            for _, part in components.walk(message.components)
            if part["type"] in components.SELECTS and custom_id in (None, part["custom_id"])
        ]
        if len(found) != 1:
            raise StageError(f"{len(found)} selects fit {custom_id!r} in message {message_id}.")
        menu = found[0]
        resolved: Json = {}
        if menu.get("disabled"):
            raise StageError(f"The select {menu['custom_id']!r} is greyed out.")
        chosen = selects.chosen(menu, values, self._guild, resolved)
        data: Json = {"component_type": menu["type"], "custom_id": menu["custom_id"], "id": menu["id"]}
        data |= {"values": chosen} | ({"resolved": resolved} if resolved else {})
        shown = ", ".join(str(getattr(value, "name", value)) for value in values)
        return self._touch("select", member, message, data, shown)

    def submit(self, member: Member, opened_by: Interaction, values: Mapping[str, object]) -> Interaction:
        """Fill in and send the modal that answered `opened_by`; fields by label or custom_id."""
        modal = next((answer.modal for answer in opened_by.answers if answer.modal is not None), None)
        if modal is None or opened_by.member is not member:
            raise StageError(f"No modal is open for {member.name}.")
        return self._desk.open(
            "submit",
            member,
            opened_by.channel,
            modal["custom_id"],
            forms.filled(modal, values, self._guild),
            text=modal["title"],
            message=opened_by.message,
            opened_by=opened_by,
            noted={"values": {key: getattr(value, "id", value) for key, value in values.items()}},
        )

    def say(self, member: Member, channel: Channel, text: str, reply_to: str | None) -> Message:
        """Write a message; a thread it is written in comes out of the archive."""
        self._require(member, channel, Permission.SEND_MESSAGES)
        if not 1 <= len(text.strip()) <= CONTENT_MAX:
            raise StageError(f"A message takes 1 to {CONTENT_MAX} characters, not {len(text)}.")
        if isinstance(channel, Thread):
            try:
                self._threads.before_message(member, channel)
            except ApiError as problem:
                raise StageError(f"{member.name} cannot write in {channel.name}: {problem.message}.") from None
        body: Json = {"content": text}
        if reply_to is not None:
            body["message_reference"] = {"message_id": self._seen_by(member, reply_to).id}
        return self._board.post(member, channel, body, kind="said")

    def vote(self, member: Member, message_id: str, answers: Sequence[int | str]) -> None:
        self._polls.vote(member, self._seen_by(member, message_id), answers)

    def react(self, member: Member, message_id: str, emoji: str, *, given: bool) -> None:
        message = self._seen_by(member, message_id)
        if given and emoji not in message.reactions:
            self._require(member, message.channel, Permission.ADD_REACTIONS)
        try:
            (self._marks.react if given else self._marks.take_back)(member, message, emoji)
        except ApiError as problem:
            raise StageError(f"{member.name} cannot do that: {problem.message}.") from None

    def _touch(self, kind: Kind, member: Member, message: Message, data: Json, text: str) -> Interaction:
        return self._desk.open(
            kind,
            member,
            message.channel,
            data["custom_id"],
            data,
            text=text,
            message=message,
            noted={"message_id": message.id},
        )

    def _require(self, member: Member, channel: Channel, needed: Permission) -> None:
        if member.id not in self._guild.members:
            raise StageError(f"{member.name} has left the server.")
        if not self._guild.permissions_of(member, channel) & Permission.VIEW_CHANNEL:
            raise StageError(f"{member.name} cannot see #{channel.name}.")
        if not self._guild.permissions_of(member, channel) & needed:
            raise StageError(f"{member.name} may not do that in #{channel.name}: it needs {needed.name}.")

    def _seen_by(self, member: Member, message_id: str) -> Message:
        message = self._board.find(message_id) if member.id in self._guild.members else None
        if message is None or message.visible_to not in (None, member.id):
            raise StageError(f"{member.name} sees no message {message_id}.")
        visible = self._guild.permissions_of(member, message.channel) & Permission.VIEW_CHANNEL
        if not visible and not message.is_ephemeral and not isinstance(message.channel, DirectChannel):
            raise StageError(f"{member.name} cannot see #{message.channel.name}.")
        return message
