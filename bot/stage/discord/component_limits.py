"""What Discord refuses in components: rows of buttons and menus, layouts, and the fields of forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.stage.discord import components
from bot.stage.discord.components import Path
from bot.stage.discord.errors import FormErrors

Json = dict[str, Any]

ROWS_MAX, ROW_BUTTONS_MAX, LAYOUT_PARTS_MAX, LAYOUT_TEXT_MAX = 5, 5, 40, 4000
CUSTOM_ID_MAX, LABEL_MAX, OPTIONS_MAX = 100, 80, 25
SECTION_TEXTS_MAX, GALLERY_MAX, PICTURE_TEXT_MAX = 3, 10, 1024


def check_shape(parts: object, path: Path, errors: FormErrors) -> None:
    """Lists of objects with a type, all the way down: what the other checks take for granted."""
    if not isinstance(parts, list):
        errors.count(parts, 0, 0, path)
        return
    for index, part in enumerate(parts):
        typed = isinstance(part, dict) and isinstance(part.get("type"), int)
        if errors.require(typed, (*path, index, "type")):
            check_shape(part.get("components") or [], (*path, index, "components"), errors)
            for single in ("accessory", "component"):
                if part.get(single) is not None:
                    _check_single(part[single], (*path, index, single), errors)


def _check_single(part: object, path: Path, errors: FormErrors) -> None:
    typed = isinstance(part, dict) and isinstance(part.get("type"), int)
    errors.require(typed, (*path, "type"))


def check_kind(part: Json, allowed: tuple[int, ...], path: Path, errors: FormErrors) -> None:
    """Each place takes components of some types only."""
    if part["type"] not in allowed:
        told = f"({allowed[0]},)" if len(allowed) == 1 else str(allowed)
        errors.add((*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {told}.')


def check_rows(rows: list[Json], errors: FormErrors) -> None:
    errors.count(rows, 0, ROWS_MAX, ("components",))
    for index, row in enumerate(rows):
        check_kind(row, (components.ROW,), ("components", index), errors)


def check_layout(parts: list[Json], errors: FormErrors) -> None:
    """What holds for a message made of components alone."""
    for index, part in enumerate(parts):
        check_kind(part, components.TOP_LEVEL, ("components", index), errors)
    everything = [part for _, part in components.walk(parts)]
    if len(everything) > LAYOUT_PARTS_MAX:
        errors.add(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS", "A maximum of 40 components is allowed")
    if sum(len(part.get("content") or "") for part in everything) > LAYOUT_TEXT_MAX:
        errors.add(
            ("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", "The text may hold 4000 characters in all"
        )


def check_parts(parts: list[Json], errors: FormErrors) -> None:
    """What holds for each component by itself, wherever it stands."""
    seen: set[str] = set()
    for path, part in components.walk(parts):
        if (check := _CHECKS.get(part["type"])) is not None:
            check(part, path, errors)
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
    for index, part in enumerate(inside):
        check_kind(part, components.IN_ROW, (*path, "components", index), errors)
    if len(inside) > 1 and any(part.get("type") != components.BUTTON for part in inside):
        errors.add(
            (*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row holds one select or five buttons"
        )


def _check_button(button: Json, path: Path, errors: FormErrors) -> None:
    errors.length(button.get("label"), 0, LABEL_MAX, (*path, "label"))
    style = button.get("style")
    if not errors.choice(style, tuple(range(1, 7)), (*path, "style")):
        return
    if style == components.LINK_STYLE:
        if errors.require(bool(button.get("url")), (*path, "url")):
            errors.url(button["url"], (*path, "url"))
    elif style != components.PREMIUM_STYLE:
        errors.require(bool(button.get("custom_id")), (*path, "custom_id"))
        errors.require(bool(button.get("label") or button.get("emoji")), (*path, "label"))


def _check_select(select: Json, path: Path, errors: FormErrors) -> None:
    errors.require(bool(select.get("custom_id")), (*path, "custom_id"))
    errors.length(select.get("placeholder"), 0, 150, (*path, "placeholder"))
    errors.whole(select.get("min_values"), 0, OPTIONS_MAX, (*path, "min_values"))
    errors.whole(select.get("max_values"), 1, OPTIONS_MAX, (*path, "max_values"))
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


def _check_text(text: Json, path: Path, errors: FormErrors) -> None:
    if errors.require(bool(text.get("content")), (*path, "content")):
        errors.length(text["content"], 1, LAYOUT_TEXT_MAX, (*path, "content"))


def _check_container(container: Json, path: Path, errors: FormErrors) -> None:
    inside = container.get("components") or []
    errors.count(inside, 1, LAYOUT_PARTS_MAX, (*path, "components"))
    for index, part in enumerate(inside):
        check_kind(part, components.IN_CONTAINER, (*path, "components", index), errors)
    errors.whole(container.get("accent_color"), 0, 0xFFFFFF, (*path, "accent_color"))


def _check_section(section: Json, path: Path, errors: FormErrors) -> None:
    inside = section.get("components") or []
    errors.count(inside, 1, SECTION_TEXTS_MAX, (*path, "components"))
    for index, part in enumerate(inside):
        check_kind(part, (components.TEXT,), (*path, "components", index), errors)
    if errors.require(bool(section.get("accessory")), (*path, "accessory")):
        allowed = (components.BUTTON, components.THUMBNAIL)
        check_kind(section["accessory"], allowed, (*path, "accessory"), errors)


def _check_gallery(gallery: Json, path: Path, errors: FormErrors) -> None:
    items = gallery.get("items") or []
    errors.count(items, 1, GALLERY_MAX, (*path, "items"))
    for index, item in enumerate(items):
        _check_picture(item, (*path, "items", index), errors)


def _check_picture(picture: Json, path: Path, errors: FormErrors) -> None:
    url = (picture.get("media") or {}).get("url")
    if errors.require(bool(url), (*path, "media", "url")):
        errors.url(url, (*path, "media", "url"))
    errors.length(picture.get("description"), 0, PICTURE_TEXT_MAX, (*path, "description"))


def _check_separator(separator: Json, path: Path, errors: FormErrors) -> None:
    if separator.get("spacing") is not None:
        errors.choice(separator["spacing"], (1, 2), (*path, "spacing"))


_CHECKS: dict[int, Callable[[Json, Path, FormErrors], None]] = {
    components.ROW: _check_row,
    components.BUTTON: _check_button,
    **dict.fromkeys(components.SELECTS, _check_select),
    components.TEXT_INPUT: _check_text_input,
    components.TEXT: _check_text,
    components.CONTAINER: _check_container,
    components.SECTION: _check_section,
    components.GALLERY: _check_gallery,
    components.THUMBNAIL: _check_picture,
    components.SEPARATOR: _check_separator,
}
