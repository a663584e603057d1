"""Threads: begun, written in, put away, closed to those who do not belong, and told to the gateway."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.stage.discord.errors import StageError
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest


async def test_a_thread_is_begun_on_a_message_and_written_in(world: DiscordWorld, bot: TeaBot) -> None:
    card = await bot.channel("lounge").send("Which colour?")
    thread = await card.create_thread(name="colours", auto_archive_duration=60)
    await thread.send("Teal or red?")
    ann = world.add_member("ann")
    world.say(ann, "teal!", channel="colours")
    assert thread.id == card.id
    assert [message.text for message in world.messages("colours")][-2:] == ["Teal or red?", "teal!"]
    assert list(world.guild.threads[str(thread.id)].members) == [world.bot.id, ann.id]
    fetched = await bot.fetch_channel(thread.id)
    assert isinstance(fetched, discord.Thread)
    assert (fetched.name, fetched.message_count, fetched.member_count) == ("colours", 2, 2)
    said = next(seen for seen in world.record.seen if seen.kind == "said")
    assert (said.place, said.name, said.text) == ("discord:#colours", "ann", "teal!")


async def test_a_thread_beside_messages_is_told_in_its_channel(world: DiscordWorld, bot: TeaBot) -> None:
    await bot.channel("lounge").create_thread(name="planning", type=discord.ChannelType.public_thread)
    (notice,) = world.messages("lounge")
    assert (notice.type, notice.content) == (18, "planning")
    (thread,) = await bot.guilds[0].active_threads()
    assert (thread.name, thread.owner_id) == ("planning", int(world.application_id))


async def test_an_archived_thread_wakes_when_somebody_writes(world: DiscordWorld, bot: TeaBot) -> None:
    thread = await bot.channel("lounge").create_thread(name="planning", type=discord.ChannelType.public_thread)
    await thread.edit(archived=True)
    assert await bot.guilds[0].active_threads() == []
    await thread.send("one more thing")
    assert not world.guild.threads[str(thread.id)].archived
    (told,) = await bot.hears("raw_thread_update", 2)
    assert not told.data["thread_metadata"]["archived"]


async def test_a_locked_thread_is_closed_to_members(world: DiscordWorld, bot: TeaBot) -> None:
    thread = await bot.channel("lounge").create_thread(name="planning", type=discord.ChannelType.public_thread)
    await thread.edit(archived=True, locked=True)
    with pytest.raises(StageError, match="archived"):
        world.say(world.add_member("ann"), "hello?", channel="planning")
    world.say(world.owner, "reopened", channel="planning")
    assert not world.guild.threads[str(thread.id)].archived


async def test_a_private_thread_is_seen_by_who_was_added(world: DiscordWorld, bot: TeaBot) -> None:
    thread = await bot.channel("lounge").create_thread(name="testers", type=discord.ChannelType.private_thread)
    ann, bob = world.add_member("ann"), world.add_member("bob")
    await thread.add_user(discord.Object(int(ann.id)))
    world.say(ann, "here", channel="testers")
    with pytest.raises(StageError, match="cannot see"):
        world.say(bob, "me too", channel="testers")
    await thread.remove_user(discord.Object(int(ann.id)))
    with pytest.raises(StageError, match="cannot see"):
        world.say(ann, "still?", channel="testers")


async def test_a_thread_is_joined_left_and_deleted(world: DiscordWorld, bot: TeaBot) -> None:
    thread = await bot.channel("lounge").create_thread(name="planning", type=discord.ChannelType.public_thread)
    await thread.leave()
    assert await thread.fetch_members() == []
    await thread.join()
    assert [member.id for member in await thread.fetch_members()] == [int(world.application_id)]
    await thread.delete()
    (gone,) = await bot.hears("thread_delete")
    assert gone.id == thread.id
    with pytest.raises(discord.NotFound) as unknown:
        await thread.send("anybody?")
    assert unknown.value.code == 10003


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "x", "auto_archive_duration": 61}, "auto_archive_duration"),
        ({"name": "x", "type": 5}, "type"),
        ({"name": "x", "rate_limit_per_user": 21_601}, "rate_limit_per_user"),
    ],
)
async def test_a_thread_the_platform_would_refuse_is_refused_by_field(
    world: DiscordWorld, rest: Rest, body: dict[str, Any], where: str
) -> None:
    answer = await rest("POST", f"/channels/{world.channel('lounge').id}/threads", body)
    assert (answer.status, answer.body["code"], list(answer.body["errors"])) == (400, 50035, [where])


async def test_what_cannot_be_done_with_a_thread_has_its_own_code(world: DiscordWorld, rest: Rest) -> None:
    lounge = f"/channels/{world.channel('lounge').id}"
    message = (await rest("POST", f"{lounge}/messages", {"content": "x"})).body["id"]
    path = f"{lounge}/messages/{message}/threads"
    thread = (await rest("POST", path, {"name": "x"})).body["id"]
    assert (await rest("POST", path, {"name": "x"})).body["code"] == 160004
    assert (await rest("POST", f"/channels/{thread}/threads", {"name": "x"})).body["code"] == 50024
    assert (await rest("PATCH", lounge, {"name": "x"})).body["code"] == 50024
    assert (await rest("PATCH", f"/channels/{thread}", {"archived": True})).status == 200
    assert (await rest("PATCH", f"/channels/{thread}", {"name": "y"})).body["code"] == 50083
    assert (await rest("PUT", f"/channels/{thread}/thread-members/@me")).body["code"] == 50083


async def test_without_the_permission_no_thread_is_begun(world: DiscordWorld, rest: Rest) -> None:
    world.channel("lounge").overwrites[world.guild_id] = (0, 1 << 35)
    path = f"/channels/{world.channel('lounge').id}/threads"
    assert (await rest("POST", path, {"name": "x", "type": 11})).body["code"] == 50013
    assert (await rest("POST", path, {"name": "x"})).status == 201
