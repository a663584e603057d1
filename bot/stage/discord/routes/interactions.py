"""Answering an interaction: the callback, and the follow-ups under its token."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.ratelimits import Limit
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.world import DiscordWorld

_FOLLOW_UPS = Limit(5, 2.0)
_YES = frozenset({"1", "true", "True"})


def answer(world: DiscordWorld, call: Call) -> Reply:
    body = call.body | {"data": call.with_files(call.body.get("data") or {})}
    act = world.desk.callback(call.params["interaction_id"], call.params["token"], body)
    if call.query.get("with_response") not in _YES:
        return Reply(204)
    return Reply(200, payloads.callback(act, call.body["type"]))


def follow_up(world: DiscordWorld, call: Call) -> Reply:
    act = world.desk.by_token(call.params["application_id"], call.params["token"])
    return Reply(200, payloads.message(world.desk.follow_up(act, call.with_files(call.body))))


def get_answer(world: DiscordWorld, call: Call) -> Reply:
    act = world.desk.by_token(call.params["application_id"], call.params["token"])
    return Reply(200, payloads.message(world.desk.message_of(act, call.params["message_id"])))


def edit_answer(world: DiscordWorld, call: Call) -> Reply:
    act = world.desk.by_token(call.params["application_id"], call.params["token"])
    message = world.desk.message_of(act, call.params["message_id"])
    return Reply(200, payloads.message(world.desk.edit(act, message, call.with_files(call.body))))


def delete_answer(world: DiscordWorld, call: Call) -> Reply:
    act = world.desk.by_token(call.params["application_id"], call.params["token"])
    world.desk.delete(act, world.desk.message_of(act, call.params["message_id"]))
    return Reply(204)


_WEBHOOK = "/webhooks/{application_id}/{token}"
_MESSAGE = _WEBHOOK + "/messages/{message_id}"

ROUTES = (
    # The platform exempts callbacks from its limits; the token in the address is the whole authorisation.
    Route(
        "POST",
        "/interactions/{interaction_id}/{token}/callback",
        answer,
        limit=None,
        needs_token=False,
        hook="on_callback",
    ),
    Route("POST", _WEBHOOK, follow_up, _FOLLOW_UPS, "token", needs_token=False),
    Route("GET", _MESSAGE, get_answer, _FOLLOW_UPS, "token", needs_token=False),
    Route("PATCH", _MESSAGE, edit_answer, _FOLLOW_UPS, "token", needs_token=False),
    Route("DELETE", _MESSAGE, delete_answer, _FOLLOW_UPS, "token", needs_token=False),
)
