"""The thin wire: puts the local Discord's REST endpoints and gateway on an aiohttp application."""

from __future__ import annotations

import asyncio
import functools
import json
from typing import Any

from aiohttp import web

from bot.stage.discord import errors, gateway, uploads
from bot.stage.discord.errors import ApiError, TooMany
from bot.stage.discord.faults import Planned
from bot.stage.discord.files import Upload
from bot.stage.discord.routes import ROUTES, Call, Reply, Route
from bot.stage.discord.world import DiscordWorld

PREFIX = "/api/v10"


def mount(app: web.Application, world: DiscordWorld) -> None:
    """Serve `world` under /api/v10, /gw/ and /attachments; whatever else is asked of the first gets 501."""
    for path in ("/gw", "/gw/"):
        app.router.add_get(path, functools.partial(gateway.serve, world))
    file = "/attachments/{channel_id}/{attachment_id}/{filename}"
    app.router.add_get(file, functools.partial(_file, world))
    for route in ROUTES:
        app.router.add_route(route.method, PREFIX + route.path, functools.partial(_serve, world, route))
    app.router.add_route("*", PREFIX + "/{rest:.*}", functools.partial(_refuse, world))


async def _refuse(world: DiscordWorld, request: web.Request) -> web.StreamResponse:
    path = request.path.removeprefix(PREFIX)
    world.note_not_imitated(f"{request.method} {path}")
    problem = errors.not_imitated(request.method, path)
    return _answer(problem.status, problem.body())


async def _serve(world: DiscordWorld, route: Route, request: web.Request) -> web.StreamResponse:
    if world.faults.is_out:
        return web.Response(status=503, text="upstream connect error")
    path = request.path.removeprefix(PREFIX)
    if (delay := world.faults.take("delay", request.method, path)) is not None:
        await asyncio.sleep(delay.seconds)
    if (failure := world.faults.take("fail", request.method, path)) is not None:
        return _planned_answer(failure)
    headers: dict[str, str] = {}
    try:
        _count(world, route, request, headers)
        reply = await _handle(world, route, request)
        if world.faults.take("lose", request.method, path) is not None:
            raise ConnectionResetError("the stage lost this answer on purpose")
    except ApiError as problem:
        more = problem.headers() if isinstance(problem, TooMany) else {}
        return _answer(problem.status, problem.body(), headers | more)
    except ConnectionError:
        # A planned fault, or a hook that plays one: the client is to hear nothing.
        if isinstance(request.transport, asyncio.WriteTransport):
            request.transport.abort()
        raise
    return _answer(reply.status, reply.body, headers)


async def _handle(world: DiscordWorld, route: Route, request: web.Request) -> Reply:
    if route.needs_token and request.headers.get("Authorization") != f"Bot {world.bot_token}":
        raise errors.unauthorized()
    # Files are read where the client found this server.
    world.board.files_url = f"http://{request.host}"
    body, files = await _body(world, route, request)
    hook = getattr(world.faults, route.hook) if route.hook is not None else None
    if hook is not None:
        await hook("received", {**request.match_info, "body": body})
    call = Call(request.match_info, request.query, body, gateway.gateway_url(request), files)
    reply = route.handler(world, call)
    # Looked up again: the hook may have been set or taken away meanwhile.
    hook = getattr(world.faults, route.hook) if route.hook is not None else None
    if hook is not None:
        await hook("answering", {**request.match_info, "body": body, "reply": reply.body})
    return reply


async def _body(world: DiscordWorld, route: Route, request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    files: tuple[Upload, ...] = ()
    if not request.body_exists:
        return route.takes(), files
    if request.content_type == "multipart/form-data":
        body, files = await uploads.read_form(await request.multipart())
    elif request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
    else:
        world.note_not_imitated(f"{request.method} {request.path} with a {request.content_type} body")
        raise errors.not_imitated(request.method, f"{request.path} with a {request.content_type} body")
    if not isinstance(body, route.takes):
        told = f"Only a {route.takes.__name__} may be used"
        raise errors.invalid((), f"{route.takes.__name__.upper()}_TYPE_CONVERT", told)
    return body, files


async def _file(world: DiscordWorld, request: web.Request) -> web.StreamResponse:
    """What the platform's own file server answers."""
    if (file := world.board.file(request.match_info["attachment_id"])) is None:
        return web.Response(status=404, text="This content is no longer available.")
    return web.Response(body=file.data, headers={"Content-Type": file.content_type})


def _count(world: DiscordWorld, route: Route, request: web.Request, headers: dict[str, str]) -> None:
    """Take the request from its bucket, and from what a bot may ask in all; raises TooMany."""
    if route.limit is not None:
        bucket = f"{route.method} {route.path}"
        major = request.match_info.get(route.major, "") if route.major else ""
        told, retry_after = world.rate_limits.take(bucket, major, route.limit)
        headers |= told
        if retry_after is not None:
            raise TooMany(retry_after)
    # Whatever goes by an interaction's own token does not count towards the bot's limit.
    if route.needs_token and (wait := world.rate_limits.take_global()) is not None:
        raise TooMany(wait, scope="global")


def _planned_answer(failure: Planned) -> web.Response:
    body = {"message": f"{failure.status}: planned", "code": 0} if failure.body is None else failure.body
    return _answer(failure.status, body, failure.headers)


def _answer(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    if body is None:
        return web.Response(status=status, headers=headers)
    if isinstance(body, str):
        return web.Response(status=status, text=body, content_type="text/html", headers=headers)
    # Exactly this content type: with a charset behind it discord.py would not read the JSON.
    exact = {**(headers or {}), "Content-Type": "application/json"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=exact)
