"""Scheduled events over REST."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.ratelimits import Limit
from bot.stage.discord.routes.lookups import YES, guild_of, number
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.world import DiscordWorld

_CHANGES = Limit(5, 60.0)


def list_events(world: DiscordWorld, call: Call) -> Reply:
    guild_of(world, call)
    counted = call.query.get("with_user_count") in YES
    return Reply(200, [payloads.event(each, with_count=counted) for each in world.events.all()])


def create(world: DiscordWorld, call: Call) -> Reply:
    guild_of(world, call)
    return Reply(200, payloads.event(world.events.create(world.bot, call.body)))


def get(world: DiscordWorld, call: Call) -> Reply:
    guild_of(world, call)
    counted = call.query.get("with_user_count") in YES
    return Reply(200, payloads.event(world.events.get(call.params["event_id"]), with_count=counted))


def change(world: DiscordWorld, call: Call) -> Reply:
    guild_of(world, call)
    event = world.events.get(call.params["event_id"])
    world.events.change(world.bot, event, call.body)
    return Reply(200, payloads.event(event))


def delete(world: DiscordWorld, call: Call) -> Reply:
    guild_of(world, call)
    world.events.delete(world.bot, world.events.get(call.params["event_id"]))
    return Reply(204)


def interested(world: DiscordWorld, call: Call) -> Reply:
    guild = guild_of(world, call)
    event = world.events.get(call.params["event_id"])
    limit, after = number(call, "limit", 100, 1, 100), int(call.query.get("after", "0"))
    found = [user_id for user_id in sorted(event.interested, key=int) if int(user_id) > after][:limit]
    told = []
    for user_id in found:
        member = guild.user(user_id)
        one = {"guild_scheduled_event_id": event.id, "user_id": user_id, "response": 1}
        one["user"] = payloads.user(member)
        if call.query.get("with_member") in YES and user_id in guild.members:
            one["member"] = payloads.member(member)
        told.append(one)
    return Reply(200, told)


_ALL = "/guilds/{guild_id}/scheduled-events"
_ONE = _ALL + "/{event_id}"

ROUTES = (
    Route("GET", _ALL, list_events, major="guild_id"),
    Route("POST", _ALL, create, _CHANGES, "guild_id"),
    Route("GET", _ONE, get, major="guild_id"),
    Route("PATCH", _ONE, change, _CHANGES, "guild_id"),
    Route("DELETE", _ONE, delete, major="guild_id"),
    Route("GET", f"{_ONE}/users", interested, major="guild_id"),
)
