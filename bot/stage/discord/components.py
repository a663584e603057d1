"""Buttons, selects and layouts: walking them, and filling in what the platform adds when it stores them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SELECTS = frozenset({3, 5, 6, 7, 8})
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
TOP_LEVEL = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
IN_ROW = (BUTTON, *sorted(SELECTS), TEXT_INPUT)
IN_MODAL = (ROW, TEXT, LABEL)
LINK_STYLE, PREMIUM_STYLE = 5, 6

Path = tuple[str | int, ...]


def walk(parts: list[dict[str, Any]], path: Path = ("components",)) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every component with its path, parents before children."""
    for index, part in enumerate(parts):
        yield from _walk_one(part, (*path, index))


def _walk_one(part: dict[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    yield path, part
    yield from walk(part.get("components") or [], (*path, "components"))
    for single in ("accessory", "component"):
        if isinstance(part.get(single), dict):
            yield from _walk_one(part[single], (*path, single))


def texts(parts: list[dict[str, Any]]) -> list[str]:
    """What the text components of a layout say, in reading order."""
    return [part["content"] for _, part in walk(parts) if part["type"] == TEXT]


def stored(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A copy as the platform stores it: an id for each, and the defaults that were left out."""
    used = {part["id"] for _, part in walk(parts) if part.get("id")}
    counter = iter(number for number in range(1, 10_000) if number not in used)
    return [_stored_one(part, counter) for part in parts]


def _stored_one(part: dict[str, Any], counter: Iterator[int]) -> dict[str, Any]:
    copy = {key: value for key, value in part.items() if value is not None}
    if not copy.get("id"):
        copy["id"] = next(counter)
    if copy["type"] in SELECTS:
        copy = {"min_values": 1, "max_values": 1, **copy}
    if copy["type"] == CONTAINER:
        copy = {"accent_color": None, "spoiler": False, **copy}
    if copy["type"] == SEPARATOR:
        copy = {"divider": True, "spacing": 1, **copy}
    if copy["type"] == THUMBNAIL:
        copy = {"spoiler": False, "description": None, **copy, "media": _stored_media(copy["media"])}
    if copy["type"] == GALLERY:
        items = [{key: value for key, value in each.items() if value is not None} for each in copy["items"]]
        copy["items"] = [
            {"spoiler": False, "description": None, **each, "media": _stored_media(each["media"])} for each in items
        ]
    if "components" in copy:
        copy["components"] = [_stored_one(each, counter) for each in copy["components"]]
    for single in ("accessory", "component"):
        if single in copy:
            copy[single] = _stored_one(copy[single], counter)
    return copy


def _stored_media(media: dict[str, Any]) -> dict[str, Any]:
    """The stage fetches nothing: a picture stays where it is, and its size is not known."""
    return {"id": "0", "url": media["url"], "proxy_url": media["url"], "width": 0, "height": 0}
