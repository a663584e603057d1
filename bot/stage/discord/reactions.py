"""Reactions and pins: small marks on messages, with the platform's limits."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from bot.stage.discord import errors, payloads
from bot.stage.discord.board import Board
from bot.stage.discord.channels import Channel, DirectChannel
from bot.stage.discord.guild import Member
from bot.stage.discord.model import PINNED_NOTICE, Message
from bot.stage.discord.notes import Notes
from bot.stage.discord.sessions import DIRECT_REACTIONS, GUILD_REACTIONS, GUILDS, Sessions
from bot.stage.discord.snowflakes import iso

EMOJIS_MAX, PINS_MAX = 20, 250


class Marks:
    """What members and the bot add to a message without writing."""

    def __init__(self, notes: Notes, clock: Callable[[], int], board: Board, sessions: Sessions) -> None:
        self._notes = notes
        self._clock = clock
        self._board = board
        self._sessions = sessions

    def react(self, member: Member, message: Message, emoji: str) -> None:
        """Raises 10014 for what is no emoji, 30010 for the 21st one on a message."""
        if not is_emoji(emoji):
            raise errors.unknown_emoji()
        if emoji not in message.reactions and len(message.reactions) >= EMOJIS_MAX:
            raise errors.too_many_things(30010, "reactions", EMOJIS_MAX)
        who = message.reactions.setdefault(emoji, [])
        if member.id not in who:
            who.append(member.id)
            self._tell("MESSAGE_REACTION_ADD", member, message, emoji, given=True)

    def take_back(self, member: Member, message: Message, emoji: str) -> None:
        """Raises 10014 for a reaction nobody gave."""
        who = message.reactions.get(emoji)
        if who is None or member.id not in who:
            raise errors.unknown_emoji()
        who.remove(member.id)
        if not who:
            del message.reactions[emoji]
        self._tell("MESSAGE_REACTION_REMOVE", member, message, emoji, given=False)

    def clear(self, message: Message, emoji: str | None = None) -> None:
        """Remove all reactions, or all with one emoji."""
        told: dict[str, Any] = {"message_id": message.id} | payloads.where(message)
        if emoji is None:
            message.reactions.clear()
            self._dispatch("MESSAGE_REACTION_REMOVE_ALL", message, told)
        else:
            message.reactions.pop(emoji, None)
            told["emoji"] = {"id": None, "name": emoji}
            self._dispatch("MESSAGE_REACTION_REMOVE_EMOJI", message, told)

    def pin(self, by: Member, message: Message) -> None:
        """Raises 30003 for the 251st pin of a channel."""
        if message.pinned:
            return
        if len(self.pinned(message.channel)) >= PINS_MAX:
            raise errors.too_many_things(30003, "pins", PINS_MAX)
        message.pinned_at = message.channel.last_pin_at = self._clock()
        self._tell_pins(message)
        self._board.notice(by, message.channel, PINNED_NOTICE, about=message.id)

    def unpin(self, message: Message) -> None:
        if message.pinned:
            message.pinned_at = None
            self._tell_pins(message)

    def pinned(self, channel: Channel) -> list[Message]:
        """Newest pin first."""
        found = [message for message in self._board.visible(channel) if message.pinned]
        return sorted(found, key=lambda message: message.pinned_at or 0, reverse=True)

    def _tell(self, event: str, member: Member, message: Message, emoji: str, *, given: bool) -> None:
        self._notes.add(
            "reaction",
            f"{'+' if given else '-'}{emoji}",
            member,
            place=message.channel.place,
            visible_to=message.visible_to,
            data={"message_id": message.id, "emoji": emoji, "given": given},
        )
        told = {
            "user_id": member.id,
            "message_id": message.id,
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        } | payloads.where(message)
        if given:
            told["message_author_id"] = message.author.id
            if not isinstance(message.channel, DirectChannel):
                told["member"] = payloads.member(member)
        self._dispatch(event, message, told)

    def _dispatch(self, event: str, message: Message, told: dict[str, Any]) -> None:
        direct = isinstance(message.channel, DirectChannel)
        self._sessions.dispatch(event, told, intent=DIRECT_REACTIONS if direct else GUILD_REACTIONS)

    def _tell_pins(self, message: Message) -> None:
        self._board.tell("MESSAGE_UPDATE", message)
        at = message.channel.last_pin_at
        told = payloads.where(message) | {"last_pin_timestamp": None if at is None else iso(at)}
        self._sessions.dispatch("CHANNEL_PINS_UPDATE", told, intent=GUILDS)


def is_emoji(text: str) -> bool:
    """Whether this can be one of Unicode's emojis; custom ones are not imitated."""
    return 0 < len(text) <= 16 and any(unicodedata.category(each) in ("So", "Sm", "Po", "Me") for each in text)
