"""Slash commands, subcommands and options as Discord is told of them, in its own JSON."""

from __future__ import annotations

from typing import Any

from bot.wording.catalogue import Wording

Json = dict[str, Any]
SUBCOMMAND, STRING, INTEGER, BOOLEAN, USER = 1, 3, 4, 5, 6
MANAGE_MESSAGES = "8192"
TYPED_MAX, WHY_MAX = 100, 200


def command(words: Wording, name: str, options: list[Json]) -> Json:
    return {"type": 1, "name": name, "description": say(words, f"slash-{name}"), "options": options}


def sub(words: Wording, name: str, options: list[Json], **details: str) -> Json:
    description = say(words, f"slash-{name}", **details)
    return {"type": SUBCOMMAND, "name": name, "description": description, "options": options}


def say(words: Wording, key: str, **details: str) -> str:
    return words.say(key, discord=True, **details)[:100]


def text(words: Wording, name: str, least: int, most: int, *, required: bool = False) -> Json:
    description = say(words, f"slash-option-{name}")
    limits = {"min_length": least, "max_length": most, "required": required}
    return {"type": STRING, "name": name, "description": description, **limits}
