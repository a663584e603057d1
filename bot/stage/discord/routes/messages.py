"""Channel messages over REST: post, edit, delete, read and pin, with the permissions each needs."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.errors import FormErrors, foreign_message
from bot.stage.discord.guild import Channel
from bot.stage.discord.model import Message
from bot.stage.discord.permissions import Permission
from bot.stage.discord.ratelimits import Limit
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.world import DiscordWorld

_WRITES = Limit(5, 5.0)
_PINS = Limit(5, 5.0)


def _channel(world: DiscordWorld, call: Call, needed: Permission) -> Channel:
    channel = world.guild.channel(call.params["channel_id"])
    world.guild.require(world.bot, channel, needed)
    return channel


def _message(world: DiscordWorld, call: Call, needed: Permission) -> Message:
    return world.board.get(_channel(world, call, needed), call.params["message_id"])


def get_channel(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, payloads.channel(_channel(world, call, Permission.VIEW_CHANNEL), world.guild))


def post(world: DiscordWorld, call: Call) -> Reply:
    needed = Permission.SEND_MESSAGES
    if call.body.get("embeds"):
        needed |= Permission.EMBED_LINKS
    channel = _channel(world, call, needed)
    if reference := call.body.get("message_reference"):
        world.board.get(channel, str(reference["message_id"]))
    message = world.board.said_before(world.bot, call.body) or world.board.post(world.bot, channel, call.body)
    return Reply(200, payloads.message(message))


def edit(world: DiscordWorld, call: Call) -> Reply:
    message = _message(world, call, Permission.VIEW_CHANNEL)
    if message.author is not world.bot:
        raise foreign_message()
    world.board.edit(message, call.body)
    return Reply(200, payloads.message(message))


def delete(world: DiscordWorld, call: Call) -> Reply:
    message = _message(world, call, Permission.VIEW_CHANNEL)
    if message.author is not world.bot:
        world.guild.require(world.bot, message.channel, Permission.MANAGE_MESSAGES)
    world.board.delete(message)
    return Reply(204)


def get(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, payloads.message(_message(world, call, Permission.READ_MESSAGE_HISTORY)))


def history(world: DiscordWorld, call: Call) -> Reply:
    """Newest first; `after` gives those nearest to it, as on the platform."""
    channel = _channel(world, call, Permission.VIEW_CHANNEL)
    limit = int(call.query.get("limit", "50"))
    if not 1 <= limit <= 100:
        wrong = FormErrors()
        wrong.add(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
        wrong.raise_if_any()
    if not world.guild.permissions_of(world.bot, channel) & Permission.READ_MESSAGE_HISTORY:
        return Reply(200, [])
    found = sorted(world.board.visible(channel), key=lambda message: int(message.id))
    if after := call.query.get("after"):
        found = [message for message in found if int(message.id) > int(after)][:limit]
    elif before := call.query.get("before"):
        found = [message for message in found if int(message.id) < int(before)]
    return Reply(200, [payloads.message(message) for message in reversed(found[-limit:])])


def pin(world: DiscordWorld, call: Call) -> Reply:
    world.board.pin(_message(world, call, Permission.PIN_MESSAGES), True)
    return Reply(204)


def unpin(world: DiscordWorld, call: Call) -> Reply:
    world.board.pin(_message(world, call, Permission.PIN_MESSAGES), False)
    return Reply(204)


_MESSAGES = "/channels/{channel_id}/messages"
_ONE = _MESSAGES + "/{message_id}"
_PIN_PATHS = ("/channels/{channel_id}/pins/{message_id}", "/channels/{channel_id}/messages/pins/{message_id}")

ROUTES = (
    Route("GET", "/channels/{channel_id}", get_channel, major="channel_id"),
    Route("POST", _MESSAGES, post, _WRITES, "channel_id", hook="on_message"),
    Route("GET", _MESSAGES, history, Limit(5, 5.0), "channel_id"),
    Route("GET", _ONE, get, Limit(5, 5.0), "channel_id"),
    Route("PATCH", _ONE, edit, _WRITES, "channel_id"),
    Route("DELETE", _ONE, delete, _WRITES, "channel_id"),
    *(Route("PUT", path, pin, _PINS, "channel_id") for path in _PIN_PATHS),
    *(Route("DELETE", path, unpin, _PINS, "channel_id") for path in _PIN_PATHS),
)
