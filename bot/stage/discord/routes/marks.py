"""Pins and reactions over REST."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.permissions import Permission
from bot.stage.discord.ratelimits import Limit
from bot.stage.discord.routes.lookups import channel_of, member_of, message_of, number, shown
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.snowflakes import iso
from bot.stage.discord.world import DiscordWorld

_PINS = Limit(5, 5.0)
_REACTIONS = Limit(1, 0.25)


def pin(world: DiscordWorld, call: Call) -> Reply:
    world.marks.pin(world.bot, message_of(world, call, Permission.PIN_MESSAGES))
    return Reply(204)


def unpin(world: DiscordWorld, call: Call) -> Reply:
    world.marks.unpin(message_of(world, call, Permission.PIN_MESSAGES))
    return Reply(204)


def list_pins(world: DiscordWorld, call: Call) -> Reply:
    channel = channel_of(world, call, Permission.READ_MESSAGE_HISTORY)
    return Reply(200, [shown(world, message) for message in world.marks.pinned(channel)])


def page_of_pins(world: DiscordWorld, call: Call) -> Reply:
    channel = channel_of(world, call, Permission.READ_MESSAGE_HISTORY)
    limit = number(call, "limit", 50, 1, 50)
    found = world.marks.pinned(channel)
    if before := call.query.get("before"):
        found = [message for message in found if iso(message.pinned_at or 0) < before]
    items = [{"pinned_at": iso(each.pinned_at or 0), "message": shown(world, each)} for each in found[:limit]]
    return Reply(200, {"items": items, "has_more": len(found) > limit})


def react(world: DiscordWorld, call: Call) -> Reply:
    message = message_of(world, call, Permission.READ_MESSAGE_HISTORY)
    if call.params["emoji"] not in message.reactions:
        world.guild.require(world.bot, message.channel, Permission.ADD_REACTIONS)
    world.marks.react(world.bot, message, call.params["emoji"])
    return Reply(204)


def take_back(world: DiscordWorld, call: Call) -> Reply:
    """The bot's own reaction, or with the permission anybody's."""
    needed = Permission.MANAGE_MESSAGES if "user_id" in call.params else Permission.READ_MESSAGE_HISTORY
    message = message_of(world, call, needed)
    world.marks.take_back(member_of(world, call), message, call.params["emoji"])
    return Reply(204)


def clear(world: DiscordWorld, call: Call) -> Reply:
    message = message_of(world, call, Permission.MANAGE_MESSAGES)
    world.marks.clear(message, call.params.get("emoji"))
    return Reply(204)


def who_reacted(world: DiscordWorld, call: Call) -> Reply:
    message = message_of(world, call, Permission.READ_MESSAGE_HISTORY)
    limit, after = number(call, "limit", 25, 1, 100), int(call.query.get("after", "0"))
    found = sorted(message.reactions.get(call.params["emoji"], []), key=int)
    found = [user_id for user_id in found if int(user_id) > after][:limit]
    return Reply(200, [payloads.user(world.guild.user(user_id)) for user_id in found])


_PIN_PATHS = ("/channels/{channel_id}/pins/{message_id}", "/channels/{channel_id}/messages/pins/{message_id}")
_ALL = "/channels/{channel_id}/messages/{message_id}/reactions"
_ONE = _ALL + "/{emoji}"

ROUTES = (
    *(Route("PUT", path, pin, _PINS, "channel_id") for path in _PIN_PATHS),
    *(Route("DELETE", path, unpin, _PINS, "channel_id") for path in _PIN_PATHS),
    # Before /messages/{message_id}, which would take "pins" for an id.
    Route("GET", "/channels/{channel_id}/messages/pins", page_of_pins, _PINS, "channel_id"),
    Route("GET", "/channels/{channel_id}/pins", list_pins, _PINS, "channel_id"),
    Route("PUT", f"{_ONE}/@me", react, _REACTIONS, "channel_id"),
    Route("DELETE", f"{_ONE}/@me", take_back, _REACTIONS, "channel_id"),
    Route("DELETE", f"{_ONE}/{{user_id}}", take_back, _REACTIONS, "channel_id"),
    Route("GET", _ONE, who_reacted, major="channel_id"),
    Route("DELETE", _ONE, clear, _REACTIONS, "channel_id"),
    Route("DELETE", _ALL, clear, _REACTIONS, "channel_id"),
)
