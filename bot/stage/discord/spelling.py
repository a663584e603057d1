"""A slash command as one line, "/drop give ann why:lost it": which command it is, which words are which option."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.stage.discord import commands
from bot.stage.discord.errors import StageError

Json = Mapping[str, Any]

_WHOLE, _NUMBER = re.compile(r"-?[0-9]{1,15}"), re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_YES, _NO = ("yes", "true", "on"), ("no", "false", "off")


def read_line(
    text: str, book: Mapping[str, Json], person: Callable[[str], object]
) -> tuple[str, dict[str, object]]:
    """The command's whole name and its options by name.

    `book` has what is registered by name; `person` gives the member who is called so, or raises. Words in front of
    the first option's name are the first option that is not named. What is unknown or does not fit is left as it
    stands, for the client to refuse. Raises StageError where there is no command, or words that nothing takes."""
    words = text.strip().removeprefix("/").split()
    if not words:
        raise StageError("Type a command, for example /claim or /drop open.")
    node, path = book.get(words[0], {}), words[:1]
    while nested := {each["name"]: each for each in node.get("options", ()) if _is_nested(each)}:
        following = words[len(path)] if len(words) > len(path) else ""
        path = words[: len(path) + 1]
        if following not in nested:
            return " ".join(path), {}
        node = nested[following]
    known: dict[str, Json] = {each["name"]: each for each in node.get("options", ())}
    options = _values(" ".join(words[len(path) :]), " ".join(path), list(known)) if node else {}
    return " ".join(path), {name: _value(known[name], value, person) for name, value in options.items()}


def _is_nested(option: Json) -> bool:
    return option["type"] in (commands.SUBCOMMAND, commands.GROUP)


def _values(rest: str, command: str, names: list[str]) -> dict[str, str]:
    named = re.compile(rf"(?:^|\s)({'|'.join(map(re.escape, names)) or '$.'}):")
    bare, *parts = named.split(rest)
    values = {name: value.strip() for name, value in zip(parts[::2], parts[1::2], strict=True)}
    if bare.strip():
        first = next((name for name in names if name not in values), None)
        if first is None:
            raise StageError(f"/{command} takes nothing more.")
        values[first] = bare.strip()
    return values


def _value(option: Json, text: str, person: Callable[[str], object]) -> object:
    if choices := option.get("choices"):
        chosen = (
            each["value"]
            for each in choices
            if text.casefold() in (str(each["name"]).casefold(), str(each["value"]))
        )
        return next(chosen, text)
    match option["type"]:
        case commands.INTEGER if _WHOLE.fullmatch(text):
            return int(text)
        case commands.NUMBER if _NUMBER.fullmatch(text):
            return float(text)
        case commands.BOOLEAN if text.casefold() in (*_YES, *_NO):
            return text.casefold() in _YES
        case commands.USER:
            return person(text)
    return text
