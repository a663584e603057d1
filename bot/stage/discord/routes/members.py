"""The server, its channels, its roles and its members over REST."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.errors import unknown_guild
from bot.stage.discord.guild import Guild, Member, Role
from bot.stage.discord.ratelimits import Limit
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.world import DiscordWorld

_ROLE_CHANGES = Limit(10, 10.0)


def _guild(world: DiscordWorld, call: Call) -> Guild:
    if call.params["guild_id"] != world.guild_id:
        raise unknown_guild()
    return world.guild


def get_guild(world: DiscordWorld, call: Call) -> Reply:
    guild = _guild(world, call)
    body = payloads.guild(guild)
    if call.query.get("with_counts") in ("1", "true", "True"):
        body |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return Reply(200, body)


def list_channels(world: DiscordWorld, call: Call) -> Reply:
    guild = _guild(world, call)
    return Reply(200, [payloads.channel(each, guild) for each in guild.channels.values()])


def list_roles(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, [payloads.role(each) for each in _guild(world, call).roles.values()])


def get_member(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, payloads.member(_guild(world, call).member(call.params["user_id"])))


def _member_and_role(world: DiscordWorld, call: Call) -> tuple[Member, Role]:
    guild = _guild(world, call)
    member, role = guild.member(call.params["user_id"]), guild.role(call.params["role_id"])
    guild.require_role_power(world.bot, role)
    return member, role


def give_role(world: DiscordWorld, call: Call) -> Reply:
    world.give_role(*_member_and_role(world, call))
    return Reply(204)


def take_role(world: DiscordWorld, call: Call) -> Reply:
    world.take_role(*_member_and_role(world, call))
    return Reply(204)


_ROLE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"

ROUTES = (
    Route("GET", "/guilds/{guild_id}", get_guild, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/channels", list_channels, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/roles", list_roles, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", get_member, major="guild_id"),
    Route("PUT", _ROLE, give_role, _ROLE_CHANGES, "guild_id"),
    Route("DELETE", _ROLE, take_role, _ROLE_CHANGES, "guild_id"),
)
