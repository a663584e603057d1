"""The application's registered commands: stored with ids, checked like the platform checks them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bot.stage.discord import errors
from bot.stage.discord.components import Path
from bot.stage.discord.errors import FormErrors
from bot.stage.discord.snowflakes import Snowflakes

Json = dict[str, Any]

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
_SLASH_NAME = re.compile(r"[-_'\w]{1,32}")
_COMMANDS_MAX, _OPTIONS_MAX, _CHOICES_MAX = 100, 25, 25


class CommandBook:
    """Commands by scope: None is global, otherwise a guild id."""

    def __init__(self, ids: Snowflakes) -> None:
        self._ids = ids
        self._scopes: dict[str | None, dict[str, Json]] = {}
        self.application_id = ""

    def all(self, scope: str | None) -> list[Json]:
        return list(self._scopes.get(scope, {}).values())

    def offered(self, guild_id: str) -> dict[str, Json]:
        """Slash commands a member of the guild can find by name; the guild's own hide global ones."""
        found = {each["name"]: each for each in self.all(None) if each["type"] == 1}
        return found | {each["name"]: each for each in self.all(guild_id) if each["type"] == 1}

    def get(self, scope: str | None, command_id: str) -> Json:
        if (command := self._scopes.get(scope, {}).get(command_id)) is None:
            raise errors.unknown_command()
        return command

    def replace(self, scope: str | None, bodies: list[Json]) -> list[Json]:
        """The whole list at once; a command that keeps its name keeps its id."""
        wrong = FormErrors()
        wrong.count(bodies, 0, _COMMANDS_MAX, ())
        for index, body in enumerate(bodies):
            _check_command(body, (index,), wrong)
        _check_unique(bodies, (), "APPLICATION_COMMANDS_DUPLICATE_NAME", wrong)
        wrong.raise_if_any()
        kept = {(each["name"], each["type"]): each["id"] for each in self.all(scope)}
        stored = [self._stored(body, scope, kept.get((body["name"], body.get("type") or 1))) for body in bodies]
        self._scopes[scope] = {each["id"]: each for each in stored}
        return stored

    def upsert(self, scope: str | None, body: Json) -> Json:
        wrong = FormErrors()
        _check_command(body, (), wrong)
        wrong.raise_if_any()
        same = [each["id"] for each in self.all(scope) if each["name"] == body["name"]]
        stored = self._stored(body, scope, same[0] if same else None)
        self._scopes.setdefault(scope, {})[stored["id"]] = stored
        return stored

    def change(self, scope: str | None, command_id: str, body: Json) -> Json:
        merged = self.get(scope, command_id) | body
        wrong = FormErrors()
        _check_command(merged, (), wrong)
        wrong.raise_if_any()
        stored = self._stored(merged, scope, command_id)
        self._scopes[scope][command_id] = stored
        return stored

    def remove(self, scope: str | None, command_id: str) -> None:
        self.get(scope, command_id)
        del self._scopes[scope][command_id]

    def _stored(self, body: Json, scope: str | None, command_id: str | None) -> Json:
        needed = body.get("default_member_permissions")
        stored: Json = {
            "id": command_id or self._ids.next(),
            "application_id": self.application_id,
            "version": self._ids.next(),
            "type": body.get("type") or 1,
            "name": body["name"],
            "name_localizations": body.get("name_localizations"),
            "description": body.get("description") or "",
            "description_localizations": body.get("description_localizations"),
            "default_member_permissions": None if needed is None else str(needed),
            "dm_permission": body.get("dm_permission", True) is not False,
            "contexts": body.get("contexts"),
            "integration_types": body.get("integration_types") or [0],
            "nsfw": bool(body.get("nsfw")),
        }
        if body.get("options"):
            stored["options"] = [_stored_option(each) for each in body["options"]]
        if scope is not None:
            stored["guild_id"] = scope
            del stored["dm_permission"]
        return stored


def _stored_option(option: Json) -> Json:
    copy = {key: value for key, value in option.items() if value is not None}
    if not copy.get("choices"):
        copy.pop("choices", None)
    if "options" in copy:
        copy["options"] = [_stored_option(each) for each in copy["options"]]
    return copy


def _check_command(body: Json, path: Path, wrong: FormErrors) -> None:
    slash = (body.get("type") or 1) == 1
    _check_name(body, path, wrong, slash=slash)
    if slash:
        if wrong.require(bool(body.get("description")), (*path, "description")):
            wrong.length(body["description"], 1, 100, (*path, "description"))
        _check_options(body.get("options") or [], (*path, "options"), wrong)
        if _characters(body) > 8000:
            wrong.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _check_name(body: Json, path: Path, wrong: FormErrors, *, slash: bool = True) -> None:
    name = body.get("name")
    if not wrong.require(bool(name), (*path, "name")):
        return
    wrong.length(name, 1, 32, (*path, "name"))
    if slash and (not _SLASH_NAME.fullmatch(str(name)) or str(name) != str(name).lower()):
        wrong.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_options(options: list[Json], path: Path, wrong: FormErrors) -> None:
    wrong.count(options, 0, _OPTIONS_MAX, path)
    _check_unique(options, path, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", wrong)
    optional_before = False
    for index, option in enumerate(options):
        here = (*path, index)
        _check_name(option, here, wrong)
        if wrong.require(bool(option.get("description")), (*here, "description")):
            wrong.length(option["description"], 1, 100, (*here, "description"))
        if option.get("type") in (SUBCOMMAND, GROUP):
            _check_options(option.get("options") or [], (*here, "options"), wrong)
            continue
        if option.get("required") and optional_before:
            wrong.add(
                here,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_before = optional_before or not option.get("required")
        _check_choices(option.get("choices") or [], (*here, "choices"), wrong)


def _check_choices(choices: list[Json], path: Path, wrong: FormErrors) -> None:
    wrong.count(choices, 0, _CHOICES_MAX, path)
    for index, choice in enumerate(choices):
        wrong.length(choice.get("name"), 1, 100, (*path, index, "name"))
        if isinstance(choice.get("value"), str):
            wrong.length(choice["value"], 0, 100, (*path, index, "value"))


def _check_unique(bodies: Iterable[Json], path: Path, code: str, wrong: FormErrors) -> None:
    seen: set[tuple[object, object]] = set()
    for index, body in enumerate(bodies):
        # Options share their names whatever their type; commands only within a type.
        key = (body.get("name"), body.get("type") or 1 if not path else None)
        if key in seen:
            wrong.add((*path, index, "name"), code, "Application command names must be unique")
        seen.add(key)


def _characters(body: Json) -> int:
    total = len(body.get("name") or "") + len(body.get("description") or "")
    total += sum(len(str(each.get("name"))) + len(str(each.get("value"))) for each in body.get("choices") or [])
    return total + sum(_characters(each) for each in body.get("options") or [])
