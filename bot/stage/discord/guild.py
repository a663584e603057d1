"""The server's standing parts: roles, members and its channels, and who may do what where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.stage.discord import errors, permissions
from bot.stage.discord.channels import Channel, DirectChannel, Thread
from bot.stage.discord.permissions import Permission


@dataclass(slots=True, eq=False)
class Role:
    """A role; `tags` say what it stands for where Discord itself hands it out, `managed_by` whose bot's it is."""

    id: str
    name: str
    permissions: int
    position: int
    mentionable: bool = False
    managed_by: str | None = None
    color: int = 0
    hoist: bool = False
    tags: dict[str, Any] = field(default_factory=dict)

    @property
    def is_managed(self) -> bool:
        return self.managed_by is not None or bool(self.tags)


@dataclass(slots=True, eq=False)
class Member:
    """A person (or the bot) in the server; times are microseconds since the epoch.

    Who does not take `direct_messages` cannot be written to by the bot.
    """

    id: str
    name: str
    global_name: str | None
    joined_at: int
    guild: Guild = field(repr=False)
    role_ids: set[str] = field(default_factory=set)
    is_bot: bool = False
    direct_messages: bool = True
    boosts_since: int | None = None

    @property
    def display_name(self) -> str:
        return self.global_name or self.name

    @property
    def roles(self) -> list[Role]:
        return sorted((self.guild.roles[each] for each in self.role_ids), key=lambda role: role.position)

    @property
    def permissions(self) -> int:
        return self.guild.permissions_of(self)


class Guild:
    """One server; lookups raise the platform's own 404."""

    def __init__(self, guild_id: str, name: str) -> None:
        self.id = guild_id
        self.name = name
        self.owner_id = ""
        self.roles: dict[str, Role] = {guild_id: Role(guild_id, "@everyone", permissions.EVERYONE, 0)}
        self.channels: dict[str, Channel] = {}
        self.threads: dict[str, Thread] = {}
        self.direct: dict[str, DirectChannel] = {}
        self.members: dict[str, Member] = {}
        # Who has left is still the author of what they wrote and voted.
        self.known: dict[str, Member] = {}

    def channel(self, channel_id: str) -> Channel:
        """A channel, a thread or a direct message."""
        for known in (self.channels, self.threads, self.direct):
            if channel_id in known:
                return known[channel_id]
        raise errors.unknown_channel()

    def thread(self, channel_id: str) -> Thread:
        if not isinstance(thread := self.channel(channel_id), Thread):
            raise errors.wrong_channel_type()
        return thread

    def member(self, user_id: str) -> Member:
        if (member := self.members.get(user_id)) is None:
            raise errors.unknown_member()
        return member

    def user(self, user_id: str) -> Member:
        """Somebody who is in the server or was."""
        if (member := self.known.get(user_id)) is None:
            raise errors.unknown_user()
        return member

    def members_like(self, start: str, limit: int) -> list[Member]:
        """Members whose name begins so, in the order of their ids."""
        wanted = start.lower()
        found = (each for each in self.members.values() if each.display_name.lower().startswith(wanted))
        return sorted(found, key=lambda member: int(member.id))[:limit]

    def role(self, role_id: str) -> Role:
        if (role := self.roles.get(role_id)) is None:
            raise errors.unknown_role()
        return role

    def channel_named(self, name: str) -> Channel:
        for channel in (*self.channels.values(), *self.threads.values()):
            if channel.name == name.removeprefix("#"):
                return channel
        raise errors.StageError(f"There is no channel named {name!r}.")

    def role_named(self, name: str) -> Role:
        for role in self.roles.values():
            if role.name == name:
                return role
        raise errors.StageError(f"There is no role named {name!r}.")

    def permissions_of(self, member: Member, channel: Channel | None = None) -> int:
        """What the member may do there; in a thread that follows from the channel it hangs under."""
        if isinstance(channel, DirectChannel):
            return int(permissions.DIRECT) if member is channel.recipient or member.is_bot else 0
        if isinstance(channel, Thread):
            return self._permissions_in_thread(member, channel)
        if member.id == self.owner_id:
            return permissions.ALL
        base = permissions.in_guild(
            self.roles[self.id].permissions, (self.roles[each].permissions for each in member.role_ids)
        )
        if channel is None:
            return base
        nothing = (0, 0)
        return permissions.in_channel(
            base,
            channel.overwrites.get(self.id, nothing),
            (channel.overwrites.get(each, nothing) for each in member.role_ids),
            channel.overwrites.get(member.id, nothing),
        )

    def _permissions_in_thread(self, member: Member, thread: Thread) -> int:
        held = self.permissions_of(member, thread.parent)
        invited = member.id in thread.members or held & Permission.MANAGE_THREADS
        if thread.is_private and not invited:
            return 0
        speaks = held & Permission.SEND_MESSAGES_IN_THREADS
        return held | Permission.SEND_MESSAGES if speaks else held & ~Permission.SEND_MESSAGES

    def require(self, member: Member, channel: Channel, needed: Permission) -> None:
        """Raise 50001 for a channel the member cannot see, 50013 for a thing the member may not do there."""
        held = self.permissions_of(member, channel)
        if not held & Permission.VIEW_CHANNEL:
            raise errors.missing_access()
        if held & needed != needed:
            raise errors.missing_permissions()

    def require_in_guild(self, member: Member, needed: Permission) -> None:
        if self.permissions_of(member) & needed != needed:
            raise errors.missing_permissions()

    def require_role_power(self, member: Member, role: Role) -> None:
        """A member hands out only roles below their own highest one, and never one that belongs to a bot."""
        self.require_in_guild(member, Permission.MANAGE_ROLES)
        highest = max((each.position for each in member.roles), default=0)
        above = role.position >= highest and member.id != self.owner_id
        if above or role.is_managed or role.id == self.id:
            raise errors.missing_permissions()
