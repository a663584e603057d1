"""All messages of the server: posted, edited, deleted, remembered by nonce, and told to the gateway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.stage.discord import components, errors, files, limits, mentions, payloads
from bot.stage.discord.channels import Channel, DirectChannel, Thread
from bot.stage.discord.files import Attachment
from bot.stage.discord.guild import Member
from bot.stage.discord.model import (
    COMMAND_ANSWER,
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    REPLY,
    Interaction,
    Message,
)
from bot.stage.discord.notes import Notes
from bot.stage.discord.polls import Poll
from bot.stage.discord.sessions import DIRECT_MESSAGES, GUILD_MESSAGES, Sessions
from bot.stage.discord.snowflakes import Snowflakes
from bot.stage.record import SECOND

Json = dict[str, Any]

_NONCE_KEPT = 5 * 60 * SECOND
_SUPPRESS_EMBEDS, _SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
_SETTABLE = _SUPPRESS_EMBEDS | _SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


class Board:
    """Keeps messages in the order they came; what people see of it goes to the record.

    `on_poll` hears of every new message with a poll, `on_file` of every file of a message; `files_url` is where
    these are read.
    """

    def __init__(self, notes: Notes, clock: Callable[[], int], ids: Snowflakes, sessions: Sessions) -> None:
        self._notes = notes
        self._clock = clock
        self._ids = ids
        self._sessions = sessions
        self._messages: dict[str, Message] = {}
        self._nonces: dict[tuple[str, str], str] = {}
        self.on_poll: Callable[[Message], None] | None = None
        self.on_file: Callable[[Attachment], None] | None = None
        self.files_url = "https://cdn.discordapp.com"

    def find(self, message_id: str) -> Message | None:
        return self._messages.get(message_id)

    def get(self, channel: Channel, message_id: str) -> Message:
        """A message everybody may read; ephemeral ones do not exist outside their interaction."""
        message = self._messages.get(message_id)
        if message is None or message.channel is not channel or message.is_ephemeral:
            raise errors.unknown_message()
        return message

    def visible(self, channel: Channel) -> list[Message]:
        return [
            message
            for message in self._messages.values()
            if message.channel is channel and not message.is_ephemeral and not message.flags & LOADING
        ]

    def said_before(self, author: Member, body: Json) -> Message | None:
        """The message this author posted a few minutes ago under the same enforced nonce."""
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return None
        first = self._messages.get(self._nonces.get((author.id, str(body["nonce"])), ""))
        return first if first is not None and self._clock() - first.created_at <= _NONCE_KEPT else None

    def post(self, author: Member, channel: Channel, body: Json, *, kind: str = "message") -> Message:
        """A plain channel message: checked, stored, told and recorded as `kind`."""
        message = self.add(author, channel, body)
        reference = (body.get("message_reference") or {}).get("message_id")
        if reference is not None:
            message.reference_id, message.type = str(reference), REPLY
        if message.nonce is not None:
            self._nonces[author.id, str(message.nonce)] = message.id
        self.note(message, kind, nonce=message.nonce)
        self._note_pings(message)
        self.tell("MESSAGE_CREATE", message)
        if message.poll is not None and self.on_poll is not None:
            self.on_poll(message)
        return message

    def notice(
        self, author: Member, channel: Channel, kind: int, *, about: str | None = None, **parts: Any
    ) -> Message:
        """A message the platform itself writes, of one of its own types; `about` is the message it refers to."""
        message = Message(self._ids.next(), channel, author, self._clock(), type=kind, reference_id=about, **parts)
        message.visible_to = channel.seen_only_by
        self._keep(message)
        self.tell("MESSAGE_CREATE", message)
        return message

    def answer(self, author: Member, act: Interaction, body: Json) -> Message:
        """A message in reply to an interaction; the desk records it, as only the desk knows the act."""
        message = self.add(author, act.channel, body, act)
        self._note_pings(message)
        self.tell("MESSAGE_CREATE", message)
        if message.poll is not None and self.on_poll is not None:
            self.on_poll(message)
        return message

    def add(self, author: Member, channel: Channel, body: Json, act: Interaction | None = None) -> Message:
        limits.check_message(body)
        mentions.check(body.get("allowed_mentions"))
        flags = int(body.get("flags") or 0)
        ephemeral = bool(flags & EPHEMERAL) and act is not None
        message = self._new(
            author, channel, act, flags=flags & _SETTABLE, ephemeral=ephemeral, nonce=body.get("nonce")
        )
        if body.get("poll"):
            message.poll = Poll.from_body(body["poll"], message.created_at)
        self._write(message, body)
        self._keep(message)
        return message

    def _new(
        self,
        author: Member,
        channel: Channel,
        act: Interaction | None,
        *,
        flags: int,
        ephemeral: bool,
        nonce: str | int | None = None,
    ) -> Message:
        return Message(
            self._ids.next(),
            channel,
            author,
            self._clock(),
            flags=flags | (EPHEMERAL if ephemeral else 0),
            nonce=nonce,
            type=COMMAND_ANSWER if act is not None and act.kind == "slash" else 0,
            interaction=act,
            visible_to=act.member.id if act is not None and ephemeral else channel.seen_only_by,
        )

    def add_thinking(self, author: Member, act: Interaction, *, ephemeral: bool) -> Message:
        """The "is thinking..." line of a deferred answer."""
        message = self._new(author, act.channel, act, flags=LOADING, ephemeral=ephemeral)
        self._keep(message)
        self.tell("MESSAGE_CREATE", message)
        return message

    def fill(self, message: Message, body: Json) -> None:
        """Turn a thinking line into its answer."""
        limits.check_message(body)
        mentions.check(body.get("allowed_mentions"))
        message.flags = message.flags & ~LOADING | int(body.get("flags") or 0) & _SETTABLE
        self._write(message, body)
        message.edited_at = self._clock()
        self._note_pings(message)
        self.tell("MESSAGE_UPDATE", message)

    def edit(self, message: Message, body: Json, **data: Any) -> None:
        """Change what the body names and leave the rest; pings nobody. `data` joins the record's line."""
        if message.poll is not None:
            raise errors.poll_cannot_be_edited()
        merged: Json = {
            "content": message.content,
            "embeds": message.embeds,
            "components": message.components,
            "flags": message.flags,
        }
        merged |= {key: body[key] for key in ("content", "embeds", "components", "uploads") if key in body}
        merged["kept"] = files.kept(message.attachments, body)
        if "flags" in body:
            merged["flags"] = message.flags & ~_SUPPRESS_EMBEDS | int(body["flags"] or 0) & _SETTABLE
        limits.check_message(merged)
        mentions.check(body.get("allowed_mentions"))
        message.flags = merged["flags"]
        message.attachments = merged["kept"]
        more = {key: body.get(key) for key in ("allowed_mentions", "attachments")}
        self._write(message, merged | more)
        message.edited_at = self._clock()
        message.edited += 1
        self.note(message, "edit", **data)
        self.tell("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        self._messages.pop(message.id, None)
        if isinstance(message.channel, Thread):
            message.channel.message_count -= 1
        self.note(message, "delete")
        if not message.is_ephemeral:
            gone = payloads.message_deleted(message)
            self._sessions.dispatch("MESSAGE_DELETE", gone, intent=_intent(message))

    def note(self, message: Message, kind: str, *, at: int | None = None, **data: Any) -> None:
        """Write what a reader sees of this message now into the record."""
        self._notes.add(
            kind,
            message.text,
            message.author,
            place=message.channel.place,
            visible_to=message.visible_to,
            at=at,
            data={"message_id": message.id, **message.drawn, **data},
        )

    def tell(self, event: str, message: Message) -> None:
        """Tell the gateway; the words of others are for those who have the intent to read them."""
        if message.is_ephemeral:
            return
        told = payloads.dispatched_message(payloads.message(message), message)
        self._sessions.dispatch(
            event,
            told,
            intent=_intent(message),
            veiled=payloads.without_content(told) if is_veiled(message) else None,
        )

    def _keep(self, message: Message) -> None:
        self._messages[message.id] = message
        if message.is_ephemeral:
            return
        message.channel.last_message_id = message.id
        if isinstance(message.channel, Thread):
            message.channel.message_count += 1
            message.channel.total_message_sent += 1

    def _write(self, message: Message, body: Json) -> None:
        message.content = (body.get("content") or "").strip()
        message.attachments += [self._stored_file(message, body, each) for each in body.get("uploads") or ()]
        embeds = files.resolved(body.get("embeds") or [], message.attachments)
        message.embeds = [_stored_embed(each) for each in embeds]
        message.components = components.stored(files.resolved(body.get("components") or [], message.attachments))
        spoken = "\n".join([message.content, *components.texts(message.components)])
        found = mentions.read(spoken, body.get("allowed_mentions"), message.author, message.channel)
        message.mentions, message.mention_roles = found.members, found.roles
        message.mention_everyone = found.everyone

    def _stored_file(self, message: Message, body: Json, upload: files.Upload) -> Attachment:
        key = self._ids.next()
        url = f"{self.files_url}/attachments/{message.channel.id}/{key}/{upload.filename}"
        described = files.described(body, upload)
        attachment = Attachment(key, upload.filename, upload.content_type, upload.data, url, described)
        if self.on_file is not None:
            self.on_file(attachment)
        return attachment

    def file(self, attachment_id: str) -> Attachment | None:
        """A file of a message that is still there."""
        found = (each for message in self._messages.values() for each in message.attachments)
        return next((each for each in found if each.id == attachment_id), None)

    def _note_pings(self, message: Message) -> None:
        if not (message.mentions or message.mention_roles or message.mention_everyone) or message.visible_to:
            return
        roles = message.author.guild.roles
        names = [f"@{roles[each].name}" for each in message.mention_roles]
        names += [f"@{member.display_name}" for member in message.mentions]
        if message.mention_everyone:
            names.append("@everyone")
        data = {
            "message_id": message.id,
            "roles": list(message.mention_roles),
            "users": [member.id for member in message.mentions],
            "everyone": message.mention_everyone,
        }
        self._notes.add("ping", " ".join(names), message.author, place=message.channel.place, data=data)


def is_veiled(message: Message) -> bool:
    """Whether a bot without the message content intent is kept from reading this message."""
    mentioned = any(member.is_bot for member in message.mentions)
    return not (message.author.is_bot or mentioned or isinstance(message.channel, DirectChannel))


def _intent(message: Message) -> int:
    return DIRECT_MESSAGES if isinstance(message.channel, DirectChannel) else GUILD_MESSAGES


def _stored_embed(embed: Json) -> Json:
    stored = {key: value for key, value in embed.items() if value is not None} | {"type": "rich"}
    if "fields" in stored:
        stored["fields"] = [{"inline": False, **each} for each in stored["fields"]]
    return stored
