"""Points both client libraries at other servers than Twitch's and Discord's own, such as the stage."""

from __future__ import annotations

from dataclasses import dataclass

import discord.gateway
import discord.http
import twitchio.eventsub.websockets
import twitchio.http
import yarl


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Base addresses; an empty one leaves the library's own, which is the real platform."""

    helix: str = ""
    oauth: str = ""
    eventsub: str = ""
    discord_rest: str = ""
    discord_gateway: str = ""


def point(endpoints: Endpoints) -> None:
    """Apply the addresses that are set. It holds for the whole process, and for clients made before, too."""
    # Neither library has an option for this. Twitch's paths are joined to a base that ends in a slash,
    # Discord's begin with one.
    if endpoints.helix:
        twitchio.http.Route.BASE = endpoints.helix.rstrip("/") + "/"
    if endpoints.oauth:
        twitchio.http.Route.ID_BASE = endpoints.oauth.rstrip("/") + "/"
    if endpoints.eventsub:
        twitchio.eventsub.websockets.WSS = endpoints.eventsub
    if endpoints.discord_rest:
        discord.http.Route.BASE = endpoints.discord_rest.rstrip("/")
    if endpoints.discord_gateway:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(endpoints.discord_gateway)
