"""Every way in which a Discord connection dies is played on the stage; the other platform goes on meanwhile."""

from __future__ import annotations

import asyncio

import pytest
import yarl
from discord.gateway import DiscordWebSocket

from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.supervisor import Fatal
from bot.stage.discord import payloads
from bot.stage.server import Stage
from tests.platforms.discord_rig import Booth, discord_settings, on_discord
from tests.platforms.rig import Heard, on_twitch, running, until


@pytest.fixture
async def booth() -> Booth:
    return Booth()


async def _answers(stage: Stage, name: str) -> None:
    member = stage.discord.add_member(name)
    assert (await stage.discord.slash(member, "drop").wait()).text == "Teal Mug is next."


async def test_a_dropped_gateway_is_resumed_and_nothing_is_missed(stage: Stage, booth: Booth) -> None:
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth):
        stage.discord.faults.drop_gateway()
        pressed = stage.discord.slash(ann, "drop")
        assert (await pressed.wait()).text == "Teal Mug is next."
        await until(lambda: len(booth.gaps) == 2)
    assert booth.gaps[-1] == 0.0
    assert booth.installs == 1


async def test_the_bot_is_there_as_soon_as_its_own_server_is(stage: Stage, booth: Booth) -> None:
    was_ready: list[bool] = []

    async def on_connected(gap_seconds: float) -> None:
        assert platform.bot is not None
        was_ready.append(platform.bot.is_ready())

    platform = DiscordPlatform(discord_settings(stage), install=booth.install, on_connected=on_connected)
    async with running(platform.run):
        await until(lambda: was_ready)
        assert platform.connected
        await _answers(stage, "ann")
        assert platform.bot is not None
        await platform.bot.wait_until_ready()
        # What follows "ready" has run before this is answered.
        await _answers(stage, "bob")
    assert was_ready == [False]


async def test_a_server_that_is_down_keeps_the_bot_waiting_no_longer_than_the_others(
    stage: Stage, booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = {"id": stage.discord.guild_id, "unavailable": True}
    monkeypatch.setattr(payloads, "guild_create", lambda *_: down)
    async with on_discord(stage, booth) as platform:
        assert platform.connected
    assert booth.gaps == [0.0]


async def test_a_connection_that_is_lost_before_the_library_is_ready_is_lost(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        stage.discord.faults.outage(True)
        stage.discord.faults.drop_gateway()
        await until(lambda: not platform.connected)
        assert platform.bot is not None
        await platform.bot.wait_until_ready()
        await asyncio.sleep(0)
        assert not platform.connected
    assert booth.gaps == [0.0]


@pytest.mark.slow
async def test_a_gateway_that_forgot_the_session_is_joined_anew(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth):
        stage.discord.faults.drop_gateway(resumable=False)
        # The library waits five seconds before it identifies again.
        await until(lambda: len(booth.gaps) == 2, within=60.0)
        await _answers(stage, "ann")
    assert booth.gaps[-1] > 0.0


async def test_a_malformed_event_costs_one_client_and_twitch_goes_on(stage: Stage, booth: Booth) -> None:
    heard = Heard()
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard) as twitch, on_discord(stage, booth) as discord:
        first = discord.bot
        stage.discord.faults.malformed_dispatch()
        await until(lambda: discord.bot is not first, within=60.0)
        stage.twitch.say(ann, "!claim mug")
        await until(lambda: heard.claims)
        await until(lambda: len(booth.gaps) == 2 and discord.connected)
        await _answers(stage, "bob")
        assert twitch.connected
    assert booth.installs == 2
    assert heard.gaps == [0.0]


async def test_an_outage_at_the_first_connection_heals(stage: Stage, booth: Booth) -> None:
    stage.discord.faults.outage(True)
    states: list[bool] = []
    platform = DiscordPlatform(
        discord_settings(stage),
        install=booth.install,
        on_connected=booth.on_connected,
        on_state=lambda name, running: states.append(running),
    )
    async with running(platform.run):
        await until(lambda: len(states) >= 3)
        assert not platform.connected
        stage.discord.faults.outage(False)
        await until(lambda: booth.gaps, within=60.0)
        await _answers(stage, "ann")


@pytest.mark.slow
async def test_a_gateway_that_cannot_be_reached_at_first_heals(
    stage: Stage, booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = DiscordWebSocket.DEFAULT_GATEWAY
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL("ws://127.0.0.1:9/gw/"))
    platform = DiscordPlatform(discord_settings(stage), install=booth.install, on_connected=booth.on_connected)
    async with running(platform.run):
        await until(lambda: booth.installs >= 2, within=60.0)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", address)
        await until(lambda: booth.gaps, within=60.0)
        await _answers(stage, "ann")


@pytest.mark.slow
async def test_a_client_that_stays_offline_too_long_is_made_anew(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth, offline_max=2.0) as platform:
        first = platform.bot
        stage.discord.faults.outage(True)
        stage.discord.faults.drop_gateway()
        await until(lambda: platform.bot is not first, within=60.0)
        stage.discord.faults.outage(False)
        await until(lambda: len(booth.gaps) == 2, within=60.0)
        await _answers(stage, "ann")
    assert booth.gaps[-1] > 1.9


@pytest.mark.parametrize("code", [4004, 4010, 4011, 4012, 4013, 4014])
async def test_a_close_code_that_trying_again_cannot_cure_stops_the_process(
    stage: Stage, booth: Booth, code: int
) -> None:
    platform = DiscordPlatform(discord_settings(stage), install=booth.install, on_connected=booth.on_connected)
    run = asyncio.ensure_future(platform.run(asyncio.Event()))
    await until(lambda: booth.gaps)
    stage.discord.faults.close_gateway(code)
    with pytest.raises(Fatal):
        await asyncio.wait_for(run, 60.0)


async def test_a_refused_token_stops_the_process_and_is_not_shown(stage: Stage, booth: Booth) -> None:
    platform = DiscordPlatform(discord_settings(stage, token="not-a-token"), install=booth.install)
    with pytest.raises(Fatal) as fatal:
        await asyncio.wait_for(platform.run(asyncio.Event()), 60.0)
    assert "not-a-token" not in str(fatal.value)
