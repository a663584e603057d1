"""Twitch logins: renewed once, stored before use, and a dead one ends the process instead of looping."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.platforms.supervisor import Fatal
from bot.platforms.twitch.platform import TwitchPlatform
from bot.platforms.twitch.tokens import TokenPair
from bot.stage.server import Stage
from tests.platforms.rig import Heard, on_twitch, running, twitch_settings, until


class Safe:
    """Where renewed tokens are kept."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, TokenPair]] = []

    async def keep(self, user_id: str, pair: TokenPair) -> None:
        await asyncio.sleep(0)
        self.kept.append((user_id, pair))


def expire(stage: Stage) -> None:
    assert stage.cast is not None
    stage.twitch.tokens.expire(stage.cast.bot_token)


async def test_an_expired_token_is_renewed_once_however_many_ask(stage: Stage) -> None:
    heard, safe = Heard(), Safe()
    settings = twitch_settings(stage)
    platform = TwitchPlatform(settings, install=heard.install, on_connected=heard.on_connected, on_tokens=safe.keep)
    async with running(platform.run):
        await until(lambda: heard.gaps)
        expire(stage)
        # Refresh tokens are good for one use: a second renewal with the same one would be refused.
        live = await asyncio.gather(*(platform.fetch_live() for _ in range(10)))
        assert live == [False] * 10
    ((user_id, pair),) = safe.kept
    assert user_id == settings.bot_id
    assert pair.access != settings.bot_token


async def test_a_fresh_client_uses_the_renewed_token(stage: Stage) -> None:
    heard, safe = Heard(), Safe()
    settings = twitch_settings(stage)
    platform = TwitchPlatform(settings, install=heard.install, on_connected=heard.on_connected, on_tokens=safe.keep)
    async with running(platform.run):
        await until(lambda: heard.gaps)
        expire(stage)
        await platform.fetch_live()
        assert platform.bot is not None
        await platform.bot.close()
        await until(lambda: len(heard.gaps) == 2)
        assert await platform.fetch_live() is False
    assert len(safe.kept) == 1


async def test_tokens_are_stored_before_they_are_used(stage: Stage) -> None:
    heard = Heard()
    order: list[str] = []
    stage.record.listen(lambda seen: order.append(seen.kind))

    async def keep(user_id: str, pair: TokenPair) -> None:
        order.append("kept")

    settings = twitch_settings(stage)
    expire(stage)
    platform = TwitchPlatform(settings, install=heard.install, on_connected=heard.on_connected, on_tokens=keep)
    async with running(platform.run):
        await until(lambda: heard.gaps)
    assert order.index("kept") < order.index("subscription")


async def test_a_bot_login_that_is_refused_stops_the_platform_and_says_what_to_renew(stage: Stage) -> None:
    heard = Heard()
    platform = TwitchPlatform(twitch_settings(stage, bot_token="gone", bot_refresh="gone"), install=heard.install)
    with pytest.raises(Fatal) as fatal:
        await asyncio.wait_for(platform.run(asyncio.Event()), 60.0)
    assert "bot_token" in str(fatal.value)
    assert "gone" not in str(fatal.value)


async def test_a_bot_login_that_dies_while_running_stops_the_process(stage: Stage) -> None:
    heard = Heard()
    platform = TwitchPlatform(twitch_settings(stage), install=heard.install, on_connected=heard.on_connected)
    running_platform = asyncio.ensure_future(platform.run(asyncio.Event()))
    await until(lambda: heard.gaps)
    stage.twitch.disconnect_app(stage.twitch.bot)
    with pytest.raises(Fatal):
        await asyncio.wait_for(running_platform, 60.0)


async def test_a_login_of_somebody_else_is_refused(stage: Stage) -> None:
    assert stage.cast is not None
    other = stage.cast.broadcaster_token
    assert other.refresh
    platform = TwitchPlatform(
        twitch_settings(stage, bot_token=other.access, bot_refresh=other.refresh), install=Heard().install
    )
    with pytest.raises(Fatal, match=stage.twitch.broadcaster.id):
        await asyncio.wait_for(platform.run(asyncio.Event()), 60.0)


async def test_a_streamer_login_that_is_refused_costs_only_what_needs_it(stage: Stage) -> None:
    heard = Heard()
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard, streamer_token="gone", streamer_refresh="gone"):
        stage.twitch.say(ann, "!claim")
        await until(lambda: heard.claims)
    assert heard.claims == [("Ann", "")]


async def test_an_outage_of_the_login_service_at_the_start_heals(stage: Stage) -> None:
    heard = Heard()
    stage.twitch.faults.fail_next("GET", "/oauth2/validate", 500, times=3)
    async with on_twitch(stage, heard) as platform:
        assert platform.connected


async def test_a_server_that_refuses_every_new_token_is_not_asked_without_end(stage: Stage) -> None:
    heard, safe = Heard(), Safe()
    platform = TwitchPlatform(
        twitch_settings(stage), install=heard.install, on_connected=heard.on_connected, on_tokens=safe.keep
    )
    async with running(platform.run):
        await until(lambda: heard.gaps)
        body = {"error": "Unauthorized", "status": 401, "message": "Invalid OAuth token"}
        stage.twitch.faults.fail_next("GET", "/helix/streams", 401, times=1000, body=body)
        with pytest.raises(Exception, match="Twitch cannot be asked"):
            await asyncio.wait_for(platform.fetch_live(), 60.0)
    assert len(safe.kept) <= 6


async def test_a_client_without_a_secret_logs_in_too(stage: Stage) -> None:
    heard = Heard()
    async with on_twitch(stage, heard, client_secret="") as platform:
        assert platform.connected


async def test_no_token_is_written_to_the_folder_and_no_port_is_opened(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    heard = Heard()
    async with on_twitch(stage, heard) as platform:
        assert platform.bot is not None
        assert not platform.bot.adapter._running
    assert not files_in(tmp_path)


async def test_no_secret_is_logged_when_logins_fail_and_are_renewed(
    stage: Stage, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO")
    heard, safe = Heard(), Safe()
    settings = twitch_settings(stage, streamer_token="streamers-old", streamer_refresh="streamers-refresh")
    platform = TwitchPlatform(settings, install=heard.install, on_connected=heard.on_connected, on_tokens=safe.keep)
    stage.twitch.faults.fail_next("GET", "/oauth2/validate", 500)
    run = asyncio.ensure_future(platform.run(asyncio.Event()))
    await until(lambda: heard.gaps)
    expire(stage)
    await platform.fetch_live()
    stage.twitch.disconnect_app(stage.twitch.bot)
    stage.twitch.faults.close_sockets(4000)
    with pytest.raises(Fatal):
        await asyncio.wait_for(run, 60.0)
    logged = caplog.text + capsys.readouterr().out
    renewed = safe.kept[0][1]
    assert "twitch.connected" in logged
    assert "twitch.streamer-login-refused" in logged
    for secret in (
        *(settings.bot_token, settings.bot_refresh, settings.client_secret),
        *(renewed.access, renewed.refresh, "streamers-old", "streamers-refresh"),
    ):
        assert secret not in logged


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_settings_and_tokens_do_not_show_their_secrets(stage: Stage) -> None:
    settings = twitch_settings(stage)
    shown = repr(settings) + repr(TokenPair("access", "refresh"))
    for secret in (settings.bot_token, settings.bot_refresh, settings.client_secret, "access'", "refresh'"):
        assert secret not in shown
