"""A form that the bot opened, as the page draws it: labels, and elements with their attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
# The page suggests the people it knows under this name.
_PEOPLE = "people"
Drawn = tuple[str, str, str, list[str], dict[str, str]]
"""A field: its label, the element, the value that stands in it, the options to choose from, its attributes."""


def form_to_show(modal: Json) -> dict[str, Any]:
    """Of a line of the record that says which form opened, and for which act."""
    data = modal["data"]
    fields = [_drawn(field) for field in data.get("fields", ())]
    return {"id": data["interaction_id"], "title": modal["text"], "fields": fields}


def _drawn(field: Json) -> Drawn:
    options = [str(each) for each in field.get("options", ())]
    element = "select" if options else "textarea" if field.get("long") else "input"
    required = bool(field["required"])
    attributes = {"name": str(field["id"])}
    named = {"placeholder": "hint", "minlength": "min", "maxlength": "max"}
    attributes |= {name: str(field[key]) for name, key in named.items() if key in field and element != "select"}
    if required:
        attributes["required"] = ""
    if field["kind"] == "member":
        attributes |= {"list": _PEOPLE, "placeholder": "a login on Discord", "spellcheck": "false"}
    return str(field["label"]), element, str(field.get("value", "")), ["", *options] if options else [], attributes
