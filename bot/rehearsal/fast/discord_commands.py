"""The slash commands as Discord is told of them without a client: the same names, options and limits."""

from __future__ import annotations

from typing import Any

from bot.domain.control import EXTEND_MINUTES_MAX
from bot.domain.drop_plan import SUPPLY_MAX, WhileOffline
from bot.domain.moved import REASONS
from bot.domain.planning import KINDS
from bot.wording.catalogue import Wording
from bot.wording.moving import reason_text
from bot.wording.times import undo_text

Json = dict[str, Any]
PLAIN_VERBS = ("open", "close", "pause", "resume", "cancel")
_SUBCOMMAND, _STRING, _INTEGER, _USER = 1, 3, 4, 6
_MANAGE_MESSAGES = "8192"
_TYPED_MAX, _WHY_MAX, _PER_PERSON_MAX, _CODES_MAX = 100, 200, 1000, 50


def definitions(words: Wording, *, linking: bool = True) -> list[Json]:
    """Every command, for one server; `linking` where there is Twitch as well. A test holds them against what the
    library registers."""
    steering = [_sub(words, verb, [_drop(words)]) for verb in PLAIN_VERBS]
    steering += [
        _sub(words, "extend", [_minutes(words), _drop(words)]),
        _sub(words, "give", [_member(words), _text(words, "why", 1, _WHY_MAX, required=True), _drop(words)]),
        _sub(words, "undo", [], within=undo_text(words)),
        {**_sub(words, "drops", []), "name": "show"},
        _sub(words, "new", _new(words)),
        _sub(words, "move", _move(words)),
        _sub(words, "who", _who(words)),
        _sub(words, "codes", [_set(words), _count(words), _text(words, "expires", 0, _TYPED_MAX)]),
        {**_sub(words, "code-for", _one_code(words)), "name": "code"},
    ]
    return [
        _command(words, "can", [_drop(words)]),
        _command(words, "claim", [_drop(words)]),
        _command(words, "code", []),
        _command(words, "drops", []),
        {**_command(words, "drop", steering), "default_member_permissions": _MANAGE_MESSAGES},
        _command(words, "help", []),
        *([_command(words, "link", [])] if linking else []),
        _command(words, "mine", []),
        _command(words, "privacy", []),
        _command(
            words,
            "proof",
            [_number(words), {**_drop(words), "description": _say(words, "slash-option-proof-drop")}],
        ),
    ]


def _command(words: Wording, name: str, options: list[Json]) -> Json:
    return {"type": 1, "name": name, "description": _say(words, f"slash-{name}"), "options": options}


def _sub(words: Wording, name: str, options: list[Json], **details: str) -> Json:
    description = _say(words, f"slash-{name}", **details)
    return {"type": _SUBCOMMAND, "name": name, "description": description, "options": options}


def _say(words: Wording, key: str, **details: str) -> str:
    return words.say(key, discord=True, **details)[:100]


def _text(words: Wording, name: str, least: int, most: int, *, required: bool = False) -> Json:
    description = _say(words, f"slash-option-{name}")
    limits = {"min_length": least, "max_length": most, "required": required}
    return {"type": _STRING, "name": name, "description": description, **limits}


def _drop(words: Wording) -> Json:
    return {**_text(words, "drop", 0, _TYPED_MAX), "autocomplete": True}


def _set(words: Wording) -> Json:
    return _text(words, "set", 0, _TYPED_MAX, required=True)


def _count(words: Wording) -> Json:
    limits = {"min_value": 1, "max_value": _CODES_MAX, "required": False}
    return {"type": _INTEGER, "name": "count", "description": _say(words, "slash-option-count"), **limits}


def _one_code(words: Wording) -> list[Json]:
    member = {**_member(words), "description": _say(words, "slash-option-code-member")}
    return [member, _set(words), _text(words, "expires", 0, _TYPED_MAX)]


def _number(words: Wording) -> Json:
    limits = {"min_value": 1, "max_value": SUPPLY_MAX, "required": True}
    return {"type": _INTEGER, "name": "number", "description": _say(words, "slash-option-number"), **limits}


def _minutes(words: Wording) -> Json:
    description = _say(words, "slash-option-minutes")
    limits = {"min_value": 1, "max_value": EXTEND_MINUTES_MAX, "required": False}
    return {"type": _INTEGER, "name": "minutes", "description": description, **limits}


def _member(words: Wording) -> Json:
    return {"type": _USER, "name": "member", "description": _say(words, "slash-option-member"), "required": True}


def _move(words: Wording) -> list[Json]:
    def typed(name: str, *, required: bool) -> Json:
        description = _say(words, f"slash-option-move-{name}")
        return {**_text(words, "drop", 0, _TYPED_MAX, required=required), "name": name, "description": description}

    why = {"name": "reason", "description": _say(words, "slash-option-move-why"), "required": True}
    choices = [{"name": reason_text(words, each)[:100], "value": str(each)} for each in REASONS]
    return [
        typed("opens", required=True),
        {"type": _STRING, **why, "choices": choices},
        _drop(words),
        typed("lasts", required=False),
    ]


def _who(words: Wording) -> list[Json]:
    member = {**_member(words), "description": _say(words, "slash-option-who-member"), "required": False}
    name = {**_text(words, "drop", 0, _TYPED_MAX), "name": "name"}
    return [member, {**name, "description": _say(words, "slash-option-who-name")}]


def _new(words: Wording) -> list[Json]:
    def choice(name: str, key: str, values: list[str]) -> Json:
        choices = [{"name": each, "value": each} for each in values]
        description = _say(words, f"slash-option-{key}")
        return {
            "type": _STRING,
            "name": name,
            "description": description,
            "choices": choices,
            "required": False,
        }

    many = {"min_value": 1, "max_value": _PER_PERSON_MAX, "required": False}
    per_person = {"type": _INTEGER, "name": "per_person", "description": _say(words, "slash-option-per-person")}
    return [
        choice("kind", "kind", list(KINDS)),
        {**per_person, **many},
        _text(words, "announce", 0, _TYPED_MAX),
        choice("while_offline", "while-offline", [str(each) for each in WhileOffline]),
    ]
