"""The local Discord as one object: a server with people in it, their hands, its record and its faults."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bot.stage.discord import payloads, permissions
from bot.stage.discord.board import Board
from bot.stage.discord.commands import CommandBook
from bot.stage.discord.errors import StageError
from bot.stage.discord.faults import Faults
from bot.stage.discord.guild import Channel, Guild, Member, Role
from bot.stage.discord.hands import Hands
from bot.stage.discord.interactions import Desk
from bot.stage.discord.model import Interaction, Message
from bot.stage.discord.permissions import Permission
from bot.stage.discord.ratelimits import RateLimits
from bot.stage.discord.sessions import GUILD_MEMBERS, Sessions
from bot.stage.discord.snowflakes import Snowflakes
from bot.stage.record import Record, Seen


class DiscordWorld:
    """`clock` gives microseconds since the epoch (UTC); nothing here touches a socket."""

    def __init__(self, record: Record, clock: Callable[[], int]) -> None:
        self.record = record
        self.clock = clock
        self._ids = Snowflakes(clock)
        self.bot_token = f"stage-discord-{secrets.token_urlsafe(32)}"
        self.heartbeat_interval_ms = 41_250
        self.sessions = Sessions(self.bot_token, clock, self.note_gateway)
        self.faults = Faults(self.sessions)
        self.rate_limits = RateLimits(clock)
        self.board = Board(record, clock, self._ids, self.sessions)
        self.commands = CommandBook(self._ids)
        self.desk = Desk(record, clock, self._ids, self.sessions, self.board, self.faults)
        self.application_id = self.commands.application_id = self.desk.application_id = self._ids.next()
        self.guild = Guild(self._ids.next(), "TeaPot Lounge")
        self._hands = Hands(self.guild, self.board, self.commands, self.desk)

    @property
    def guild_id(self) -> str:
        return self.guild.id

    @property
    def bot(self) -> Member:
        return self.guild.members[self.application_id]

    @property
    def owner(self) -> Member:
        return self.guild.members[self.guild.owner_id]

    def seed(self) -> None:
        """Furnish the server: three channels, two roles, the streamer, a moderator and the bot."""
        self.guild.owner_id = self.add_member("teapot", global_name="TeaPot").id
        # The bot's role stands above the opt-in role, or it could not hand that out.
        self._add_role("drop-reminders", 0, mentionable=True)
        moderator = self._add_role("moderator", Permission.MANAGE_MESSAGES)
        managed = self._add_role("Microdrops", permissions.BOT, managed_by=self.application_id)
        hidden = {self.guild.id: (0, int(Permission.VIEW_CHANNEL))}
        shown = (int(Permission.VIEW_CHANNEL), 0)
        self._add_channel(
            "announcements",
            {
                self.guild.id: (0, int(Permission.SEND_MESSAGES)),
                managed.id: (int(Permission.SEND_MESSAGES), 0),
            },
        )
        self._add_channel("moderators", hidden | {moderator.id: shown, managed.id: shown})
        self._add_channel("lounge", {})
        bot = self.add_member("Microdrops", roles=[managed.name], user_id=self.application_id)
        bot.is_bot = True
        self.desk.bot = bot
        self.add_member("mod_mia", roles=[moderator.name], global_name="Mia")

    def add_member(
        self,
        name: str,
        *,
        roles: Iterable[str] = (),
        user_id: str | None = None,
        global_name: str | None = None,
    ) -> Member:
        """Someone joins; `roles` by name."""
        member = Member(user_id or self._ids.next(), name, global_name, self.clock(), self.guild)
        if member.id in self.guild.members:
            raise StageError(f"There is a member with id {member.id} already.")
        member.role_ids = {self.role(each).id for each in roles}
        self.guild.members[member.id] = member
        return member

    def channel(self, name: str) -> Channel:
        return self.guild.channel_named(name)

    def role(self, name: str) -> Role:
        return self.guild.role_named(name)

    def member(self, name: str) -> Member:
        for member in self.guild.members.values():
            if member.name == name:
                return member
        raise StageError(f"There is no member named {name!r}.")

    def messages(self, channel_name: str) -> list[Message]:
        """What everybody in the channel sees now, oldest first."""
        return self.board.visible(self.channel(channel_name))

    def slash(
        self,
        member: Member,
        command: str,
        options: Mapping[str, object] | None = None,
        *,
        channel: str = "lounge",
    ) -> Interaction:
        """Use a slash command; raises StageError for what the client would not offer."""
        return self._hands.slash(member, command, options or {}, channel=self.channel(channel))

    def press(
        self, member: Member, message_id: str, custom_id: str | None = None, *, label: str | None = None
    ) -> Interaction:
        return self._hands.press(member, message_id, custom_id, label)

    def select(
        self, member: Member, message_id: str, values: Sequence[str], custom_id: str | None = None
    ) -> Interaction:
        return self._hands.select(member, message_id, values, custom_id)

    def submit(self, member: Member, opened_by: Interaction, values: Mapping[str, str]) -> Interaction:
        """Send the modal that answered `opened_by`; fields by label or custom_id."""
        return self._hands.submit(member, opened_by, values)

    def give_role(self, member: Member, role: Role) -> None:
        self._change_role(member, role, given=True)

    def take_role(self, member: Member, role: Role) -> None:
        self._change_role(member, role, given=False)

    def describe(self) -> dict[str, Any]:
        """All a client needs to join, but for the addresses."""
        return {
            "token": self.bot_token,
            "application_id": self.application_id,
            "guild_id": self.guild_id,
            "channels": {channel.name: channel.id for channel in self.guild.channels.values()},
            "roles": {role.name: role.id for role in self.guild.roles.values()},
            "members": {member.name: member.id for member in self.guild.members.values()},
        }

    def note_not_imitated(self, what: str) -> None:
        """Somebody asked for what the stage does not play: a rehearsal fails on it."""
        self.record.add(Seen(self.clock(), "discord", "not-imitated", text=what))

    def note_gateway(self, what: str, **data: Any) -> None:
        self.record.add(Seen(self.clock(), "discord", "gateway", text=what, data=data))

    async def close(self) -> None:
        """End the timers and say goodbye on every socket."""
        self.desk.close()
        for outlet in tuple(self.sessions.outlets):
            outlet.close(1001)

    def _add_role(self, name: str, bits: int, *, mentionable: bool = False, managed_by: str | None = None) -> Role:
        role = Role(self._ids.next(), name, int(bits), len(self.guild.roles), mentionable, managed_by)
        self.guild.roles[role.id] = role
        return role

    def _add_channel(self, name: str, overwrites: dict[str, tuple[int, int]]) -> None:
        channel = Channel(self._ids.next(), name, len(self.guild.channels), overwrites)
        self.guild.channels[channel.id] = channel

    def _change_role(self, member: Member, role: Role, *, given: bool) -> None:
        if (role.id in member.role_ids) == given:
            return
        (member.role_ids.add if given else member.role_ids.discard)(role.id)
        self.record.add(
            Seen(
                self.clock(),
                "discord",
                "role",
                "",
                member.id,
                member.display_name,
                f"{'+' if given else '-'}{role.name}",
                data={"role_id": role.id, "given": given},
            )
        )
        told = payloads.member_updated(member)
        self.sessions.dispatch("GUILD_MEMBER_UPDATE", told, intent=GUILD_MEMBERS)
