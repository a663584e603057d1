"""The unmodified twitchio logs in, hears chat and speaks, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
import twitchio
import twitchio.http
from twitchio import eventsub
from twitchio.ext import commands

from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import BOT_SCOPES, PATIENCE_SECONDS, seen
from tests.stage.twitch.joining import checked_stage, lead_twitchio


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwitchWorld]:
    async with checked_stage() as stage:
        lead_twitchio(stage, monkeypatch)
        yield stage.twitch


class Client(commands.Bot):
    """The smallest bot that listens to one channel and answers !ping."""

    def __init__(self, world: TwitchWorld) -> None:
        super().__init__(
            client_id=world.client_id,
            client_secret=world.client_secret,
            bot_id=world.bot.id,
            owner_id=world.broadcaster.id,
            prefix="!",
        )
        self.world = world
        self.listening = asyncio.Event()
        self.heard: asyncio.Queue[twitchio.ChatMessage] = asyncio.Queue()
        self.live: asyncio.Queue[twitchio.StreamOnline] = asyncio.Queue()

    async def load_tokens(self, path: str | None = None, /) -> None:
        token = self.world.issue_token(self.world.bot, BOT_SCOPES)
        assert token.refresh is not None
        await self.add_token(token.access, token.refresh)

    async def save_tokens(self, path: str | None = None, /) -> None:
        """Nothing is kept on the disk."""

    async def setup_hook(self) -> None:
        channel = {"broadcaster_user_id": self.world.broadcaster.id}
        chat = eventsub.ChatMessageSubscription(**channel, user_id=self.world.bot.id)
        await self.subscribe_websocket(chat, as_bot=True)
        await self.subscribe_websocket(eventsub.StreamOnlineSubscription(**channel), as_bot=True)
        self.listening.set()

    async def event_message(self, payload: twitchio.ChatMessage) -> None:
        self.heard.put_nowait(payload)

    async def event_stream_online(self, payload: twitchio.StreamOnline) -> None:
        self.live.put_nowait(payload)

    async def answer(self, to: twitchio.ChatMessage, text: str) -> twitchio.SentMessage:
        return await to.broadcaster.send_message(
            text, sender=self.bot_id, token_for=self.bot_id, reply_to_message_id=to.id
        )


@pytest.fixture
async def client(world: TwitchWorld) -> AsyncIterator[Client]:
    client = Client(world)
    running = asyncio.create_task(client.start(with_adapter=False, load_tokens=True, save_tokens=False))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await client.listening.wait()
    yield client
    await client.close()
    await asyncio.wait_for(running, PATIENCE_SECONDS)


async def test_twitchio_hears_what_a_viewer_types_and_answers_it(world: TwitchWorld, client: Client) -> None:
    ann = world.add_user("ann", "Ann", badges={"founder"})

    said = world.say(ann, "!claim mug")
    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = await client.heard.get()
        sent = await client.answer(heard, "Teal Mug #1 of 48 is yours!")
        echo = await client.heard.get()

    assert heard.id == getattr(said, "id", None)
    assert (heard.text, heard.chatter.id, heard.chatter.display_name) == ("!claim mug", ann.id, "Ann")
    assert [badge.set_id for badge in heard.badges] == ["founder"]
    assert echo.id == sent.id
    assert echo.chatter.id == world.bot.id
    assert echo.reply is not None
    assert echo.reply.parent_message_id == heard.id
    assert [(line.text, line.data["bot"]) for line in seen(world, "chat")] == [
        ("!claim mug", False),
        ("Teal Mug #1 of 48 is yours!", True),
    ]


async def test_twitchio_hears_that_the_stream_starts_and_finds_it_by_asking(
    world: TwitchWorld, client: Client
) -> None:
    stream = world.go_live("Teatime at nine")

    async with asyncio.timeout(PATIENCE_SECONDS):
        online = await client.live.get()
        asked = [each async for each in client.fetch_streams(user_ids=[world.broadcaster.id])]

    assert online.id == stream.id
    assert [(each.id, each.title) for each in asked] == [(stream.id, "Teatime at nine")]


async def test_twitchio_refreshes_a_token_that_is_no_longer_good(world: TwitchWorld, client: Client) -> None:
    [old] = [token for token in world.tokens if token.user is world.bot and token.scopes == frozenset(BOT_SCOPES)]
    ann = world.add_user("ann", "Ann")
    world.say(ann, "!claim mug")
    world.tokens.expire(old)

    async with asyncio.timeout(PATIENCE_SECONDS):
        sent = await client.answer(await client.heard.get(), "Teal Mug #1 of 48 is yours!")

    assert sent.sent
    assert world.tokens.find(old.access) is None
    assert [line.text for line in seen(world, "chat")] == ["!claim mug", "Teal Mug #1 of 48 is yours!"]


async def test_twitchio_gets_the_reason_for_which_a_line_was_dropped(world: TwitchWorld, client: Client) -> None:
    ann = world.add_user("ann", "Ann")
    world.say(ann, "!claim mug")
    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = await client.heard.get()
        await client.answer(heard, "Sold out!")
        with pytest.raises(twitchio.MessageRejectedError) as rejected:
            await client.answer(heard, "Sold out!")

    assert rejected.value.code == "msg_duplicate"


async def next_seen(world: TwitchWorld, kind: str, text: str, act: Callable[[], object]) -> None:
    """Do something and wait until the record tells of it."""
    told = asyncio.Event()
    stop_listening = world.record.listen(
        lambda each: told.set() if (each.kind, each.text) == (kind, text) else None
    )
    act()
    try:
        await asyncio.wait_for(told.wait(), PATIENCE_SECONDS)
    finally:
        stop_listening()


@pytest.mark.parametrize("fault", ["closed", "dropped"])
async def test_twitchio_comes_back_with_its_subscriptions_after_its_socket_was(
    world: TwitchWorld, client: Client, fault: str
) -> None:
    lose = world.faults.drop_tcp if fault == "dropped" else partial(world.faults.close_sockets, 4000)
    await next_seen(world, "subscription", "created stream.online", lose)

    said = world.say(world.add_user("ann"), "!claim mug")
    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = await client.heard.get()

    assert heard.id == getattr(said, "id", None)
    assert len(world.sessions) == 1


async def test_twitchio_follows_a_reconnect_and_keeps_its_subscriptions(world: TwitchWorld, client: Client) -> None:
    before = [each.id for each in world.sessions.subscriptions()]
    await next_seen(world, "socket", "closed", world.faults.reconnect)

    said = world.say(world.add_user("ann"), "!claim mug")
    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = await client.heard.get()

    assert heard.id == getattr(said, "id", None)
    assert [each.id for each in world.sessions.subscriptions()] == before
