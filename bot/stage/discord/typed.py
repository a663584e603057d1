"""A slash command as a member types it: which are offered, and what their options take."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.stage.discord import commands, entities
from bot.stage.discord.channels import Channel
from bot.stage.discord.commands import CommandBook
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Guild, Member
from bot.stage.discord.permissions import Permission
from bot.stage.discord.spelling import read_line

Json = dict[str, Any]

_PLAIN: dict[int, tuple[type, ...]] = {
    commands.STRING: (str,),
    commands.INTEGER: (int,),
    commands.BOOLEAN: (bool,),
    commands.NUMBER: (int, float),
}
_ENTITIES = {
    commands.USER: (entities.USERS,),
    commands.ROLE: (entities.ROLES,),
    commands.MENTIONABLE: (entities.USERS, entities.ROLES),
    commands.CHANNEL: (entities.CHANNELS,),
}


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """`data` is what the bot is told, `spelled` the command's whole name."""

    data: Json
    spelled: str


class Typist:
    """Refuses with StageError what the client would not offer to that member in that channel."""

    def __init__(self, guild: Guild, book: CommandBook) -> None:
        self._guild = guild
        self._book = book

    def offered(self, member: Member, channel: Channel) -> list[str]:
        """The names of the commands this member finds in that channel."""
        found = self._book.offered(self._guild.id)
        return [name for name, each in found.items() if self._hidden(each, member, channel) is None]

    def read(self, line: str, person: Callable[[str], object]) -> tuple[str, dict[str, object]]:
        """A command that is written as one line, see `read_line`."""
        return read_line(line, self._book.offered(self._guild.id), person)

    def whole(self, member: Member, command: str, options: Mapping[str, object], channel: Channel) -> TypedCommand:
        """A command that is sent; `command` may name a subcommand ("drop open")."""
        return self._typed(member, command, options, channel, focused=None)

    def half(
        self, member: Member, command: str, option: str, text: str, others: Mapping[str, object], channel: Channel
    ) -> TypedCommand:
        """A command while `option` is being typed, as the bot is asked how it may go on."""
        return self._typed(member, command, {**others, option: text}, channel, focused=option)

    def _typed(
        self,
        member: Member,
        command: str,
        options: Mapping[str, object],
        channel: Channel,
        *,
        focused: str | None,
    ) -> TypedCommand:
        name, *path = command.removeprefix("/").split()
        found = self._book.offered(self._guild.id).get(name)
        if found is None:
            raise StageError(_unknown(name, self._book.offered(self._guild.id)))
        if (why := self._hidden(found, member, channel)) is not None:
            raise StageError(why)
        data: Json = {"id": found["id"], "name": name, "type": 1}
        if "guild_id" in found:
            data["guild_id"] = found["guild_id"]
        resolved: Json = {}
        if given := self._nested(found, path, options, resolved, command, focused):
            data["options"] = given
        if resolved:
            data["resolved"] = resolved
        return TypedCommand(data, " ".join([name, *path]))

    def _hidden(self, found: Json, member: Member, channel: Channel) -> str | None:
        held = self._guild.permissions_of(member, channel)
        needed = found["default_member_permissions"]
        lacks = needed is not None and (int(needed) == 0 or held & int(needed) != int(needed))
        if lacks and not held & Permission.ADMINISTRATOR:
            return f"/{found['name']} is hidden from {member.name}: it needs permissions {needed}."
        if not held & Permission.USE_APPLICATION_COMMANDS:
            return f"{member.name} cannot use commands in #{channel.name}."
        return None

    def _nested(
        self,
        node: Json,
        path: list[str],
        given: Mapping[str, object],
        resolved: Json,
        command: str,
        focused: str | None,
    ) -> list[Json]:
        options: list[Json] = node.get("options", [])
        nested = {each["name"]: each for each in options if each["type"] in (commands.SUBCOMMAND, commands.GROUP)}
        if nested or path:
            if not path or path[0] not in nested:
                raise StageError(_unknown(command, [f"{node['name']} {each}" for each in nested]))
            step = nested[path[0]]
            inside = self._nested(step, path[1:], given, resolved, command, focused)
            return [{"name": step["name"], "type": step["type"], "options": inside}]
        known = {each["name"]: each for each in options}
        if unknown := sorted(set(given) - set(known)):
            has = f"it has {', '.join(sorted(known))}" if known else "it has none"
            raise StageError(f"/{command} has no option {', '.join(unknown)}; {has}.")
        missing = [name for name, each in known.items() if each.get("required") and name not in given]
        if missing and focused is None:
            raise StageError(f"/{command} needs {' and '.join(missing)}.")
        return [
            _focused(known[name], value) if name == focused else self._value(known[name], value, resolved)
            for name, value in given.items()
        ]

    def _value(self, option: Json, value: object, resolved: Json) -> Json:
        kind, name = option["type"], option["name"]
        if kind in _PLAIN:
            right = isinstance(value, _PLAIN[kind]) and isinstance(value, bool) == (kind == commands.BOOLEAN)
            if not right:
                raise StageError(f"The option {name!r} does not take {value!r}.")
            _check_range(option, value)
            return {"name": name, "type": kind, "value": value}
        types = option.get("channel_types") or ()
        key = entities.resolve(value, _ENTITIES.get(kind, ()), self._guild, resolved, types)
        if key is None:
            raise StageError(f"The option {name!r} does not take {value!r}.")
        return {"name": name, "type": kind, "value": key}


def _focused(option: Json, text: object) -> Json:
    if not option.get("autocomplete"):
        raise StageError(f"The option {option['name']!r} does not complete itself.")
    # Whatever the option's type, what is being typed is text.
    return {"name": option["name"], "type": option["type"], "value": str(text), "focused": True}


def _check_range(option: Json, value: Any) -> None:
    if (choices := option.get("choices")) and value not in [each["value"] for each in choices]:
        raise StageError(f"The option {option['name']!r} offers no choice {value!r}.")
    size, bound = (len(value), "length") if isinstance(value, str) else (value, "value")
    least, most = f"min_{bound}", f"max_{bound}"
    if size < option.get(least, size) or size > option.get(most, size):
        raise StageError(f"The option {option['name']!r} does not take {value!r}: out of range.")


def _unknown(command: str, known: Iterable[str]) -> str:
    there = ", ".join(f"/{each}" for each in sorted(known))
    return f"/{command} is not registered; {f'there are {there}' if there else 'no command is'}."
