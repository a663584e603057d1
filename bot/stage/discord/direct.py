"""Direct messages between the bot and one person."""

from __future__ import annotations

from bot.stage.discord import errors, payloads
from bot.stage.discord.channels import DIRECT, DirectChannel
from bot.stage.discord.guild import Guild, Member
from bot.stage.discord.sessions import DIRECT_MESSAGES, Sessions
from bot.stage.discord.snowflakes import Snowflakes


class DirectMessages:
    """One channel per person, opened when it is first asked for and the same ever after."""

    def __init__(self, ids: Snowflakes, guild: Guild, sessions: Sessions) -> None:
        self._ids = ids
        self._guild = guild
        self._sessions = sessions

    def open(self, recipient: Member) -> DirectChannel:
        for channel in self._guild.direct.values():
            if channel.recipient is recipient:
                return channel
        channel = DirectChannel(self._ids.next(), recipient.name, 0, kind=DIRECT, recipient=recipient)
        self._guild.direct[channel.id] = channel
        told = payloads.channel(channel, self._guild)
        self._sessions.dispatch("CHANNEL_CREATE", told, intent=DIRECT_MESSAGES)
        return channel

    def open_for(self, user_id: str) -> DirectChannel:
        """Raises 10013 for nobody, 50007 for a bot, itself included."""
        recipient = self._guild.user(user_id)
        if recipient.is_bot:
            raise errors.closed_to_direct_messages()
        return self.open(recipient)

    def require_open(self, channel: DirectChannel, sender: Member) -> None:
        """Raises 50007 when the person takes no messages from the bot, or shares no server with it."""
        reachable = channel.recipient.direct_messages and channel.recipient.id in self._guild.members
        if sender.is_bot and not reachable:
            raise errors.closed_to_direct_messages()
