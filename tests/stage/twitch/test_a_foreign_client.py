"""A client library that knows nothing of this project joins the stage: twitchAPI, with its base addresses set.

It matches notifications by the id of their subscription, runs its socket in a thread of its own, and blocks the
loop that starts it: so it plays in a thread, and the stage stays in the test's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from twitchAPI.eventsub.websocket import EventSubWebsocket
from twitchAPI.helper import first
from twitchAPI.oauth import CodeFlow, UserAuthenticator
from twitchAPI.twitch import Twitch
from twitchAPI.type import AuthScope, PollStatus

from bot.stage.server import Stage
from bot.stage.twitch.model import ChatMessage
from tests.stage.twitch.helpers import PATIENCE_SECONDS, until
from tests.stage.twitch.joining import checked_stage

SCOPES = [AuthScope.USER_READ_CHAT, AuthScope.USER_WRITE_CHAT, AuthScope.CHANNEL_MANAGE_POLLS]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with checked_stage(requests=False) as stage:
        yield stage


@dataclass
class Evening:
    """What the client has to know, and how it reaches the stage's own thread."""

    stage: Stage
    loop: asyncio.AbstractEventLoop

    def let(self, deed: Callable[..., object], *arguments: object) -> None:
        """Have something done on the stage."""
        self.loop.call_soon_threadsafe(deed, *arguments)

    async def at_twitchs_addresses(self) -> tuple[Twitch, EventSubWebsocket]:
        """Log in by device code, without a secret."""
        world, endpoints = self.stage.twitch, self.stage.endpoints()
        auth = endpoints["oauth"] + "/oauth2/"
        twitch = await Twitch(
            world.client_id, authenticate_app=False, base_url=endpoints["helix"] + "/", auth_base_url=auth
        )
        flow = CodeFlow(twitch, SCOPES, auth_base_url=auth)
        code, _ = await flow.get_code()
        self.let(world.devices.grant, code, world.broadcaster)
        token, refresh = await flow.wait_for_auth_complete()
        await twitch.set_user_authentication(token, SCOPES, refresh)
        return twitch, EventSubWebsocket(twitch, connection_url=endpoints["eventsub"])

    async def at_the_mocks_addresses(self) -> tuple[Twitch, EventSubWebsocket]:
        """Log in as the library's own page on testing says: with the mock's secret and a user's id."""
        world, layout = self.stage.twitch, self.stage.describe()["layouts"]["twitch_cli"]
        auth = layout["auth"] + "/"
        twitch = await Twitch(
            world.client_id, world.client_secret, base_url=layout["api"] + "/", auth_base_url=auth
        )
        twitch.auto_refresh_auth = False
        login = UserAuthenticator(twitch, SCOPES, auth_base_url=auth)
        token = await login.mock_authenticate(world.broadcaster.id)
        await twitch.set_user_authentication(token, SCOPES)
        return twitch, EventSubWebsocket(
            twitch,
            connection_url=layout["eventsub"],
            subscription_url=layout["eventsub_subscriptions"].removesuffix("eventsub/subscriptions"),
        )


@dataclass
class Heard:
    me: str
    line: tuple[str, str]
    answer_id: str
    poll_id: str
    end: Any


class Ear(asyncio.Queue[Any]):
    """Carries events from the loop of the library's socket to the one that made the ear."""

    def __init__(self) -> None:
        super().__init__()
        self._home = asyncio.get_running_loop()

    async def hear(self, event: Any) -> None:
        self._home.call_soon_threadsafe(self.put_nowait, event)


async def play(evening: Evening, layout: str) -> Heard:
    """The client's evening: hear a line, answer it, ask everybody, and hear what they said."""
    if layout == "mock":
        twitch, eventsub = await evening.at_the_mocks_addresses()
    else:
        twitch, eventsub = await evening.at_twitchs_addresses()
    me = await first(twitch.get_users())
    assert me is not None
    lines, ends = Ear(), Ear()
    eventsub.start()
    try:
        await eventsub.listen_channel_chat_message(me.id, me.id, lines.hear)
        await eventsub.listen_channel_poll_end(me.id, ends.hear)
        world = evening.stage.twitch
        evening.let(lambda: world.say(world.add_user("ann", "Ann"), "!claim mug", message_id="m-1"))
        async with asyncio.timeout(PATIENCE_SECONDS):
            line = (await lines.get()).event
            said = await twitch.send_chat_message(me.id, me.id, "Teal Mug #1 of 48 is yours!", line.message_id)
            poll = await twitch.create_poll(me.id, "Which mug?", ["Teal", "Plum"], 60)
            evening.let(lambda: world.vote(world.users[line.chatter_user_id], "Plum"))
            await twitch.end_poll(me.id, poll.id, PollStatus.TERMINATED)
            end = (await ends.get()).event
        return Heard(me.login, (line.chatter_user_login, line.message.text), said.message_id, poll.id, end)
    finally:
        await eventsub.stop()
        await twitch.close()


@pytest.mark.parametrize("layout", ["twitch", "mock"])
async def test_a_foreign_client_hears_a_line_answers_it_and_runs_a_poll(stage: Stage, layout: str) -> None:
    evening = Evening(stage, asyncio.get_running_loop())
    heard = await asyncio.to_thread(asyncio.run, play(evening, layout))

    assert heard.me == "teapot_tv"
    assert heard.line == ("ann", "!claim mug")
    assert (heard.end.id, heard.end.status) == (heard.poll_id, "terminated")
    assert [(choice.title, choice.votes) for choice in heard.end.choices] == [("Teal", 0), ("Plum", 1)]
    answer = stage.twitch.chat.log[heard.answer_id]
    assert isinstance(answer, ChatMessage)
    assert answer.reply_to is not None
    assert (answer.text, answer.reply_to.id) == ("Teal Mug #1 of 48 is yours!", "m-1")
    await until(stage.twitch, lambda: len(stage.twitch.sessions) == 0)
