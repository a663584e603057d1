"""Requests to the local Discord without a client: its own endpoints, limits, errors and planned faults."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.domain.time import SECOND
from bot.rehearsal.fast.network import Network
from bot.services.ports import PlaceDown, SendRefused
from bot.stage.discord.errors import ApiError
from bot.stage.discord.files import Upload
from bot.stage.discord.routes import ROUTES, Call, Route
from bot.stage.discord.world import DiscordWorld

_TOO_MANY = 429


class AnswerLost(Exception):
    """The request took effect, and nobody says so."""


class Rest:
    """One process's way to the endpoints; like the client's library it waits where Discord asks it to."""

    def __init__(self, world: DiscordWorld, network: Network, request_timeout: float) -> None:
        self._world = world
        self._network = network
        self._request_timeout = request_timeout

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        files: tuple[Upload, ...] = (),
    ) -> Any:
        """The body of the reply. Raises ApiError, AnswerLost, or TimeoutError after the time a request has."""
        async with asyncio.timeout(self._request_timeout):
            while True:
                try:
                    return await self._once(method, path, {} if body is None else body, query or {}, files)
                except _Wait as wait:
                    await asyncio.sleep(wait.seconds)

    async def _once(
        self, method: str, path: str, body: Any, query: Mapping[str, str], files: tuple[Upload, ...]
    ) -> Any:
        faults = self._world.faults
        delay = faults.take("delay", method, path)
        await self._network.trip(0.0 if delay is None else delay.seconds)
        if faults.is_out:
            raise ApiError(503, 0, "upstream connect error")
        if (failure := faults.take("fail", method, path)) is not None:
            if failure.status == _TOO_MANY:
                raise _Wait(float(failure.headers.get("Retry-After", "1")))
            raise ApiError(failure.status, 0, "planned")
        route, params = _find(method, path)
        self._take_from_bucket(route, params)
        reply = route.handler(self._world, Call(params, query, body, "", files))
        if faults.take("lose", method, path) is not None:
            raise AnswerLost(path)
        await self._network.trip()
        return reply.body

    def _take_from_bucket(self, route: Route, params: Mapping[str, str]) -> None:
        if route.limit is not None:
            major = params.get(route.major, "") if route.major else ""
            _, wait = self._world.rate_limits.take(f"{route.method} {route.path}", major, route.limit)
            if wait is not None:
                raise _Wait(wait)


class _Wait(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = max(seconds, 1 / SECOND)


@cache
def _patterns() -> tuple[tuple[Route, re.Pattern[str]], ...]:
    return tuple((route, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path))) for route in ROUTES)


def _find(method: str, path: str) -> tuple[Route, dict[str, str]]:
    for route, pattern in _patterns():
        if route.method == method and (found := pattern.fullmatch(path)):
            return route, found.groupdict()
    raise LookupError(f"the stage has no {method} {path}")


def as_port_says(place: str, error: Exception) -> Exception:
    """Discord's refusals as those of ports.BoardSender."""
    if not isinstance(error, ApiError):
        return PlaceDown(f"Discord did not answer ({type(error).__name__})")
    if error.status in (401, _TOO_MANY) or error.status >= 500:
        return PlaceDown(f"Discord answers {error.status}")
    return SendRefused(f"{place}: {error.status} ({error.code}: {error.message})")
