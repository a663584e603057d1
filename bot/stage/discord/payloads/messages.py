"""Messages, with their polls and reactions, as JSON."""

from __future__ import annotations

from typing import Any

from bot.stage.discord import model
from bot.stage.discord.channels import DirectChannel
from bot.stage.discord.files import Attachment
from bot.stage.discord.guild import Member
from bot.stage.discord.payloads.people import member_without_user, user
from bot.stage.discord.payloads.server import channel
from bot.stage.discord.polls import Poll
from bot.stage.discord.snowflakes import iso

Json = dict[str, Any]

INTERACTION_TYPES: dict[model.Kind, int] = {"slash": 2, "press": 3, "select": 3, "autocomplete": 4, "submit": 5}
# What a reader without the message content intent is not shown.
_CONTENT: Json = {"content": "", "embeds": [], "attachments": [], "components": []}


def message(message: model.Message, reader: Member | None = None) -> Json:
    """A message as the bot reads it; `reader` is whose own votes and reactions are marked, the author if None."""
    reader = message.author if reader is None else reader
    body: Json = {
        "id": message.id,
        "type": message.type,
        "channel_id": message.channel.id,
        "author": user(message.author),
        "content": message.content,
        "timestamp": iso(message.created_at),
        "edited_timestamp": None if message.edited_at is None else iso(message.edited_at),
        "tts": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [user(each) for each in message.mentions],
        "mention_roles": message.mention_roles,
        "attachments": [_attachment(each) for each in message.attachments],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": message.pinned_at is not None,
        "flags": message.flags | (model.HAS_THREAD if message.thread is not None else 0),
    }
    if message.nonce is not None:
        body["nonce"] = message.nonce
    if message.reference_id is not None:
        body["message_reference"] = _reference(message)
    if message.interaction is not None:
        body |= {
            "webhook_id": message.interaction.application_id,
            "application_id": message.interaction.application_id,
            "interaction_metadata": interaction_metadata(message.interaction),
        }
    if message.reactions:
        body["reactions"] = [_reaction(emoji, who, reader) for emoji, who in message.reactions.items()]
    if message.poll is not None:
        body["poll"] = poll(message.poll, reader)
    if message.thread is not None:
        body["thread"] = channel(message.thread, message.author.guild)
    return body


def _attachment(file: Attachment) -> Json:
    body: Json = {
        "id": file.id,
        "filename": file.filename,
        "content_type": file.content_type,
        "size": len(file.data),
        "url": file.url,
        "proxy_url": file.url,
    }
    return body | ({"description": file.description} if file.description else {})


def _reference(message: model.Message) -> Json:
    body: Json = {"type": 0, "message_id": message.reference_id, "channel_id": message.channel.id}
    if not isinstance(message.channel, DirectChannel):
        body["guild_id"] = message.author.guild.id
    return body


def _reaction(emoji: str, who: list[str], reader: Member) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(who),
        "count_details": {"burst": 0, "normal": len(who)},
        "burst_colors": [],
        "me_burst": False,
        "me": reader.id in who,
    }


def poll(poll: Poll, reader: Member) -> Json:
    """Counts are exact here; the platform's own are approximate until the poll is finalised."""
    return {
        "question": poll.question,
        "answers": [{"answer_id": key, "poll_media": media} for key, media in poll.answers.items()],
        "expiry": iso(poll.expires_at),
        "allow_multiselect": poll.allow_multiselect,
        "layout_type": 1,
        "results": {
            "is_finalized": poll.is_finalized,
            "answer_counts": [
                {"id": key, "count": len(voters), "me_voted": reader.id in voters}
                for key, voters in poll.votes.items()
                if voters
            ],
        },
    }


def without_content(body: Json) -> Json:
    """What a session without the message content intent is told of somebody else's message."""
    return {key: value for key, value in body.items() if key != "poll"} | _CONTENT


def interaction_metadata(interaction: model.Interaction) -> Json:
    body: Json = {
        "id": interaction.id,
        "type": INTERACTION_TYPES[interaction.kind],
        "user": user(interaction.member),
        "authorizing_integration_owners": {"0": interaction.member.guild.id},
    }
    if interaction.kind in ("press", "select") and interaction.message is not None:
        body["interacted_message_id"] = interaction.message.id
    if interaction.opened_by is not None:
        body["triggering_interaction_metadata"] = interaction_metadata(interaction.opened_by)
    return body


def dispatched_message(body: Json, message: model.Message) -> Json:
    """The gateway tells a message together with its server and its author's membership."""
    if isinstance(message.channel, DirectChannel):
        return body
    author = message.author
    return body | {"guild_id": author.guild.id, "member": member_without_user(author)}


def where(message: model.Message) -> Json:
    """The ids by which events about a message name its place."""
    body: Json = {"channel_id": message.channel.id}
    if not isinstance(message.channel, DirectChannel):
        body["guild_id"] = message.author.guild.id
    return body


def message_deleted(message: model.Message) -> Json:
    return {"id": message.id} | where(message)
