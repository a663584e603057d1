"""What every request to the local Twitch goes through: planned faults, errors in Twitch's form, the 501."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.stage.twitch.faults import PlannedAnswer
from bot.stage.twitch.limits import Recent
from bot.stage.twitch.model import SECOND, NotImitated, Problem
from bot.stage.twitch.world import TwitchWorld

HELIX_REQUESTS_MAX = 800
HELIX_WINDOW_SECONDS = 60
PREFIXES = ("/helix", "/oauth2", "/ws")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def planned_response(planned: PlannedAnswer) -> web.Response:
    if isinstance(planned.body, str):
        return web.Response(
            status=planned.status,
            text=planned.body,
            content_type=planned.content_type,
            headers=planned.headers,
        )
    body = planned.body if planned.body is not None else Problem(planned.status, "a planned fault").body()
    return web.json_response(
        dict(body), status=planned.status, content_type=planned.content_type, headers=planned.headers
    )


def no_content() -> web.Response:
    """204 without a Content-Type, as Twitch sends it."""
    return web.Response(status=204)


def middleware(world: TwitchWorld) -> Any:
    """Apply planned faults to the local Twitch's paths, and turn refusals into Twitch's error bodies."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(PREFIXES):
            return await handler(request)
        delay = world.faults.take_delay(request.method, request.path)
        if delay:
            await asyncio.sleep(delay)
        planned = world.faults.take_answer(request.method, request.path)
        if planned is not None and not planned.after_effect:
            return planned_response(planned)
        try:
            response = await handler(request)
        except NotImitated as problem:
            world.note("not-imitated", f"{request.method} {request.path}: {problem.what}")
            response = web.json_response(problem.body(), status=problem.status)
        except Problem as problem:
            response = web.json_response(problem.body(), status=problem.status)
        if planned is not None:
            response = planned_response(planned)
        return response

    return answer


def helix_budget(world: TwitchWorld) -> Any:
    """Count Helix requests against the application's 800 a minute, and tell what is left in the headers."""
    requests = Recent(world.clock, HELIX_WINDOW_SECONDS)

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith("/helix/"):
            return await handler(request)
        if len(requests) >= HELIX_REQUESTS_MAX:
            raise Problem(429, "Too Many Requests")
        requests.add()
        response = await handler(request)
        response.headers["Ratelimit-Limit"] = str(HELIX_REQUESTS_MAX)
        response.headers["Ratelimit-Remaining"] = str(HELIX_REQUESTS_MAX - len(requests))
        response.headers["Ratelimit-Reset"] = str(world.clock() // SECOND + HELIX_WINDOW_SECONDS)
        return response

    return count


async def not_imitated(request: web.Request) -> web.StreamResponse:
    """The last route: whatever no other route answers is told apart from an error, by 501."""
    raise NotImitated(f"{request.method} {request.path}")
