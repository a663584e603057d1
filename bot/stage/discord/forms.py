"""Filling in a form (a modal): its fields by label or custom_id, in the shape they are sent back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.stage.discord import components, selects
from bot.stage.discord.errors import StageError
from bot.stage.discord.guild import Guild

Json = dict[str, Any]

_KINDS = {
    components.TEXT_INPUT: "text",
    components.STRING_SELECT: "choice",
    components.USER_SELECT: "member",
    components.ROLE_SELECT: "role",
    components.MENTIONABLE_SELECT: "mentionable",
    components.CHANNEL_SELECT: "channel",
}
_LONG = 2


def described(modal: Json) -> list[Json]:
    """The fields as whoever has the form before them sees them: "id", "label", "kind", "required" and, where there
    are any, "value", "hint", "options" (labels), "min" and "max" (characters), and "long" for several lines."""
    return [_described(field, label) for field, label in _fields(modal)]


def _described(field: Json, label: str) -> Json:
    kind = _KINDS.get(field["type"], "unknown")
    seen: Json = {"id": field.get("custom_id", ""), "label": label, "kind": kind}
    seen["required"] = field.get("required", True)
    own = {"value": field.get("value"), "hint": field.get("placeholder")}
    own["options"] = [each["label"] for each in field.get("options", ())]
    own |= {"min": field.get("min_length"), "max": field.get("max_length"), "long": field.get("style") == _LONG}
    return seen | {key: value for key, value in own.items() if value}


def _fields(modal: Json) -> Iterator[tuple[Json, str]]:
    """Everything that can be filled in, with its label."""
    for part in modal["components"]:
        if part["type"] == components.ROW:
            yield from ((each, each.get("label") or "") for each in part["components"])
        elif part["type"] == components.LABEL:
            yield part["component"], part.get("label") or ""


def filled(modal: Json, values: Mapping[str, object], guild: Guild) -> Json:
    """The data of the submit; raises StageError for what the form does not take.

    A text field takes a string, a select one value or a list of them: an option's label or value, a member, a role,
    a channel, or the id of one.
    """
    unused = dict(values)
    resolved: Json = {}
    parts = [_part(each, unused, guild, resolved) for each in components.stored(modal["components"])]
    if unused:
        raise StageError(f"The form has no field {', '.join(sorted(unused))}.")
    data: Json = {"custom_id": modal["custom_id"], "components": parts}
    return data | ({"resolved": resolved} if resolved else {})


def _part(part: Json, values: dict[str, object], guild: Guild, resolved: Json) -> Json:
    """One part as it is sent back: action row with an input, label with its component, or text."""
    if part["type"] == components.ROW:
        inside = [_field(each, each.get("label"), values, guild, resolved) for each in part["components"]]
        return {"type": components.ROW, "id": part["id"], "components": inside}
    if part["type"] == components.LABEL:
        field = _field(part["component"], part["label"], values, guild, resolved)
        return {"type": components.LABEL, "id": part["id"], "component": field}
    return {"type": part["type"], "id": part["id"]}


def _field(field: Json, label: str | None, values: dict[str, object], guild: Guild, resolved: Json) -> Json:
    given = next((values.pop(key) for key in (field["custom_id"], label) if key in values), None)
    answered: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    if field["type"] in components.SELECTS:
        wanted = selects.preset(field) if given is None else _listed(given)
        if not wanted and not field.get("required", True):
            return answered | {"values": []}
        return answered | {"values": selects.chosen(field, wanted, guild, resolved)}
    if field["type"] != components.TEXT_INPUT:
        raise StageError(f"The stage does not imitate form fields of type {field['type']} yet.")
    return answered | {"value": _typed(field, label, given)}


def _listed(given: object) -> list[object]:
    return list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]


def _typed(field: Json, label: str | None, given: object) -> str:
    text = field.get("value", "") if given is None else str(given)
    if field.get("required", True) and not text:
        raise StageError(f"The field {label!r} must be filled in.")
    if text and not field.get("min_length", 0) <= len(text) <= field.get("max_length", 4000):
        raise StageError(f"The field {label!r} does not take {len(text)} characters.")
    return text
