"""Passes, game nights and units taken back, without a client: their slash commands, and what answers them."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from bot.domain.drop_plan import SUPPLY_MAX, TITLE_CHARACTERS_MAX
from bot.domain.night_deeds import SEATS_MAX, NightVerb
from bot.domain.pass_deeds import USES_MAX
from bot.domain.pass_terms import PassKind
from bot.domain.pass_words import KINDS_BY_WORD
from bot.domain.people import Actor
from bot.rehearsal.fast.discord_answers import Act
from bot.rehearsal.fast.discord_options import (
    BOOLEAN,
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
from bot.services.services import Services
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from cogs.dialogues import nights, passes, voiding

_NUMBER_MAX = 1_000_000_000
_NUMBER = "pass-number"
_VISITS = (NightVerb.JOIN, NightVerb.CHECK_IN, NightVerb.LEAVE)
Options = Mapping[str, Any]


def pass_definitions(words: Wording) -> list[Json]:
    """`/pass`, `/passes` and `/night`."""
    own = [
        _named(words, "pass-own", "list", []),
        _named(words, "pass-spend", "spend", [text(words, "choice", 1, TYPED_MAX, required=True)]),
        _named(words, "pass-transfer", "hand-on", [_number(words), _member(words, "person")]),
    ]
    giving = [
        _named(words, "pass-give", "give", _giving(words)),
        _named(words, "pass-list", "list", [_member(words, "who-member")]),
        _named(words, "pass-revoke", "revoke", [_number(words), _why(words, 1, required=True)]),
    ]
    hosting = [
        _named(words, "night-create", "create", _hosting(words)),
        _named(words, "night-cancel", "cancel", [_night(words)]),
        *(_named(words, f"night-{verb}", str(verb), [_night(words)]) for verb in _VISITS),
        _named(words, "night-list", "list", []),
    ]
    return [
        command(words, "pass", own),
        {**command(words, "passes", giving), "default_member_permissions": MANAGE_MESSAGES},
        command(words, "night", hosting),
    ]


def void_definition(words: Wording) -> Json:
    """`/drop void`."""
    drop = {**text(words, "drop", 1, TYPED_MAX, required=True), "autocomplete": True}
    unit = {**_whole(words, "unit", SUPPLY_MAX, required=True), "name": "unit"}
    return sub(words, "void", [drop, unit, _why(words, 0)])


def deciding(
    services: Services, act: Act, group: str, name: str, options: Options, member: Actor | None
) -> Awaitable[str | Card]:
    """What a subcommand of these comes to; spending a pass is a vote, and is answered as one. Raises ValueError for
    any other."""
    actor, request_id = act.actor, act.request_id
    match group, name:
        case "pass", "list":
            return passes.own_passes(services, actor)
        case "pass", "hand-on" if member is not None:
            return passes.hand_pass_on(services, actor, request_id, _value(options, "number", 0), member)
        case "passes", "give" if member is not None:
            return passes.give_pass(services, actor, request_id, member, _form(options))
        case "passes", "list" if member is not None:
            return passes.passes_of_somebody(services, actor, member)
        case "passes", "revoke":
            number, why = _value(options, "number", 0), _value(options, "why", "")
            return passes.revoke_pass(services, actor, request_id, number, why)
        case "night", "list":
            return nights.nights_to_show(services, actor)
        case "night", "create":
            return nights.create_night(services, actor, request_id, _night_form(options))
        case "night", "cancel":
            return nights.cancel_night(services, actor, request_id, _value(options, "night", ""))
        case "night", _:
            verb, night = NightVerb(name), _value(options, "night", "")
            return nights.visit_night(services, actor, request_id, verb, night)
        case "drop", "void":
            values = (_value(options, "drop", ""), _value(options, "unit", 0), _value(options, "why", ""))
            return voiding.void_unit(services, actor, request_id, voiding.VoidOrder(*values))
    raise ValueError(f"nothing answers /{group} {name}")


def _form(options: Options) -> passes.PassForm:
    return passes.PassForm(
        PassKind(_value(options, "kind", "")),
        _value(options, "why", ""),
        _value(options, "uses", 1),
        _value(options, "expires", ""),
        _value(options, "transferable", False),
        _value(options, "title", ""),
    )


def _night_form(options: Options) -> nights.NightForm:
    return nights.NightForm(
        _value(options, "title", ""),
        _value(options, "starts", ""),
        _value(options, "seats", 0),
        _value(options, "lasts", ""),
        _value(options, "needs_pass", True),
    )


def _value(options: Options, name: str, default: Any) -> Any:
    return options[name]["value"] if name in options else default


def _named(words: Wording, key: str, name: str, options: list[Json]) -> Json:
    return {**sub(words, key, options), "name": name}


def _typed(words: Wording, key: str, name: str, least: int, most: int = TYPED_MAX) -> Json:
    return {**text(words, key, least, most, required=least > 0), "name": name}


def _whole(words: Wording, key: str, most: int, *, required: bool) -> Json:
    limits = {"min_value": 1, "max_value": most, "required": required}
    return {"type": INTEGER, "name": key, "description": say(words, f"slash-option-{key}"), **limits}


def _number(words: Wording) -> Json:
    return {**_whole(words, _NUMBER, _NUMBER_MAX, required=True), "name": "number"}


def _member(words: Wording, key: str) -> Json:
    return {"type": USER, "name": "member", "description": say(words, f"slash-option-{key}"), "required": True}


def _flag(words: Wording, key: str, name: str) -> Json:
    return {"type": BOOLEAN, "name": name, "description": say(words, f"slash-option-{key}"), "required": False}


def _why(words: Wording, least: int, *, required: bool = False) -> Json:
    return text(words, "why", least, WHY_MAX, required=required)


def _night(words: Wording) -> Json:
    return {**text(words, "night", 0, TYPED_MAX), "autocomplete": True}


def _giving(words: Wording) -> list[Json]:
    kinds = [{"name": word, "value": str(kind)} for word, kind in KINDS_BY_WORD.items()]
    kind = {"type": STRING, "name": "kind", "description": say(words, "slash-option-pass-kind"), "required": True}
    return [
        _member(words, "person"),
        {**kind, "choices": kinds},
        _why(words, 1, required=True),
        _whole(words, "uses", USES_MAX, required=False),
        _typed(words, "pass-expires", "expires", 0),
        _flag(words, "transferable", "transferable"),
        _typed(words, "pass-title", "title", 0, TITLE_CHARACTERS_MAX),
    ]


def _hosting(words: Wording) -> list[Json]:
    return [
        _typed(words, "title", "title", 1, TITLE_CHARACTERS_MAX),
        _typed(words, "starts", "starts", 1),
        _whole(words, "seats", SEATS_MAX, required=True),
        _typed(words, "night-lasts", "lasts", 0),
        _flag(words, "needs-pass", "needs_pass"),
    ]
