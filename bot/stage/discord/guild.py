"""The server's standing parts: channels, roles and members, and who may do what where."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.stage.discord import errors, permissions
from bot.stage.discord.permissions import Permission


@dataclass(slots=True, eq=False)
class Role:
    id: str
    name: str
    permissions: int
    position: int
    mentionable: bool = False
    managed_by: str | None = None


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel; `overwrites` maps a role or member id to its (allow, deny) bits."""

    id: str
    name: str
    position: int
    overwrites: dict[str, tuple[int, int]] = field(default_factory=dict)
    last_message_id: str | None = None

    @property
    def place(self) -> str:
        return f"discord:#{self.name}"


@dataclass(slots=True, eq=False)
class Member:
    """A person (or the bot) in the server; `joined_at` in microseconds since the epoch."""

    id: str
    name: str
    global_name: str | None
    joined_at: int
    guild: Guild = field(repr=False)
    role_ids: set[str] = field(default_factory=set)
    is_bot: bool = False

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
        self.members: dict[str, Member] = {}

    def channel(self, channel_id: str) -> Channel:
        if (channel := self.channels.get(channel_id)) is None:
            raise errors.unknown_channel()
        return channel

    def member(self, user_id: str) -> Member:
        if (member := self.members.get(user_id)) is None:
            raise errors.unknown_member()
        return member

    def role(self, role_id: str) -> Role:
        if (role := self.roles.get(role_id)) is None:
            raise errors.unknown_role()
        return role

    def channel_named(self, name: str) -> Channel:
        for channel in self.channels.values():
            if channel.name == name.removeprefix("#"):
                return channel
        raise errors.StageError(f"There is no channel named {name!r}.")

    def role_named(self, name: str) -> Role:
        for role in self.roles.values():
            if role.name == name:
                return role
        raise errors.StageError(f"There is no role named {name!r}.")

    def permissions_of(self, member: Member, channel: Channel | None = None) -> int:
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

    def require(self, member: Member, channel: Channel, needed: Permission) -> None:
        """Raise 50001 for a channel the member cannot see, 50013 for a thing the member may not do there."""
        held = self.permissions_of(member, channel)
        if not held & Permission.VIEW_CHANNEL:
            raise errors.missing_access()
        if held & needed != needed:
            raise errors.missing_permissions()

    def require_role_power(self, member: Member, role: Role) -> None:
        """A member hands out only roles below their own highest one."""
        highest = max((each.position for each in member.roles), default=0)
        if not self.permissions_of(member) & Permission.MANAGE_ROLES or role.position >= highest:
            raise errors.missing_permissions()
