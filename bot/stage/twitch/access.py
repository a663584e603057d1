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
    if not request.headers.get("Client-Id"):
        raise Problem(401, "Client ID is missing")
    if request.headers["Client-Id"] != world.client_id:
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


def need_owner(world: TwitchWorld, request: web.Request, *scopes: str) -> TwitchUser:
    """The broadcaster, who asks with a token that has one of the scopes; raises Problem 400 or 401."""
    user = need_scope(token_of(world, request), *scopes)
    need_same(user, need_broadcaster(world, request).id, "broadcaster_id")
    return user


def need_moderator(world: TwitchWorld, request: web.Request, *scopes: str) -> TwitchUser:
    """A moderator, or the broadcaster, who asks in the own name; raises Problem 400, 401 or 403."""
    user = need_scope(token_of(world, request), *scopes)
    need_broadcaster(world, request)
    if not request.query.get("moderator_id"):
        raise Problem(400, 'Missing required parameter "moderator_id"')
    need_same(user, request.query["moderator_id"], "moderator_id")
    if not world.moderates(user):
        raise Problem(403, "The user in moderator_id is not one of the broadcaster's moderators.")
    return user


def need_affiliate(world: TwitchWorld) -> None:
    """Raises Problem 403 for a channel too small for polls and rewards."""
    if not world.broadcaster_type:
        raise Problem(403, "The broadcaster is not a partner or affiliate.")


def named_user(world: TwitchWorld, request: web.Request) -> TwitchUser:
    """The user whom `user_id` names; raises Problem 400 when it is missing or nobody's."""
    named = request.query.get("user_id")
    if not named:
        raise Problem(400, 'Missing required parameter "user_id"')
    if named not in world.users:
        raise Problem(400, "The ID in user_id was not found.")
    return world.users[named]


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
