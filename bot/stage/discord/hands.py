"""What a member's client lets them do: use a command, press a button, choose from a select, send a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.stage.discord import commands, components, payloads
from bot.stage.discord.board import Board
from bot.stage.discord.commands import CommandBook
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Channel, Guild, Member, Role
from bot.stage.discord.interactions import Desk
from bot.stage.discord.model import EPHEMERAL, Interaction, Message
from bot.stage.discord.permissions import Permission

Json = dict[str, Any]
_PLAIN: dict[int, tuple[type, ...]] = {
    commands.STRING: (str,),
    commands.INTEGER: (int,),
    commands.BOOLEAN: (bool,),
    commands.NUMBER: (int, float),
}


class Hands:
    """Refuses with StageError what the client would not offer; the bot never hears of such a try."""

    def __init__(self, guild: Guild, board: Board, book: CommandBook, desk: Desk) -> None:
        self._guild = guild
        self._board = board
        self._book = book
        self._desk = desk

    def slash(
        self, member: Member, command: str, options: Mapping[str, object], *, channel: Channel
    ) -> Interaction:
        """Use a slash command; `command` may name a subcommand ("drop open")."""
        name, *path = command.removeprefix("/").split()
        found = self._book.offered(self._guild.id).get(name)
        if found is None:
            raise StageError(f"/{name} is not registered; there are {sorted(self._book.offered(self._guild.id))}.")
        held = self._guild.permissions_of(member, channel)
        needed = found["default_member_permissions"]
        hidden = needed is not None and (int(needed) == 0 or held & int(needed) != int(needed))
        if hidden and not held & Permission.ADMINISTRATOR:
            raise StageError(f"/{name} is hidden from {member.name}: it needs permissions {needed}.")
        if not held & Permission.USE_APPLICATION_COMMANDS:
            raise StageError(f"{member.name} cannot use commands in #{channel.name}.")
        resolved: Json = {}
        data: Json = {"id": found["id"], "name": name, "type": 1}
        if "guild_id" in found:
            data["guild_id"] = found["guild_id"]
        if given := self._nested(found, path, options, resolved, command):
            data["options"] = given
        if resolved:
            data["resolved"] = resolved
        typed = " ".join(f"{key}:{getattr(value, 'name', value)}" for key, value in options.items())
        spelled = " ".join([name, *path])
        return self._desk.open(
            "slash",
            member,
            channel,
            spelled,
            data,
            text=f"/{spelled} {typed}".rstrip(),
            noted={"options": {key: getattr(value, "id", value) for key, value in options.items()}},
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
        return self._desk.open(
            "press",
            member,
            message.channel,
            button["custom_id"],
            data,
            text=button.get("label") or button["custom_id"],
            message=message,
            noted={"message_id": message.id},
        )

    def select(self, member: Member, message_id: str, values: Sequence[str], custom_id: str | None) -> Interaction:
        """Choose from a select menu, by the options' values or labels."""
        message = self._seen_by(member, message_id)
        found = [
            part
            for _, part in components.walk(message.components)
            if part["type"] == components.STRING_SELECT and custom_id in (None, part["custom_id"])
        ]
        if len(found) != 1:
            raise StageError(f"{len(found)} selects fit {custom_id!r} in message {message_id}.")
        chosen = _chosen(found[0], values)
        data: Json = {
            "component_type": components.STRING_SELECT,
            "custom_id": found[0]["custom_id"],
            "id": found[0]["id"],
            "values": chosen,
        }
        return self._desk.open(
            "select",
            member,
            message.channel,
            found[0]["custom_id"],
            data,
            text=", ".join(chosen),
            message=message,
            noted={"message_id": message.id, "values": chosen},
        )

    def submit(self, member: Member, opened_by: Interaction, values: Mapping[str, str]) -> Interaction:
        """Fill in and send the modal that answered `opened_by`; fields by label or custom_id."""
        modal = next((answer.modal for answer in opened_by.answers if answer.modal is not None), None)
        if modal is None or opened_by.member is not member:
            raise StageError(f"No modal is open for {member.name}.")
        unused = dict(values)
        parts = [_filled(part, unused) for part in components.stored(modal["components"])]
        if unused:
            raise StageError(f"The form has no field {sorted(unused)}.")
        data: Json = {"custom_id": modal["custom_id"], "components": parts}
        return self._desk.open(
            "submit",
            member,
            opened_by.channel,
            modal["custom_id"],
            data,
            text=modal["title"],
            message=opened_by.message,
            opened_by=opened_by,
            noted={"values": dict(values)},
        )

    def _seen_by(self, member: Member, message_id: str) -> Message:
        message = self._board.find(message_id)
        if message is None or message.visible_to not in (None, member.id):
            raise StageError(f"{member.name} sees no message {message_id}.")
        visible = self._guild.permissions_of(member, message.channel) & Permission.VIEW_CHANNEL
        if not visible and not message.flags & EPHEMERAL:
            raise StageError(f"{member.name} cannot see #{message.channel.name}.")
        return message

    def _nested(
        self, node: Json, path: list[str], given: Mapping[str, object], resolved: Json, command: str
    ) -> list[Json]:
        options: list[Json] = node.get("options", [])
        nested = {each["name"]: each for each in options if each["type"] in (commands.SUBCOMMAND, commands.GROUP)}
        if nested or path:
            if not path or path[0] not in nested:
                raise StageError(f"/{command} is not registered; there are {sorted(nested)}.")
            step = nested[path[0]]
            inside = self._nested(step, path[1:], given, resolved, command)
            return [{"name": step["name"], "type": step["type"], "options": inside}]
        known = {each["name"]: each for each in options}
        if unknown := sorted(set(given) - set(known)):
            raise StageError(f"/{command} has no option {unknown}; there are {sorted(known)}.")
        missing = [name for name, each in known.items() if each.get("required") and name not in given]
        if missing:
            raise StageError(f"/{command} needs {missing}.")
        return [self._value(known[name], value, resolved) for name, value in given.items()]

    def _value(self, option: Json, value: object, resolved: Json) -> Json:
        kind, name = option["type"], option["name"]
        if kind in _PLAIN:
            right = isinstance(value, _PLAIN[kind]) and isinstance(value, bool) == (kind == commands.BOOLEAN)
            if not right:
                raise StageError(f"The option {name!r} does not take {value!r}.")
            _check_range(option, value)
        else:
            value = self._entity(kind, name, value, resolved)
        return {"name": name, "type": kind, "value": value}

    def _entity(self, kind: int, name: str, value: object, resolved: Json) -> str:
        key = value.id if isinstance(value, Member | Role | Channel) else str(value)
        guild = self._guild
        if kind in (commands.USER, commands.MENTIONABLE) and key in guild.members:
            member = guild.members[key]
            resolved.setdefault("users", {})[key] = payloads.user(member)
            resolved.setdefault("members", {})[key] = payloads.member_without_user(member) | {
                "permissions": str(int(member.permissions))
            }
        elif kind in (commands.ROLE, commands.MENTIONABLE) and key in guild.roles:
            resolved.setdefault("roles", {})[key] = payloads.role(guild.roles[key])
        elif kind == commands.CHANNEL and key in guild.channels:
            resolved.setdefault("channels", {})[key] = payloads.channel(guild.channels[key], guild) | {
                "permissions": str(int(guild.permissions_of(guild.members[guild.owner_id], guild.channels[key])))
            }
        else:
            raise StageError(f"The option {name!r} does not take {value!r}.")
        return key


def _check_range(option: Json, value: Any) -> None:
    if (choices := option.get("choices")) and value not in [each["value"] for each in choices]:
        raise StageError(f"The option {option['name']!r} offers no choice {value!r}.")
    size, bound = (len(value), "length") if isinstance(value, str) else (value, "value")
    least, most = f"min_{bound}", f"max_{bound}"
    if size < option.get(least, size) or size > option.get(most, size):
        raise StageError(f"The option {option['name']!r} does not take {value!r}: out of range.")


def _chosen(select: Json, values: Sequence[str]) -> list[str]:
    by_name = {each["label"]: each["value"] for each in select["options"]}
    chosen = [by_name.get(value, value) for value in values]
    if unknown := [value for value in chosen if value not in by_name.values()]:
        raise StageError(f"The select offers no {unknown}; there are {sorted(by_name)}.")
    if not select["min_values"] <= len(chosen) <= select["max_values"]:
        raise StageError(f"The select takes {select['min_values']} to {select['max_values']} values.")
    return chosen


def _filled(part: Json, values: dict[str, str]) -> Json:
    """The part of a form as it is sent back: action row with an input, label with its component, or text."""
    if part["type"] == components.ROW:
        inside = [_answered(each, each.get("label"), values) for each in part["components"]]
        return {"type": components.ROW, "id": part["id"], "components": inside}
    if part["type"] == components.LABEL:
        field = _answered(part["component"], part["label"], values)
        return {"type": components.LABEL, "id": part["id"], "component": field}
    return {"type": part["type"], "id": part["id"]}


def _answered(field: Json, label: str | None, values: dict[str, str]) -> Json:
    typed = next((values.pop(key) for key in (field["custom_id"], label) if key in values), None)
    answered: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if field["type"] == components.STRING_SELECT:
        preset = [each["value"] for each in field["options"] if each.get("default")]
        wanted = preset if typed is None else [typed]
        return answered | {"values": _chosen(field, wanted) if wanted or field.get("required", True) else []}
    if field["type"] != components.TEXT_INPUT:
        raise StageError(f"The stage does not imitate form fields of type {field['type']} yet.")
    text = field.get("value", "") if typed is None else typed
    if field.get("required", True) and not text:
        raise StageError(f"The field {label!r} must be filled in.")
    if text and not field.get("min_length", 0) <= len(text) <= field.get("max_length", 4000):
        raise StageError(f"The field {label!r} does not take {len(text)} characters.")
    return answered | {"value": text}
