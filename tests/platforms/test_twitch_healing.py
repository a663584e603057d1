"""Every way in which a Twitch connection dies is played on the stage, and chat must be heard again in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.platforms.hooks import Connected
from bot.platforms.twitch.platform import TwitchPlatform
from bot.stage.record import Seen
from bot.stage.server import Stage
from bot.stage.twitch.model import TwitchUser
from tests.platforms.rig import Heard, on_twitch, running, twitch_settings, until

# Seconds of this process: a third of one here, without any pause in it.
AT_ONCE = 4.0
SUBSCRIPTIONS = "/helix/eventsub/subscriptions"


class Room:
    """A connected platform, the stage, and a viewer whose lines tell whether chat is heard."""

    def __init__(self, stage: Stage, heard: Heard, platform: TwitchPlatform, ann: TwitchUser) -> None:
        self.stage = stage
        self.heard = heard
        self.platform = platform
        self.ann = ann
        self.typed = 0

    def type(self, words: str = "") -> str:
        self.typed += 1
        text = f"line {self.typed} {words}".rstrip()
        self.stage.twitch.say(self.ann, text)
        return text

    def is_wired(self) -> bool:
        """Whether the newest session holds all that is wanted, and the platform knows it."""
        sessions = [session for session in self.stage.twitch.sessions if session.subscriptions]
        return bool(sessions) and len(sessions[-1].subscriptions) == 3 and self.platform.connected

    async def heals(self, within: float) -> float:
        """Wait until the platform has connected once more and a new line arrives; returns the seconds it took."""
        begun, gaps = asyncio.get_running_loop().time(), len(self.heard.gaps)
        await until(lambda: len(self.heard.gaps) > gaps and self.is_wired(), within=within)
        await self.hears()
        return asyncio.get_running_loop().time() - begun

    async def hears(self) -> None:
        text = self.type()
        await until(lambda: text in self.heard.lines, within=60.0)


@pytest.fixture
async def room(stage: Stage) -> AsyncIterator[Room]:
    heard = Heard()
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard) as platform:
        made = Room(stage, heard, platform, ann)
        await until(made.is_wired)
        await made.hears()
        yield made


@pytest.mark.parametrize("code", [4000, 4001, 4002, 4003, 4006])
async def test_a_closed_socket_is_built_anew(room: Room, code: int) -> None:
    room.stage.twitch.faults.close_sockets(code)
    assert await room.heals(AT_ONCE) < AT_ONCE
    assert room.heard.gaps[-1] < AT_ONCE


async def test_a_reset_connection_is_built_anew(room: Room) -> None:
    room.stage.twitch.faults.drop_tcp()
    assert await room.heals(AT_ONCE) < AT_ONCE


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["a connection that is dead without an end", "a server that only answers pings"])
async def test_silence_is_noticed_soon_after_the_keepalive_is_due(stage: Stage, fault: str) -> None:
    heard = Heard()
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard, welcome_timeout=1.0) as platform:
        room = Room(stage, heard, platform, ann)
        await until(room.is_wired)
        begun = asyncio.get_running_loop().time()
        if fault == "a server that only answers pings":
            stage.twitch.faults.silence()
        else:
            stage.twitch.faults.freeze_tcp()
        missed = room.type()
        # Twitch promises a frame every 10 s; the grace is 1 s here, and 5 s by default.
        await until(lambda: not platform.connected or len(heard.gaps) == 2, within=13.0)
        assert asyncio.get_running_loop().time() - begun > 10.0
        stage.twitch.faults.silence(False)
        await until(lambda: len(heard.gaps) == 2 and room.is_wired(), within=60.0)
        await room.hears()
        assert missed not in heard.lines
        # What was said into the dead connection is the gap that people are told about.
        assert heard.gaps[-1] > 10.0


async def test_nothing_is_lost_while_twitch_moves_the_socket(room: Room) -> None:
    gaps = len(room.heard.gaps)
    said: list[str] = []
    room.stage.twitch.faults.reconnect(meanwhile=lambda: said.extend(room.type("meanwhile") for _ in range(5)))
    await until(lambda: len(said) == 5, within=60.0)
    await until(lambda: len(room.heard.gaps) > gaps and room.is_wired(), within=60.0)
    await room.hears()
    assert [line for line in room.heard.lines if "meanwhile" in line] == said
    assert room.heard.gaps[-1] == 0.0


@pytest.mark.slow
async def test_the_old_socket_is_let_go_after_a_move(room: Room) -> None:
    first = {session.id for session in room.stage.twitch.sessions}
    room.stage.twitch.faults.reconnect()
    await until(lambda: not first & {session.id for session in room.stage.twitch.sessions}, within=60.0)
    bot = room.platform.bot
    assert bot is not None
    await until(lambda: bot.eventsub.sockets_connected == 1, within=60.0)
    assert len(room.stage.twitch.sessions) == 1


async def test_a_second_move_is_followed_as_well(room: Room) -> None:
    for _ in range(2):
        gaps = len(room.heard.gaps)
        room.stage.twitch.faults.reconnect()
        await until(lambda: len(room.heard.gaps) > gaps and room.is_wired(), within=60.0)  # noqa: B023  # awaited here
    await room.hears()


@pytest.mark.parametrize("status", [400, 403, 429, 500, 502])
async def test_a_refused_subscription_is_tried_again(room: Room, status: int) -> None:
    room.stage.twitch.faults.fail_next("POST", SUBSCRIPTIONS, status, times=2)
    room.stage.twitch.faults.close_sockets(4000)
    assert await room.heals(12.0) < 12.0


async def test_a_refused_subscription_does_not_keep_the_others_from_being_heard(stage: Stage) -> None:
    heard = Heard()
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard, backoff_base=4.0, backoff_cap=4.0) as platform:
        room = Room(stage, heard, platform, ann)
        await until(room.is_wired)
        # The first of three is chat; the pause before it is tried again lasts two seconds at least.
        stage.twitch.faults.fail_next("POST", SUBSCRIPTIONS, 500)
        stage.twitch.faults.close_sockets(4000)
        await until(lambda: len(stage.twitch.sessions.subscriptions()) == 2, within=60.0)
        stage.twitch.go_live()
        await until(lambda: heard.stream == [True])
        assert not platform.connected
        assert await room.heals(10.0) < 10.0


async def test_an_event_that_is_subscribed_late_is_caught_up_with_too(stage: Stage) -> None:
    heard = Heard()
    # Chat is the first of three; the second tells that the stream goes on the air.
    refused = asyncio.Event()

    def refuse_the_second(seen: Seen) -> None:
        if seen.kind == "subscription" and not refused.is_set():
            refused.set()
            stage.twitch.faults.fail_next("POST", SUBSCRIPTIONS, 500)

    stage.record.listen(refuse_the_second)
    async with on_twitch(stage, heard) as platform:
        assert heard.gaps == [0.0]
        stage.twitch.go_live()
        await until(lambda: len(heard.gaps) == 2, within=60.0)
        assert Room(stage, heard, platform, stage.twitch.broadcaster).is_wired()
        assert (heard.stream, heard.gaps) == ([], [0.0, 0.0])


async def test_a_network_error_while_subscribing_heals(room: Room) -> None:
    # The socket breaks while the second request for it is on its way.
    (first,) = [session.id for session in room.stage.twitch.sessions]
    room.stage.twitch.faults.delay_next("POST", SUBSCRIPTIONS, 0.3)
    room.stage.twitch.faults.close_sockets(4000)
    await until(lambda: room.stage.twitch.sessions.find(first) is None, within=60.0)
    await until(lambda: len(room.stage.twitch.sessions) == 1, within=60.0)
    room.stage.twitch.faults.drop_tcp()
    assert await room.heals(12.0) < 12.0


async def test_a_request_that_is_never_answered_while_subscribing_heals(stage: Stage) -> None:
    heard = Heard()
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard, request_timeout=0.5) as platform:
        room = Room(stage, heard, platform, ann)
        await until(room.is_wired)
        stage.twitch.faults.delay_next("POST", SUBSCRIPTIONS, 3.0)
        stage.twitch.faults.close_sockets(4000)
        assert await room.heals(12.0) < 12.0


async def test_a_subscription_whose_answer_was_lost_is_made_again(room: Room) -> None:
    room.stage.twitch.faults.fail_next("POST", SUBSCRIPTIONS, 500, times=1, after_effect=True)
    room.stage.twitch.faults.close_sockets(4000)
    assert await room.heals(12.0) < 12.0


async def test_a_revoked_subscription_is_made_again(room: Room) -> None:
    (chat,) = [
        each for each in room.stage.twitch.sessions.subscriptions() if each.type.name == "channel.chat.message"
    ]
    room.stage.twitch.revoke_subscription(chat, "version_removed")
    assert await room.heals(8.0) < 8.0
    assert 0.0 <= room.heard.gaps[-1] < 8.0


async def test_a_socket_that_twitch_closes_because_nothing_could_be_subscribed_heals(room: Room) -> None:
    world = room.stage.twitch
    world.subscribe_within_seconds = 0.3
    world.faults.fail_next("POST", SUBSCRIPTIONS, 500, times=9)
    world.faults.close_sockets(4000)
    assert await room.heals(20.0) < 20.0
    assert room.heard.gaps[-1] > 0.0


async def test_the_silence_of_a_connection_can_be_read(room: Room) -> None:
    bot = room.platform.bot
    assert bot is not None
    assert bot.eventsub.silent_seconds is not None
    assert 0.0 <= bot.eventsub.silent_seconds < 3.0


async def test_a_catch_up_that_hangs_or_fails_does_not_keep_the_watch_from_healing(stage: Stage) -> None:
    heard, hangs = Heard(), asyncio.Event()
    ann = stage.twitch.add_user("ann", "Ann")
    platform = TwitchPlatform(
        twitch_settings(stage), install=heard.install, on_connected=_never_ready(heard, hangs)
    )
    async with running(platform.run):
        room = Room(stage, heard, platform, ann)
        await until(room.is_wired)
        (first,) = [session.id for session in stage.twitch.sessions]
        stage.twitch.faults.close_sockets(4000)
        await until(lambda: stage.twitch.sessions.find(first) is None, within=60.0)
        await until(room.is_wired, within=60.0)
        await room.hears()
        assert len(heard.gaps) == 1
        hangs.set()
        await until(lambda: len(heard.gaps) == 2)


def _never_ready(heard: Heard, hangs: asyncio.Event) -> Connected:
    async def on_connected(gap_seconds: float) -> None:
        heard.gaps.append(gap_seconds)
        await hangs.wait()
        raise ValueError("the catch-up is broken")

    return on_connected


@pytest.mark.slow
async def test_a_dead_connection_does_not_hold_up_the_end(stage: Stage) -> None:
    begun = asyncio.get_running_loop().time()
    async with on_twitch(stage, Heard()):
        stage.twitch.faults.freeze_tcp()
    assert asyncio.get_running_loop().time() - begun < 6.0


async def test_a_welcome_that_never_comes_is_not_waited_for_for_ever(stage: Stage) -> None:
    heard = Heard()
    ann = stage.twitch.add_user("ann", "Ann")
    async with on_twitch(stage, heard, welcome_timeout=1.0) as platform:
        room = Room(stage, heard, platform, ann)
        stage.twitch.faults.no_welcome()
        opened = platform.bot.eventsub.failures if platform.bot else 0
        stage.twitch.faults.close_sockets(4000)
        await until(lambda: platform.bot is not None and platform.bot.eventsub.failures > opened, within=60.0)
        stage.twitch.faults.no_welcome(0.0)
        assert await room.heals(12.0) < 12.0


async def test_a_server_that_hangs_up_at_once_is_not_asked_in_a_tight_loop(room: Room) -> None:
    opened = len([seen for seen in room.stage.record.seen if seen.kind == "socket"])
    for _ in range(4):
        gaps = len(room.heard.gaps)
        room.stage.twitch.faults.close_sockets(4000)
        await until(lambda: len(room.heard.gaps) > gaps, within=60.0)  # noqa: B023  # awaited here
    assert len([seen for seen in room.stage.record.seen if seen.kind == "socket"]) <= opened + 4 * 2 + 2
