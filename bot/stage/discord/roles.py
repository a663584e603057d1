"""Roles: made, changed and removed by whoever stands above them, and put on members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.stage.discord import errors, payloads
from bot.stage.discord.errors import FormErrors
from bot.stage.discord.guild import Guild, Member, Role
from bot.stage.discord.notes import Notes
from bot.stage.discord.permissions import Permission
from bot.stage.discord.sessions import GUILD_MEMBERS, GUILDS, Sessions
from bot.stage.discord.snowflakes import Snowflakes

Json = dict[str, Any]

ROLES_MAX = 250
_BOOSTER = "premium_subscriber"


class Roles:
    """What changes a role or who holds it is told to the gateway and noted."""

    def __init__(
        self, notes: Notes, clock: Callable[[], int], ids: Snowflakes, guild: Guild, sessions: Sessions
    ) -> None:
        self._notes = notes
        self._clock = clock
        self._ids = ids
        self._guild = guild
        self._sessions = sessions

    def add(self, name: str, bits: int, *, mentionable: bool = False, managed_by: str | None = None) -> Role:
        """A role above all others, by nobody's order: for furnishing the server."""
        role = Role(self._ids.next(), name, int(bits), len(self._guild.roles), mentionable, managed_by)
        self._guild.roles[role.id] = role
        return role

    def named(self, name: str) -> Role:
        """The role of this name; one that is not there yet is added, and clients are told of it."""
        for role in self._guild.roles.values():
            if role.name == name:
                return role
        role = self.add(name, 0)
        self._tell("GUILD_ROLE_CREATE", role)
        return role

    def boost(self, member: Member, is_boosting: bool) -> None:
        """A member begins to boost the server or ends it; Discord itself keeps the role for that."""
        member.boosts_since = self._clock() if is_boosting else None
        booster = next((role for role in self._guild.roles.values() if _BOOSTER in role.tags), None)
        if booster is None:
            booster = self.add("Server Booster", 0)
            # That the tag is there is what it says; it has no value.
            booster.tags[_BOOSTER] = None
            self._tell("GUILD_ROLE_CREATE", booster)
        self.put(member, booster, given=is_boosting)

    def create(self, by: Member, body: Json) -> Role:
        """A new role stands just above @everyone. Raises 50013, 50035, and 30005 for the 251st."""
        self._guild.require_in_guild(by, Permission.MANAGE_ROLES)
        if len(self._guild.roles) >= ROLES_MAX:
            raise errors.too_many_things(30005, "guild roles", ROLES_MAX)
        bits = self._checked_permissions(by, body)
        for role in self._guild.roles.values():
            role.position += 1 if role.position >= 1 else 0
        everyone = self._guild.roles[self._guild.id]
        role = Role(
            self._ids.next(),
            body.get("name") or "new role",
            everyone.permissions if bits is None else bits,
            1,
            bool(body.get("mentionable")),
            color=_color(body),
            hoist=bool(body.get("hoist")),
        )
        self._guild.roles[role.id] = role
        self._tell("GUILD_ROLE_CREATE", role)
        return role

    def change(self, by: Member, role: Role, body: Json) -> None:
        """Raises 50013 for a role that is not below the highest one of whoever asks, 50035."""
        self._require_below(by, role)
        bits = self._checked_permissions(by, body)
        role.permissions = role.permissions if bits is None else bits
        role.name = body.get("name") or role.name
        role.color = _color(body) if "color" in body or "colors" in body else role.color
        role.hoist = bool(body.get("hoist", role.hoist))
        role.mentionable = bool(body.get("mentionable", role.mentionable))
        self._tell("GUILD_ROLE_UPDATE", role)

    def remove(self, by: Member, role: Role) -> None:
        """Raises 50013."""
        self._guild.require_role_power(by, role)
        del self._guild.roles[role.id]
        for member in self._guild.members.values():
            member.role_ids.discard(role.id)
        told = {"guild_id": self._guild.id, "role_id": role.id}
        self._sessions.dispatch("GUILD_ROLE_DELETE", told, intent=GUILDS)

    def put(self, member: Member, role: Role, *, given: bool) -> None:
        """Give or take a role; what is so already is not noted again."""
        if (role.id in member.role_ids) == given:
            return
        (member.role_ids.add if given else member.role_ids.discard)(role.id)
        data = {"role_id": role.id, "given": given}
        self._notes.add("role", f"{'+' if given else '-'}{role.name}", member, data=data)
        self._notes.standing(member, f"{'+' if given else '-'}role:{role.name}")
        told = payloads.member_updated(member)
        # The bot is told of itself with or without the intent.
        self._sessions.dispatch("GUILD_MEMBER_UPDATE", told, intent=0 if member.is_bot else GUILD_MEMBERS)

    def _require_below(self, by: Member, role: Role) -> None:
        self._guild.require_in_guild(by, Permission.MANAGE_ROLES)
        highest = max((each.position for each in by.roles), default=0)
        if role.position >= highest and by.id != self._guild.owner_id:
            raise errors.missing_permissions()

    def _checked_permissions(self, by: Member, body: Json) -> int | None:
        wrong = FormErrors()
        wrong.length(body.get("name"), 1, 100, ("name",))
        wrong.whole(body.get("color"), 0, 0xFFFFFF, ("color",))
        given = body.get("permissions")
        if given is not None and not str(given).isdecimal():
            wrong.add(("permissions",), "NUMBER_TYPE_COERCE", f'Value "{given}" is not int.')
        wrong.raise_if_any()
        if given is None:
            return None
        # Nobody gives away what they do not have.
        if int(given) & ~self._guild.permissions_of(by):
            raise errors.missing_permissions()
        return int(given)

    def _tell(self, event: str, role: Role) -> None:
        told = {"guild_id": self._guild.id, "role": payloads.role(role)}
        self._sessions.dispatch(event, told, intent=GUILDS)


def _color(body: Json) -> int:
    return body.get("color") or (body.get("colors") or {}).get("primary_color") or 0
