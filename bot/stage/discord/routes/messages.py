"""Channel messages over REST: post, edit, delete and read, with the permissions each needs."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.channels import DirectChannel, Thread
from bot.stage.discord.errors import TooMany, foreign_message
from bot.stage.discord.model import Message
from bot.stage.discord.permissions import Permission
from bot.stage.discord.ratelimits import OLD_EDITS, Limit
from bot.stage.discord.routes.lookups import channel_of, message_of, number, shown
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.world import DiscordWorld
from bot.stage.record import SECOND

_WRITES = Limit(5, 5.0)
_OLD_AFTER = 3_600 * SECOND


def post(world: DiscordWorld, call: Call) -> Reply:
    needed = Permission.SEND_MESSAGES
    if call.body.get("embeds"):
        needed |= Permission.EMBED_LINKS
    if call.body.get("poll"):
        needed |= Permission.SEND_POLLS
    if call.files:
        needed |= Permission.ATTACH_FILES
    channel = channel_of(world, call, needed)
    if reference := call.body.get("message_reference"):
        world.board.get(channel, str(reference["message_id"]))
    if (before := world.board.said_before(world.bot, call.body)) is not None:
        return Reply(200, payloads.message(before))
    if isinstance(channel, DirectChannel):
        world.direct.require_open(channel, world.bot)
    if isinstance(channel, Thread):
        world.threads.before_message(world.bot, channel)
    return Reply(200, payloads.message(world.board.post(world.bot, channel, call.with_files(call.body))))


def edit(world: DiscordWorld, call: Call) -> Reply:
    message = message_of(world, call, Permission.VIEW_CHANNEL)
    if message.author is not world.bot:
        raise foreign_message()
    _count_old_edit(world, message)
    world.board.edit(message, call.with_files(call.body))
    return Reply(200, payloads.message(message))


def _count_old_edit(world: DiscordWorld, message: Message) -> None:
    if world.clock() - message.created_at <= _OLD_AFTER:
        return
    wait = world.rate_limits.take("old edits", message.channel.id, OLD_EDITS).retry_after
    if wait is not None:
        told = "Maximum number of edits to messages older than 1 hour reached. Try again later."
        raise TooMany(wait, code=30046, message=told)


def delete(world: DiscordWorld, call: Call) -> Reply:
    message = message_of(world, call, Permission.VIEW_CHANNEL)
    if message.author is not world.bot:
        world.guild.require(world.bot, message.channel, Permission.MANAGE_MESSAGES)
    world.board.delete(message)
    return Reply(204)


def get(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, shown(world, message_of(world, call, Permission.READ_MESSAGE_HISTORY)))


def history(world: DiscordWorld, call: Call) -> Reply:
    """Newest first; `after` gives those nearest to it, as on the platform."""
    channel = channel_of(world, call, Permission.VIEW_CHANNEL)
    limit = number(call, "limit", 50, 1, 100)
    if not world.guild.permissions_of(world.bot, channel) & Permission.READ_MESSAGE_HISTORY:
        return Reply(200, [])
    found = sorted(world.board.visible(channel), key=lambda message: int(message.id))
    if after := call.query.get("after"):
        found = [message for message in found if int(message.id) > int(after)][:limit]
    elif before := call.query.get("before"):
        found = [message for message in found if int(message.id) < int(before)]
    return Reply(200, [shown(world, message) for message in reversed(found[-limit:])])


_MESSAGES = "/channels/{channel_id}/messages"
_ONE = _MESSAGES + "/{message_id}"

ROUTES = (
    Route("POST", _MESSAGES, post, _WRITES, "channel_id", hook="on_message"),
    Route("GET", _MESSAGES, history, Limit(5, 5.0), "channel_id"),
    Route("GET", _ONE, get, Limit(5, 5.0), "channel_id"),
    Route("PATCH", _ONE, edit, _WRITES, "channel_id"),
    Route("DELETE", _ONE, delete, _WRITES, "channel_id"),
)
