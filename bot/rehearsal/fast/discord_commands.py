"""The slash commands as Discord is told of them without a client: the same names, options and limits."""

from __future__ import annotations

from bot.domain.control import EXTEND_MINUTES_MAX
from bot.domain.drop_plan import SUPPLY_MAX, WhileOffline
from bot.domain.moved import REASONS
from bot.domain.planning import KINDS
from bot.rehearsal.fast.discord_options import (
    INTEGER,
    MANAGE_MESSAGES,
    STRING,
    TYPED_MAX,
    USER,
    WHY_MAX,
    Json,
    command,
    say,
    sub,
    text,
)
from bot.rehearsal.fast.discord_passes import pass_definitions, void_definition
from bot.rehearsal.fast.discord_polls import poll_definitions
from bot.wording.catalogue import Wording
from bot.wording.moving import reason_text
from bot.wording.times import undo_text

PLAIN_VERBS = ("open", "close", "pause", "resume", "cancel")
_PER_PERSON_MAX, _CODES_MAX = 1000, 50


def definitions(words: Wording, *, linking: bool = True) -> list[Json]:
    """Every command, for one server; `linking` where there is Twitch as well. A test holds them against what the
    library registers."""
    steering = [sub(words, verb, [_drop(words)]) for verb in PLAIN_VERBS]
    steering += [
        sub(words, "extend", [_minutes(words), _drop(words)]),
        sub(words, "give", [_member(words), text(words, "why", 1, WHY_MAX, required=True), _drop(words)]),
        sub(words, "undo", [], within=undo_text(words)),
        {**sub(words, "drops", []), "name": "show"},
        sub(words, "new", _new(words)),
        sub(words, "move", _move(words)),
        sub(words, "who", _who(words)),
        sub(words, "codes", [_set(words), _count(words), text(words, "expires", 0, TYPED_MAX)]),
        {**sub(words, "code-for", _one_code(words)), "name": "code"},
        void_definition(words),
    ]
    return [
        command(words, "can", [_drop(words)]),
        command(words, "claim", [_drop(words)]),
        command(words, "code", []),
        command(words, "drops", []),
        {**command(words, "drop", steering), "default_member_permissions": MANAGE_MESSAGES},
        command(words, "help", []),
        *([command(words, "link", [])] if linking else []),
        command(words, "mine", []),
        command(words, "privacy", []),
        *pass_definitions(words),
        *poll_definitions(words),
        command(
            words,
            "proof",
            [_number(words), {**_drop(words), "description": say(words, "slash-option-proof-drop")}],
        ),
    ]


def _drop(words: Wording) -> Json:
    return {**text(words, "drop", 0, TYPED_MAX), "autocomplete": True}


def _set(words: Wording) -> Json:
    return text(words, "set", 0, TYPED_MAX, required=True)


def _count(words: Wording) -> Json:
    limits = {"min_value": 1, "max_value": _CODES_MAX, "required": False}
    return {"type": INTEGER, "name": "count", "description": say(words, "slash-option-count"), **limits}


def _one_code(words: Wording) -> list[Json]:
    member = {**_member(words), "description": say(words, "slash-option-code-member")}
    return [member, _set(words), text(words, "expires", 0, TYPED_MAX)]


def _number(words: Wording) -> Json:
    limits = {"min_value": 1, "max_value": SUPPLY_MAX, "required": True}
    return {"type": INTEGER, "name": "number", "description": say(words, "slash-option-number"), **limits}


def _minutes(words: Wording) -> Json:
    description = say(words, "slash-option-minutes")
    limits = {"min_value": 1, "max_value": EXTEND_MINUTES_MAX, "required": False}
    return {"type": INTEGER, "name": "minutes", "description": description, **limits}


def _member(words: Wording) -> Json:
    return {"type": USER, "name": "member", "description": say(words, "slash-option-member"), "required": True}


def _move(words: Wording) -> list[Json]:
    def typed(name: str, *, required: bool) -> Json:
        description = say(words, f"slash-option-move-{name}")
        return {**text(words, "drop", 0, TYPED_MAX, required=required), "name": name, "description": description}

    why = {"name": "reason", "description": say(words, "slash-option-move-why"), "required": True}
    choices = [{"name": reason_text(words, each)[:100], "value": str(each)} for each in REASONS]
    return [
        typed("opens", required=True),
        {"type": STRING, **why, "choices": choices},
        _drop(words),
        typed("lasts", required=False),
    ]


def _who(words: Wording) -> list[Json]:
    member = {**_member(words), "description": say(words, "slash-option-who-member"), "required": False}
    name = {**text(words, "drop", 0, TYPED_MAX), "name": "name"}
    return [member, {**name, "description": say(words, "slash-option-who-name")}]


def _new(words: Wording) -> list[Json]:
    def choice(name: str, key: str, values: list[str]) -> Json:
        choices = [{"name": each, "value": each} for each in values]
        description = say(words, f"slash-option-{key}")
        return {
            "type": STRING,
            "name": name,
            "description": description,
            "choices": choices,
            "required": False,
        }

    many = {"min_value": 1, "max_value": _PER_PERSON_MAX, "required": False}
    per_person = {"type": INTEGER, "name": "per_person", "description": say(words, "slash-option-per-person")}
    return [
        choice("kind", "kind", list(KINDS)),
        {**per_person, **many},
        text(words, "announce", 0, TYPED_MAX),
        choice("while_offline", "while-offline", [str(each) for each in WhileOffline]),
    ]
