"""What Discord refuses in messages, modals and offered choices, which clients leave to the server."""

from __future__ import annotations

from typing import Any

from bot.stage.discord import component_limits, components, polls
from bot.stage.discord.components import Path
from bot.stage.discord.errors import FormErrors, empty_message
from bot.stage.discord.files import FILES_MAX
from bot.stage.discord.model import COMPONENTS_V2

Json = dict[str, Any]

CONTENT_MAX, EMBEDS_MAX, EMBED_TOTAL_MAX, FIELDS_MAX = 2000, 10, 6000, 25
NONCE_MAX, CHOICES_MAX = 25, 25
MODAL_TITLE_MAX, MODAL_PARTS_MAX = 45, 5


def check_message(body: Json) -> None:
    """Raise 50035 naming every field beyond its limit, 50006 for a message with nothing in it."""
    errors = FormErrors()
    content, embeds, parts = body.get("content"), body.get("embeds") or [], body.get("components") or []
    component_limits.check_shape(parts, ("components",), errors)
    errors.raise_if_any()
    errors.length(content, 0, CONTENT_MAX, ("content",))
    if isinstance(nonce := body.get("nonce"), str):
        errors.length(nonce, 0, NONCE_MAX, ("nonce",))
    errors.count(embeds, 0, EMBEDS_MAX, ("embeds",))
    for index, embed in enumerate(embeds):
        _check_embed(embed, ("embeds", index), errors)
    if sum(_embed_length(embed) for embed in embeds) > EMBED_TOTAL_MAX:
        errors.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    if body.get("poll"):
        polls.check(body["poll"], errors)
    if (body.get("flags") or 0) & COMPONENTS_V2:
        _check_nothing_legacy(body, errors)
        component_limits.check_layout(parts, errors)
    else:
        component_limits.check_rows(parts, errors)
    component_limits.check_parts(parts, errors)
    errors.count([*(body.get("uploads") or ()), *(body.get("kept") or ())], 0, FILES_MAX, ("attachments",))
    errors.raise_if_any()
    if not (content or embeds or parts or any(body.get(key) for key in ("poll", "uploads", "kept"))):
        raise empty_message()


def _check_nothing_legacy(body: Json, errors: FormErrors) -> None:
    for field in ("content", "embeds", "poll"):
        if body.get(field):
            errors.add(
                (field,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def _check_embed(embed: Json, path: Path, errors: FormErrors) -> None:
    for key, most in (("title", 256), ("description", 4096)):
        errors.length(embed.get(key), 0, most, (*path, key))
    for key in ("image", "thumbnail"):
        errors.url((embed.get(key) or {}).get("url"), (*path, key, "url"))
    errors.url(embed.get("url"), (*path, "url"))
    errors.length((embed.get("footer") or {}).get("text"), 0, 2048, (*path, "footer", "text"))
    errors.length((embed.get("author") or {}).get("name"), 0, 256, (*path, "author", "name"))
    fields = embed.get("fields") or []
    errors.count(fields, 0, FIELDS_MAX, (*path, "fields"))
    for index, each in enumerate(fields):
        for key, most in (("name", 256), ("value", 1024)):
            where = (*path, "fields", index, key)
            if errors.require(bool(each.get(key)), where):
                errors.length(each[key], 1, most, where)


def _embed_length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts.append((embed.get("author") or {}).get("name"))
    for each in embed.get("fields") or []:
        texts += [each.get("name"), each.get("value")]
    return sum(len(text or "") for text in texts)


def check_modal(body: Json) -> None:
    """Raise 50035 for a modal the platform refuses: title 45, custom_id 100, one to five parts."""
    errors = FormErrors()
    for key, most in (("title", MODAL_TITLE_MAX), ("custom_id", component_limits.CUSTOM_ID_MAX)):
        if errors.require(bool(body.get(key)), (key,)):
            errors.length(body[key], 1, most, (key,))
    parts = body.get("components") or []
    component_limits.check_shape(parts, ("components",), errors)
    errors.raise_if_any()
    errors.count(parts, 1, MODAL_PARTS_MAX, ("components",))
    for index, part in enumerate(parts):
        component_limits.check_kind(part, components.IN_MODAL, ("components", index), errors)
        if part.get("type") == components.LABEL:
            errors.require(isinstance(part.get("component"), dict), ("components", index, "component"))
            errors.length(part.get("label"), 1, 45, ("components", index, "label"))
            errors.length(part.get("description"), 0, 100, ("components", index, "description"))
    component_limits.check_parts(parts, errors)
    errors.raise_if_any()


def check_choices(choices: list[Json]) -> None:
    """Raise 50035 for choices the platform refuses: 25 of them, names and texts of 1 to 100 characters."""
    errors = FormErrors()
    errors.count(choices, 0, CHOICES_MAX, ("data", "choices"))
    for index, choice in enumerate(choices):
        where = ("data", "choices", index)
        if errors.require(bool(choice.get("name")), (*where, "name")):
            errors.length(choice["name"], 1, 100, (*where, "name"))
        if errors.require(choice.get("value") is not None, (*where, "value")) and isinstance(choice["value"], str):
            errors.length(choice["value"], 1, 100, (*where, "value"))
    errors.raise_if_any()
