"""hikari, another library than ours, joins the local Discord as it joins the real one: nothing in it is changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import hikari
import pytest

from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.waiting import until


class Listener:
    """A hikari bot that answers `/drop` with a button, and whoever presses it."""

    def __init__(self, token: str, port: int) -> None:
        self.app = hikari.GatewayBot(
            token,
            banner=None,
            logs=None,
            suppress_optimization_warning=True,
            intents=hikari.Intents.GUILDS | hikari.Intents.GUILD_MESSAGES | hikari.Intents.GUILD_MESSAGE_POLLS,
            rest_url=f"http://127.0.0.1:{port}/api/v10",
        )
        self.heard: list[str] = []
        self._more = asyncio.Event()
        self.app.subscribe(hikari.InteractionCreateEvent, self._answer)
        self.app.subscribe(hikari.GuildMessageCreateEvent, self._hear)
        self.app.subscribe(hikari.ShardResumedEvent, self._resumed)
        self.resumed = asyncio.Event()

    async def _answer(self, event: hikari.InteractionCreateEvent) -> None:
        act = event.interaction
        if isinstance(act, hikari.CommandInteraction):
            row = self.app.rest.build_message_action_row()
            row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "claim", label="Claim")
            await act.create_initial_response(
                hikari.ResponseType.MESSAGE_CREATE, f"{act.command_name} is on", component=row
            )
        elif isinstance(act, hikari.ComponentInteraction):
            await act.create_initial_response(
                hikari.ResponseType.DEFERRED_MESSAGE_CREATE, flags=hikari.MessageFlag.EPHEMERAL
            )
            await act.edit_initial_response(f"Teal Mug #1 is yours, {act.member.username if act.member else '?'}!")

    async def _hear(self, event: hikari.GuildMessageCreateEvent) -> None:
        self.heard.append(event.content or "")
        self._more.set()

    async def until_heard(self, count: int) -> None:
        """Wait for that many messages; TimeoutError after a minute."""
        async with asyncio.timeout(60):
            while len(self.heard) < count:
                self._more.clear()
                await self._more.wait()

    async def _resumed(self, event: hikari.ShardResumedEvent) -> None:
        self.resumed.set()


@pytest.fixture
async def listener(world: DiscordWorld, port: int) -> AsyncIterator[Listener]:
    listener = Listener(world.bot_token, port)
    async with asyncio.timeout(60):
        await listener.app.start(check_for_updates=False)
    try:
        yield listener
    finally:
        await listener.app.close()


async def test_it_logs_in_and_sees_the_server(world: DiscordWorld, listener: Listener) -> None:
    await until(world.record, lambda: any(seen.text == "identify" for seen in world.record.seen))
    me = listener.app.get_me()
    assert me is not None
    assert str(me.id) == world.application_id
    guild = await listener.app.rest.fetch_guild(int(world.guild_id))
    assert guild.name == world.guild.name
    assert {channel.name for channel in await listener.app.rest.fetch_guild_channels(guild)} == {
        "announcements",
        "moderators",
        "lounge",
    }


async def test_it_hears_a_command_and_a_press_and_answers_both(world: DiscordWorld, listener: Listener) -> None:
    command = listener.app.rest.slash_command_builder("drop", "What is on")
    await listener.app.rest.set_application_commands(int(world.application_id), [command])
    ann = world.add_member("ann")
    asked = world.slash(ann, "drop")
    assert (await asked.wait()).text == "drop is on"
    (card,) = world.messages("lounge")
    pressed = await world.press(ann, card.id, label="Claim").wait()
    assert (pressed.text, pressed.ephemeral) == ("Teal Mug #1 is yours, ann!", True)


async def test_it_posts_edits_and_reads_back(world: DiscordWorld, listener: Listener) -> None:
    lounge = int(world.channel("lounge").id)
    sent = await listener.app.rest.create_message(lounge, "48 left")
    await sent.edit("47 left")
    assert (await listener.app.rest.fetch_message(lounge, sent.id)).content == "47 left"
    assert [(message.content, message.edited) for message in world.messages("lounge")] == [("47 left", 1)]
    world.say(world.add_member("ann"), f"<@{world.application_id}> is it on?")
    await listener.until_heard(2)
    assert listener.heard == ["48 left", f"<@{world.application_id}> is it on?"]


async def test_it_reads_errors_as_the_platforms_own(world: DiscordWorld, listener: Listener) -> None:
    with pytest.raises(hikari.BadRequestError) as refused:
        await listener.app.rest.create_message(int(world.channel("lounge").id), "x" * 2001)
    assert refused.value.code == 50035
    with pytest.raises(hikari.NotFoundError) as gone:
        await listener.app.rest.fetch_message(int(world.channel("lounge").id), 1)
    assert gone.value.code == 10008


async def test_it_resumes_after_a_cut(world: DiscordWorld, listener: Listener) -> None:
    world.faults.drop_gateway()
    async with asyncio.timeout(60):
        await listener.resumed.wait()
    texts = [seen.text for seen in world.record.seen if seen.kind == "gateway"]
    assert texts == ["identify", "disconnect", "resume"]
