"""Discord's length limits for messages and modals, which clients leave to the server."""

from __future__ import annotations

from typing import Any

from bot.stage.discord import components
from bot.stage.discord.components import Path
from bot.stage.discord.errors import FormErrors, empty_message
from bot.stage.discord.model import COMPONENTS_V2

Json = dict[str, Any]

CONTENT_MAX, EMBEDS_MAX, EMBED_TOTAL_MAX, FIELDS_MAX = 2000, 10, 6000, 25
ROWS_MAX, ROW_BUTTONS_MAX, LAYOUT_PARTS_MAX, LAYOUT_TEXT_MAX = 5, 5, 40, 4000
CUSTOM_ID_MAX, LABEL_MAX, OPTIONS_MAX, NONCE_MAX = 100, 80, 25, 25
MODAL_TITLE_MAX, MODAL_PARTS_MAX = 45, 5


def check_message(body: Json) -> None:
    """Raise 50035 naming every field beyond its limit, 50006 for a message with nothing in it."""
    errors = FormErrors()
    content, embeds, parts = body.get("content"), body.get("embeds") or [], body.get("components") or []
    _check_shape(parts, ("components",), errors)
    errors.raise_if_any()
    errors.length(content, 0, CONTENT_MAX, ("content",))
    if isinstance(nonce := body.get("nonce"), str):
        errors.length(nonce, 0, NONCE_MAX, ("nonce",))
    errors.count(embeds, 0, EMBEDS_MAX, ("embeds",))
    for index, embed in enumerate(embeds):
        _check_embed(embed, ("embeds", index), errors)
    if sum(_embed_length(embed) for embed in embeds) > EMBED_TOTAL_MAX:
        errors.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    if (body.get("flags") or 0) & COMPONENTS_V2:
        if content or embeds:
            wrong = "content" if content else "embeds"
            errors.add(
                (wrong,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
        _check_layout(parts, errors)
    else:
        _check_rows(parts, errors)
    _check_parts(parts, errors)
    errors.raise_if_any()
    if not (content or embeds or parts):
        raise empty_message()


def _check_shape(parts: object, path: Path, errors: FormErrors) -> None:
    """Lists of objects with a type, all the way down: what the other checks take for granted."""
    if not isinstance(parts, list):
        errors.count(parts, 0, 0, path)
        return
    for index, part in enumerate(parts):
        typed = isinstance(part, dict) and isinstance(part.get("type"), int)
        if errors.require(typed, (*path, index, "type")):
            _check_shape(part.get("components") or [], (*path, index, "components"), errors)


def _check_embed(embed: Json, path: Path, errors: FormErrors) -> None:
    for key, most in (("title", 256), ("description", 4096)):
        errors.length(embed.get(key), 0, most, (*path, key))
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


def _check_rows(rows: list[Json], errors: FormErrors) -> None:
    errors.count(rows, 0, ROWS_MAX, ("components",))
    for index, row in enumerate(rows):
        if row.get("type") != components.ROW:
            errors.add(
                ("components", index, "type"), "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).'
            )


def _check_layout(parts: list[Json], errors: FormErrors) -> None:
    everything = [part for _, part in components.walk(parts)]
    if len(everything) > LAYOUT_PARTS_MAX:
        errors.add(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS", "A maximum of 40 components is allowed")
    if sum(len(part.get("content") or "") for part in everything) > LAYOUT_TEXT_MAX:
        errors.add(
            ("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The text may hold 4000 characters in all"
        )


def _check_parts(parts: list[Json], errors: FormErrors) -> None:
    seen: set[str] = set()
    for path, part in components.walk(parts):
        kind = part.get("type")
        if kind == components.ROW:
            _check_row(part, path, errors)
        elif kind == components.BUTTON:
            _check_button(part, path, errors)
        elif kind in components.SELECTS:
            _check_select(part, path, errors)
        elif kind == components.TEXT_INPUT:
            _check_text_input(part, path, errors)
        elif kind == components.TEXT:
            errors.length(part.get("content"), 1, LAYOUT_TEXT_MAX, (*path, "content"))
        custom_id = part.get("custom_id")
        if custom_id is not None:
            errors.length(custom_id, 1, CUSTOM_ID_MAX, (*path, "custom_id"))
            if custom_id in seen:
                errors.add(
                    (*path, "custom_id"),
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    "Component custom id cannot be duplicated",
                )
            seen.add(custom_id)


def _check_row(row: Json, path: Path, errors: FormErrors) -> None:
    inside = row.get("components") or []
    errors.count(inside, 1, ROW_BUTTONS_MAX, (*path, "components"))
    if len(inside) > 1 and any(part.get("type") != components.BUTTON for part in inside):
        errors.add(
            (*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row holds one select or five buttons"
        )


def _check_button(button: Json, path: Path, errors: FormErrors) -> None:
    errors.length(button.get("label"), 0, LABEL_MAX, (*path, "label"))
    style = button.get("style")
    if style == components.LINK_STYLE:
        errors.require(bool(button.get("url")), (*path, "url"))
    elif style != components.PREMIUM_STYLE:
        errors.require(bool(button.get("custom_id")), (*path, "custom_id"))
        errors.require(bool(button.get("label") or button.get("emoji")), (*path, "label"))


def _check_select(select: Json, path: Path, errors: FormErrors) -> None:
    errors.require(bool(select.get("custom_id")), (*path, "custom_id"))
    errors.length(select.get("placeholder"), 0, 150, (*path, "placeholder"))
    if select["type"] != components.STRING_SELECT:
        return
    options = select.get("options") or []
    errors.count(options, 1, OPTIONS_MAX, (*path, "options"))
    for index, option in enumerate(options):
        for key, least in (("label", 1), ("value", 1), ("description", 0)):
            errors.length(option.get(key), least, 100, (*path, "options", index, key))


def _check_text_input(text: Json, path: Path, errors: FormErrors) -> None:
    errors.require(bool(text.get("custom_id")), (*path, "custom_id"))
    for key, least, most in (("label", 1, 45), ("placeholder", 0, 100), ("value", 0, 4000)):
        errors.length(text.get(key), least, most, (*path, key))


def check_modal(body: Json) -> None:
    """Raise 50035 for a modal the platform refuses: title 45, custom_id 100, one to five parts."""
    errors = FormErrors()
    for key, most in (("title", MODAL_TITLE_MAX), ("custom_id", CUSTOM_ID_MAX)):
        if errors.require(bool(body.get(key)), (key,)):
            errors.length(body[key], 1, most, (key,))
    parts = body.get("components") or []
    _check_shape(parts, ("components",), errors)
    errors.raise_if_any()
    errors.count(parts, 1, MODAL_PARTS_MAX, ("components",))
    for index, part in enumerate(parts):
        if part.get("type") == components.LABEL:
            errors.length(part.get("label"), 1, 45, ("components", index, "label"))
            errors.length(part.get("description"), 0, 100, ("components", index, "description"))
    _check_parts(parts, errors)
    errors.raise_if_any()
