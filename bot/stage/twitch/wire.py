"""Puts a TwitchWorld on an aiohttp application: every path of the local Twitch, and 501 for the rest."""

from __future__ import annotations

from aiohttp import web

from bot.stage.twitch.activation import Activation
from bot.stage.twitch.alarm import Alarm
from bot.stage.twitch.answers import middleware, not_imitated
from bot.stage.twitch.helix_audience import HelixAudience
from bot.stage.twitch.helix_chat import HelixChat
from bot.stage.twitch.helix_conduits import HelixConduits
from bot.stage.twitch.helix_eventsub import HelixEventSub
from bot.stage.twitch.helix_moderation import HelixModeration
from bot.stage.twitch.helix_polls import HelixPolls
from bot.stage.twitch.helix_redemptions import HelixRedemptions
from bot.stage.twitch.helix_rewards import HelixRewards
from bot.stage.twitch.helix_room import HelixRoom
from bot.stage.twitch.helix_shoutouts import HelixShoutouts
from bot.stage.twitch.helix_users import HelixUsers
from bot.stage.twitch.layouts import in_both
from bot.stage.twitch.oauth import OAuth
from bot.stage.twitch.sockets import EventSubSockets
from bot.stage.twitch.units import Units
from bot.stage.twitch.world import TwitchWorld

_PARTS = (
    OAuth,
    HelixAudience,
    HelixChat,
    HelixConduits,
    HelixEventSub,
    HelixModeration,
    HelixPolls,
    HelixRedemptions,
    HelixRewards,
    HelixRoom,
    HelixShoutouts,
    HelixUsers,
    Activation,
    Units,
)


def mount(app: web.Application, world: TwitchWorld) -> None:
    """Serve `world` in both layouts of `app`, which must not have started yet."""
    sockets, alarm = EventSubSockets(world), Alarm(world)
    app.middlewares.append(middleware(world))
    for part in _PARTS:
        app.add_routes(in_both(part(world).routes()))
    app.add_routes(sockets.routes())
    for prefix in ("/helix", "/oauth2", "/mock", "/auth", "/eventsub", "/units"):
        app.router.add_route("*", prefix + "/{rest:.*}", not_imitated)
    app.on_startup.append(alarm.start)
    app.on_shutdown.append(alarm.stop)
    app.on_shutdown.append(sockets.close_all)
