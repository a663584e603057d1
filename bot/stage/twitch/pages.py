"""Long lists in pages, as Helix gives them: `first` a page, and a cursor to go on `after`."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from aiohttp import web

from bot.stage.twitch.model import Problem

Item = TypeVar("Item")


def page_of(
    request: web.Request, items: Sequence[Item], *, default: int = 20, most: int = 100
) -> tuple[list[Item], dict[str, str]]:
    """The page that the request asks for, and its `pagination`; raises Problem 400 for a wrong number or cursor."""
    asked = request.query.get("first", str(default))
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked) <= most):
        raise Problem(400, f'The parameter "first" was malformed: the value must be between 1 and {most}')
    start = _position(request.query.get("after", ""))
    end = start + int(asked)
    return list(items[start:end]), {"cursor": _cursor(end)} if end < len(items) else {}


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"stage:{position}".encode()).decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, position = base64.urlsafe_b64decode(cursor).decode().partition(":")
    except ValueError as error:
        raise Problem(400, "The cursor is not valid.") from error
    if kind != "stage" or not position.isdigit():
        raise Problem(400, "The cursor is not valid.")
    return int(position)
