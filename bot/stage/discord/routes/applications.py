"""Who the bot is, where its gateway stands, and its registered commands."""

from __future__ import annotations

from bot.stage.discord import payloads
from bot.stage.discord.errors import ApiError, unknown_guild
from bot.stage.discord.routes.route import Call, Reply, Route
from bot.stage.discord.sessions import IDENTIFIES_A_DAY
from bot.stage.discord.world import DiscordWorld


def own_user(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, payloads.own_user(world.bot))


def own_application(world: DiscordWorld, call: Call) -> Reply:
    return Reply(
        200,
        payloads.application(
            world.application_id, world.bot, world.owner, world.sessions.allowed_privileged_intents
        ),
    )


def gateway(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, {"url": call.gateway_url})


def gateway_bot(world: DiscordWorld, call: Call) -> Reply:
    limit = {
        "total": IDENTIFIES_A_DAY,
        "remaining": world.sessions.identifies_left,
        "reset_after": world.sessions.identifies_reset_after_ms,
        "max_concurrency": 1,
    }
    return Reply(200, {"url": call.gateway_url, "shards": 1, "session_start_limit": limit})


def _scope(world: DiscordWorld, call: Call) -> str | None:
    if call.params["application_id"] != world.application_id:
        raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
    guild_id = call.params.get("guild_id")
    if guild_id is not None and guild_id != world.guild_id:
        raise unknown_guild()
    return guild_id


def list_commands(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, world.commands.all(_scope(world, call)))


def replace_commands(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, world.commands.replace(_scope(world, call), call.body))


def create_command(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, world.commands.upsert(_scope(world, call), call.body))


def get_command(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, world.commands.get(_scope(world, call), call.params["command_id"]))


def change_command(world: DiscordWorld, call: Call) -> Reply:
    return Reply(200, world.commands.change(_scope(world, call), call.params["command_id"], call.body))


def delete_command(world: DiscordWorld, call: Call) -> Reply:
    world.commands.remove(_scope(world, call), call.params["command_id"])
    return Reply(204)


_COMMANDS = ("/applications/{application_id}/commands", "/applications/{application_id}/guilds/{guild_id}/commands")

ROUTES = (
    Route("GET", "/users/@me", own_user),
    Route("GET", "/oauth2/applications/@me", own_application),
    Route("GET", "/applications/@me", own_application),
    Route("GET", "/gateway", gateway, needs_token=False),
    Route("GET", "/gateway/bot", gateway_bot),
    *(
        route
        for path in _COMMANDS
        for route in (
            Route("GET", path, list_commands),
            Route("PUT", path, replace_commands, takes=list),
            Route("POST", path, create_command),
            Route("GET", f"{path}/{{command_id}}", get_command),
            Route("PATCH", f"{path}/{{command_id}}", change_command),
            Route("DELETE", f"{path}/{{command_id}}", delete_command),
        )
    ),
)
