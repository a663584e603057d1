"""What every request to the local Twitch goes through: planned faults, errors in Twitch's form, the 501."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web

from bot.stage.twitch.faults import PlannedAnswer
from bot.stage.twitch.layouts import PREFIXES, own_path
from bot.stage.twitch.limits import HELIX_POINTS_MAX, Points
from bot.stage.twitch.model import NotImitated, Problem
from bot.stage.twitch.world import TwitchWorld

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
    """Apply planned faults to the local Twitch's paths, count Helix requests, and turn refusals into its errors."""
    buckets: defaultdict[str, Points] = defaultdict(partial(Points, world.clock))

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(PREFIXES):
            return await handler(request)
        path = own_path(request.path)
        delay = world.faults.take_delay(request.method, path)
        if delay:
            await asyncio.sleep(delay)
        planned = world.faults.take_answer(request.method, path)
        if planned is not None and not planned.after_effect:
            return planned_response(planned)
        # What is due by the world's clock has happened before the question, however late the alarm rings.
        world.agenda.run_due()
        bucket = buckets[_asker(world, request)] if path.startswith("/helix/") else None
        response = await _answered(world, request, handler, bucket)
        if bucket is not None:
            response.headers["Ratelimit-Limit"] = str(HELIX_POINTS_MAX)
            response.headers["Ratelimit-Remaining"] = str(bucket.left)
            response.headers["Ratelimit-Reset"] = str(bucket.full_at)
        return planned_response(planned) if planned is not None else response

    return answer


async def _answered(
    world: TwitchWorld, request: web.Request, handler: Handler, bucket: Points | None
) -> web.StreamResponse:
    try:
        if bucket is not None and not bucket.take():
            raise Problem(429, "Too Many Requests")
        return await handler(request)
    except NotImitated as problem:
        world.note("not-imitated", f"{request.method} {request.path}: {problem.what}")
        return web.json_response(problem.body(), status=problem.status)
    except Problem as problem:
        return web.json_response(problem.body(), status=problem.status)


def _asker(world: TwitchWorld, request: web.Request) -> str:
    """Whose points a request takes: one user's, or the application's own."""
    token = world.tokens.find(request.headers.get("Authorization", "").rpartition(" ")[2])
    return token.user.id if token is not None and token.user is not None else ""


async def not_imitated(request: web.Request) -> web.StreamResponse:
    """The last route: whatever no other route answers is told apart from an error, by 501."""
    raise NotImitated(f"{request.method} {request.path}")
