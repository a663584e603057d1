"""What a member chooses in a select menu, in a message or in a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.stage.discord import components, entities
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Guild

Json = dict[str, Any]

_KINDS = {
    components.USER_SELECT: (entities.USERS,),
    components.ROLE_SELECT: (entities.ROLES,),
    components.MENTIONABLE_SELECT: (entities.USERS, entities.ROLES),
    components.CHANNEL_SELECT: (entities.CHANNELS,),
}


def chosen(select: Json, values: Sequence[object], guild: Guild, resolved: Json) -> list[str]:
    """The values as they are sent, `resolved` filled in. Raises StageError for what the menu does not offer."""
    if select["type"] == components.STRING_SELECT:
        found = _options(select, values)
    else:
        found = [_entity(select, value, guild, resolved) for value in values]
    if not select["min_values"] <= len(found) <= select["max_values"]:
        raise StageError(f"The select takes {select['min_values']} to {select['max_values']} values.")
    if len(set(found)) != len(found):
        raise StageError("The select takes each value once.")
    return found


def preset(select: Json) -> list[object]:
    """What is chosen already when the menu opens."""
    marked = [each["value"] for each in select.get("options", []) if each.get("default")]
    return marked + [each["id"] for each in select.get("default_values", [])]


def _options(select: Json, values: Sequence[object]) -> list[str]:
    by_name = {each["label"]: each["value"] for each in select["options"]}
    found = [by_name.get(str(value), str(value)) for value in values]
    if unknown := [value for value in found if value not in by_name.values()]:
        raise StageError(f"The menu offers no {', '.join(unknown)}; there are {', '.join(sorted(by_name))}.")
    return found


def _entity(select: Json, value: object, guild: Guild, resolved: Json) -> str:
    types = select.get("channel_types") or ()
    key = entities.resolve(value, _KINDS[select["type"]], guild, resolved, types)
    if key is None:
        raise StageError(f"The select offers no {value!r}.")
    return key
