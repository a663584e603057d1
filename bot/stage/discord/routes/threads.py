"""Channels and threads over REST."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.channels import Thread
from bot.stage.discord.permissions import Permission
from bot.stage.discord.ratelimits import Limit
from bot.stage.discord.routes.lookups import YES, channel_of, guild_of, member_of, message_of
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.world import DiscordWorld

_CHANGES = Limit(5, 5.0)


def get_channel(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, payloads.channel(channel_of(world, call, Permission.VIEW_CHANNEL), world.guild))


def begin(world: DiscordWorld, call: Call) -> Reply:
    parent = channel_of(world, call, Permission.VIEW_CHANNEL)
    thread = world.threads.create(world.bot, parent, call.body)
    return Reply(201, payloads.thread_for(thread, world.guild, world.bot))


def begin_on_message(world: DiscordWorld, call: Call) -> Reply:
    message = message_of(world, call, Permission.READ_MESSAGE_HISTORY)
    thread = world.threads.create(world.bot, message.channel, call.body, message)
    return Reply(201, payloads.thread_for(thread, world.guild, world.bot))


def _thread(world: DiscordWorld, call: Call) -> Thread:
    channel_of(world, call, Permission.VIEW_CHANNEL)
    return world.guild.thread(call.params["channel_id"])


def change(world: DiscordWorld, call: Call) -> Reply:
    thread = _thread(world, call)
    world.threads.change(world.bot, thread, call.body)
    return Reply(200, payloads.channel(thread, world.guild))


def delete(world: DiscordWorld, call: Call) -> Reply:
    thread = _thread(world, call)
    told = payloads.channel(thread, world.guild)
    world.threads.delete(world.bot, thread)
    return Reply(200, told)


def join(world: DiscordWorld, call: Call) -> Reply:
    world.threads.join(member_of(world, call), _thread(world, call))
    return Reply(204)


def add(world: DiscordWorld, call: Call) -> Reply:
    thread, member = _thread(world, call), member_of(world, call)
    world.guild.require(world.bot, thread, Permission.SEND_MESSAGES)
    world.threads.join(member, thread)
    return Reply(204)


def leave(world: DiscordWorld, call: Call) -> Reply:
    thread = _thread(world, call)
    if "user_id" in call.params:
        world.guild.require(world.bot, thread, Permission.MANAGE_THREADS)
    world.threads.leave(member_of(world, call), thread)
    return Reply(204)


def list_members(world: DiscordWorld, call: Call) -> Reply:
    thread = _thread(world, call)
    told = [payloads.thread_member(thread, user_id) for user_id in thread.members]
    if call.query.get("with_member") in YES:
        told = [each | {"member": payloads.member(world.guild.member(each["user_id"]))} for each in told]
    return Reply(200, told)


def active(world: DiscordWorld, call: Call) -> Reply:
    guild = guild_of(world, call)
    found = world.threads.active(world.bot)
    own = [payloads.thread_member(each, world.bot.id) for each in found if world.bot.id in each.members]
    return Reply(
        200, {"threads": [payloads.channel(each, guild) for each in found], "members": own, "has_more": False}
    )


_CHANNEL = "/channels/{channel_id}"
_MEMBERS = _CHANNEL + "/thread-members"

ROUTES = (
    Route("GET", _CHANNEL, get_channel, major="channel_id"),
    Route("PATCH", _CHANNEL, change, _CHANGES, "channel_id"),
    Route("DELETE", _CHANNEL, delete, _CHANGES, "channel_id"),
    Route("POST", f"{_CHANNEL}/threads", begin, _CHANGES, "channel_id"),
    Route("POST", f"{_CHANNEL}/messages/{{message_id}}/threads", begin_on_message, _CHANGES, "channel_id"),
    Route("GET", _MEMBERS, list_members, major="channel_id"),
    Route("PUT", f"{_MEMBERS}/@me", join, major="channel_id"),
    Route("DELETE", f"{_MEMBERS}/@me", leave, major="channel_id"),
    Route("PUT", f"{_MEMBERS}/{{user_id}}", add, major="channel_id"),
    Route("DELETE", f"{_MEMBERS}/{{user_id}}", leave, major="channel_id"),
    Route("GET", "/guilds/{guild_id}/threads/active", active, major="guild_id"),
)
