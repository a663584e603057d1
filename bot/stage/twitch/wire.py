"""Puts a TwitchWorld on an aiohttp application: every path of the local Twitch, and 501 for the rest."""

from __future__ import annotations

from aiohttp import web

from bot.stage.twitch.answers import helix_budget, middleware, not_imitated
from bot.stage.twitch.helix_chat import HelixChat
from bot.stage.twitch.helix_eventsub import HelixEventSub
from bot.stage.twitch.helix_reads import HelixReads
from bot.stage.twitch.oauth import OAuth
from bot.stage.twitch.sockets import EventSubSockets
from bot.stage.twitch.world import TwitchWorld


def mount(app: web.Application, world: TwitchWorld) -> None:
    """Serve `world` under /helix, /oauth2 and /ws of `app`, which must not have started yet."""
    sockets = EventSubSockets(world)
    app.middlewares.extend((middleware(world), helix_budget(world)))
    for part in (OAuth(world), HelixChat(world), HelixReads(world), HelixEventSub(world), sockets):
        app.add_routes(part.routes())
    app.router.add_route("*", "/helix/{rest:.*}", not_imitated)
    app.router.add_route("*", "/oauth2/{rest:.*}", not_imitated)
    app.on_shutdown.append(sockets.close_all)
