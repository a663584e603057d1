"""The server, its channels, its roles and its members over REST, and direct messages to them."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.errors import missing_access
from bot.stage.discord.guild import Member, Role
from bot.stage.discord.ratelimits import Limit
from bot.stage.discord.routes.lookups import YES, guild_of, number
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.sessions import GUILD_MEMBERS
from bot.stage.discord.world import DiscordWorld

_ROLE_CHANGES = Limit(10, 10.0)


def get_guild(world: DiscordWorld, call: Call) -> Reply:
    guild = guild_of(world, call)
    body = payloads.guild(guild)
    if call.query.get("with_counts") in YES:
        body |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return Reply(200, body)


def list_channels(world: DiscordWorld, call: Call) -> Reply:
    guild = guild_of(world, call)
    return Reply(200, [payloads.channel(each, guild) for each in guild.channels.values()])


def get_member(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, payloads.member(guild_of(world, call).member(call.params["user_id"])))


def list_members(world: DiscordWorld, call: Call) -> Reply:
    """For bots that were allowed the members intent."""
    guild = guild_of(world, call)
    if not world.sessions.allowed_privileged_intents & GUILD_MEMBERS:
        raise missing_access()
    limit, after = number(call, "limit", 1, 1, 1000), int(call.query.get("after", "0"))
    found = [each for each in guild.members_like("", len(guild.members)) if int(each.id) > after][:limit]
    return Reply(200, [payloads.member(each) for each in found])


def search_members(world: DiscordWorld, call: Call) -> Reply:
    limit = number(call, "limit", 1, 1, 1000)
    found = guild_of(world, call).members_like(call.query.get("query", ""), limit)
    return Reply(200, [payloads.member(each) for each in found])


def get_user(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, payloads.user(world.guild.user(call.params["user_id"])))


def open_direct(world: DiscordWorld, call: Call) -> Reply:
    channel = world.direct.open_for(str(call.body.get("recipient_id")))
    return Reply(200, payloads.channel(channel, world.guild))


def list_roles(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, [payloads.role(each) for each in guild_of(world, call).roles.values()])


def _role(world: DiscordWorld, call: Call) -> Role:
    return guild_of(world, call).role(call.params["role_id"])


def get_role(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, payloads.role(_role(world, call)))


def create_role(world: DiscordWorld, call: Call) -> Reply:
    guild_of(world, call)
    return Reply(200, payloads.role(world.roles.create(world.bot, call.body)))


def change_role(world: DiscordWorld, call: Call) -> Reply:
    role = _role(world, call)
    world.roles.change(world.bot, role, call.body)
    return Reply(200, payloads.role(role))


def remove_role(world: DiscordWorld, call: Call) -> Reply:
    world.roles.remove(world.bot, _role(world, call))
    return Reply(204)


def _member_and_role(world: DiscordWorld, call: Call) -> tuple[Member, Role]:
    guild = guild_of(world, call)
    member, role = guild.member(call.params["user_id"]), guild.role(call.params["role_id"])
    guild.require_role_power(world.bot, role)
    return member, role


def give_role(world: DiscordWorld, call: Call) -> Reply:
    world.give_role(*_member_and_role(world, call))
    return Reply(204)


def take_role(world: DiscordWorld, call: Call) -> Reply:
    world.take_role(*_member_and_role(world, call))
    return Reply(204)


_ROLES = "/guilds/{guild_id}/roles"
_ROLE = _ROLES + "/{role_id}"
_HELD_ROLE = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"

ROUTES = (
    Route("GET", "/guilds/{guild_id}", get_guild, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/channels", list_channels, major="guild_id"),
    Route("GET", _ROLES, list_roles, major="guild_id"),
    Route("POST", _ROLES, create_role, _ROLE_CHANGES, "guild_id"),
    Route("GET", _ROLE, get_role, major="guild_id"),
    Route("PATCH", _ROLE, change_role, _ROLE_CHANGES, "guild_id"),
    Route("DELETE", _ROLE, remove_role, _ROLE_CHANGES, "guild_id"),
    Route("GET", "/guilds/{guild_id}/members", list_members, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/members/search", search_members, major="guild_id"),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", get_member, major="guild_id"),
    Route("PUT", _HELD_ROLE, give_role, _ROLE_CHANGES, "guild_id"),
    Route("DELETE", _HELD_ROLE, take_role, _ROLE_CHANGES, "guild_id"),
    Route("GET", "/users/{user_id}", get_user),
    Route("POST", "/users/@me/channels", open_direct, Limit(5, 5.0)),
)
