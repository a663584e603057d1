"""The unmodified twitchio hears chat over a conduit of its own, and comes back without subscribing again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import twitchio
import twitchio.http
from twitchio import eventsub
from twitchio.ext import commands

from bot.stage.twitch.world import TwitchWorld
from tests.stage.twitch.helpers import PATIENCE_SECONDS, until
from tests.stage.twitch.joining import checked_stage, lead_twitchio


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwitchWorld]:
    async with checked_stage(requests=False) as stage:
        lead_twitchio(stage, monkeypatch)
        yield stage.twitch


class Client(commands.AutoBot):
    """Needs no token of anybody: the grants of the bot's account and of the channel are enough."""

    def __init__(self, world: TwitchWorld) -> None:
        chat = eventsub.ChatMessageSubscription(broadcaster_user_id=world.broadcaster.id, user_id=world.bot.id)
        super().__init__(
            client_id=world.client_id,
            client_secret=world.client_secret,
            bot_id=world.bot.id,
            prefix="!",
            subscriptions=[chat],
        )
        self.ready = asyncio.Event()
        self.heard: asyncio.Queue[twitchio.ChatMessage] = asyncio.Queue()

    async def load_tokens(self, path: str | None = None, /) -> None:
        """There are none."""

    async def save_tokens(self, path: str | None = None, /) -> None:
        """Nothing is kept on the disk."""

    async def event_ready(self) -> None:
        self.ready.set()

    async def event_message(self, payload: twitchio.ChatMessage) -> None:
        self.heard.put_nowait(payload)


@pytest.fixture
async def client(world: TwitchWorld) -> AsyncIterator[Client]:
    client = Client(world)
    running = asyncio.create_task(client.start(with_adapter=False, load_tokens=True, save_tokens=False))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await client.ready.wait()
    yield client
    await client.close()
    await asyncio.wait_for(running, PATIENCE_SECONDS)


async def test_twitchio_hears_each_line_once_over_the_shards_of_its_conduit(
    world: TwitchWorld, client: Client
) -> None:
    [conduit] = world.sessions.conduits
    ann = world.add_user("ann", "Ann")
    for number in range(4):
        world.say(ann, f"line {number}")
    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = [(await client.heard.get()).text for _ in range(4)]
    assert sorted(heard) == [f"line {number}" for number in range(4)]
    assert client.heard.empty()
    assert len(conduit.shards) == len(world.sessions) == 2


async def test_twitchio_takes_its_places_again_after_its_sockets_were_closed(
    world: TwitchWorld, client: Client
) -> None:
    [conduit] = world.sessions.conduits
    before = list(conduit.subscriptions)
    gone = {session.id for session in world.sessions}
    world.faults.close_sockets(4000)
    await until(
        world,
        lambda: (
            all(shard.enabled for shard in conduit.shards.values())
            and not gone & {session.id for session in world.sessions}
        ),
    )
    said = world.say(world.add_user("ann"), "!claim mug")
    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = await client.heard.get()
    assert heard.id == getattr(said, "id", None)
    assert list(conduit.subscriptions) == before
