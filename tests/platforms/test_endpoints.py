"""The addresses of the platforms are settings; without any, the libraries' own stay."""

from __future__ import annotations

import discord.gateway
import discord.http
import pytest
import twitchio.eventsub.websockets
import twitchio.http

from bot.platforms.endpoints import Endpoints, point


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in (
        (twitchio.http.Route, "BASE"),
        (twitchio.http.Route, "ID_BASE"),
        (twitchio.eventsub.websockets, "WSS"),
        (discord.http.Route, "BASE"),
        (discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))


def _addresses() -> tuple[str, ...]:
    return (
        twitchio.http.Route.BASE,
        twitchio.http.Route.ID_BASE,
        twitchio.eventsub.websockets.WSS,
        discord.http.Route.BASE,
        str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY),
    )


def test_empty_addresses_leave_the_libraries_alone() -> None:
    before = _addresses()
    point(Endpoints())
    assert _addresses() == before


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_address_is_taken_with_or_without_its_last_slash(slash: str) -> None:
    point(
        Endpoints(
            helix=f"http://127.0.0.1:1/helix{slash}",
            oauth=f"http://127.0.0.1:1{slash}",
            eventsub="ws://127.0.0.1:1/ws",
            discord_rest=f"http://127.0.0.1:1/api/v10{slash}",
            discord_gateway="ws://127.0.0.1:1/gw/",
        )
    )
    assert _addresses() == (
        "http://127.0.0.1:1/helix/",
        "http://127.0.0.1:1/",
        "ws://127.0.0.1:1/ws",
        "http://127.0.0.1:1/api/v10",
        "ws://127.0.0.1:1/gw/",
    )


def test_one_address_leaves_the_others() -> None:
    before = _addresses()
    point(Endpoints(helix="http://127.0.0.1:1/helix"))
    assert _addresses() == ("http://127.0.0.1:1/helix/", *before[1:])
