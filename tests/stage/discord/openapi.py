"""Checks what passes between client and stage against the platform's OpenAPI file."""

from __future__ import annotations

from aiohttp.typedefs import Middleware


class Checker:
    violations: list[str]
    middleware: Middleware

    @classmethod
    def if_available(cls) -> Checker | None:
        return None
