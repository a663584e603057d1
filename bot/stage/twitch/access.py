"""Who asks: the checks of token, client id and scopes that every Helix request passes."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.stage.twitch.model import Problem, Token, TwitchUser
from bot.stage.twitch.world import TwitchWorld


def token_of(world: TwitchWorld, request: web.Request) -> Token:
    """The request's token; raises Problem 401 with the texts on which clients refresh."""
    kind, _, access = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not access:
        raise Problem(401, "OAuth token is missing")
    token = world.tokens.find(access)
    if token is None:
        raise Problem(401, "Invalid OAuth token")
    if request.headers.get("Client-Id") != world.client_id:
        raise Problem(401, "Client ID and OAuth token do not match")
    return token


def need_scope(token: Token, *scopes: str) -> TwitchUser:
    """The user of a user token that has one of the scopes; raises Problem 401 otherwise."""
    if token.user is None:
        raise Problem(401, "This endpoint requires a user access token")
    if not token.scopes.intersection(scopes):
        raise Problem(401, f"Missing scope: {' or '.join(scopes)}")
    return token.user


def need_broadcaster(world: TwitchWorld, request: web.Request) -> TwitchUser:
    """The channel that `broadcaster_id` names; raises Problem 400 when it is missing or another's."""
    named = request.query.get("broadcaster_id")
    if not named:
        raise Problem(400, 'Missing required parameter "broadcaster_id"')
    if named != world.broadcaster.id:
        raise Problem(400, "The ID in broadcaster_id is not valid.")
    return world.broadcaster


def need_same(token_user: TwitchUser, wanted_id: str, parameter: str) -> None:
    if token_user.id != wanted_id:
        raise Problem(401, f"The ID in {parameter} must match the user ID found in the request's OAuth token.")


async def json_body(request: web.Request) -> dict[str, Any]:
    """The request's JSON object; raises Problem 400 when it is none."""
    if request.content_type != "application/json":
        raise Problem(400, "The request body must be JSON")
    try:
        body = await request.json()
    except ValueError as error:
        raise Problem(400, "The request body is not valid JSON") from error
    if not isinstance(body, dict):
        raise Problem(400, "The request body must be a JSON object")
    return body
