"""Reads what a request's body says, field by field, and refuses what Twitch refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.stage.twitch.model import Problem

Body = Mapping[str, Any]


def text(body: Body, key: str, *, most: int | None = None) -> str:
    """A string that has to be there; raises Problem 400 when it is missing, empty or longer than `most`."""
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise Problem(400, f'Missing required parameter "{key}"')
    return _short(value, key, most)


def optional_text(body: Body, key: str, default: str, *, most: int | None = None) -> str:
    value = body.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise Problem(400, f'The parameter "{key}" was malformed: the value must be a string')
    return _short(value, key, most)


def number(body: Body, key: str, *, least: int, most: int) -> int:
    """A whole number that has to be there; raises Problem 400 when it is missing or out of its range."""
    if body.get(key) is None:
        raise Problem(400, f'Missing required parameter "{key}"')
    return optional_number(body, key, 0, least=least, most=most)


def optional_number(body: Body, key: str, default: int, *, least: int, most: int) -> int:
    value = body.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Problem(
            400, f'The parameter "{key}" was malformed: the value must be a whole number from {least} to {most}'
        )
    return value


def flag(body: Body, key: str, default: bool) -> bool:
    value = body.get(key)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Problem(400, f'The parameter "{key}" was malformed: the value must be true or false')
    return value


def _short(value: str, key: str, most: int | None) -> str:
    if most is not None and len(value) > most:
        raise Problem(400, f'The parameter "{key}" was malformed: it may have at most {most} characters')
    return value
