"""Reactions and pins, by members and by the bot."""

from __future__ import annotations

import discord
import pytest

from bot.stage.discord.errors import StageError
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest

WANTS = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True)


async def test_reactions_are_given_counted_and_taken_back(world: DiscordWorld, port: int) -> None:
    async with TeaBot.running(world.bot_token, WANTS) as bot:
        sent = await bot.channel("lounge").send("Teal Mug?")
        await sent.add_reaction("👍")
        ann = world.add_member("ann")
        world.react(ann, str(sent.id), "👍")
        (heard,) = await bot.hears("raw_reaction_add", 2)
        assert (heard.user_id, str(heard.emoji)) == (int(ann.id), "👍")
        (reaction,) = (await bot.channel("lounge").fetch_message(sent.id)).reactions
        assert (reaction.count, reaction.me) == (2, True)
        assert {user.name async for user in reaction.users()} == {"Microdrops", "ann"}
        world.react(ann, str(sent.id), "👍", given=False)
        await bot.hears("raw_reaction_remove")
        await sent.clear_reactions()
        assert (await bot.channel("lounge").fetch_message(sent.id)).reactions == []
    texts = [(seen.name, seen.text) for seen in world.record.seen if seen.kind == "reaction"]
    assert texts == [("Microdrops", "+👍"), ("ann", "+👍"), ("ann", "-👍")]


async def test_what_is_no_emoji_is_refused(world: DiscordWorld, bot: TeaBot) -> None:
    sent = await bot.channel("lounge").send("Teal Mug?")
    with pytest.raises(discord.HTTPException) as refused:
        await sent.add_reaction("teal")
    assert refused.value.code == 10014
    with pytest.raises(StageError, match="Unknown Emoji"):
        world.react(world.add_member("ann"), str(sent.id), "👍", given=False)


async def test_twenty_emojis_are_enough(world: DiscordWorld, bot: TeaBot) -> None:
    sent, ann = await bot.channel("lounge").send("Which?"), world.add_member("ann")
    for number in range(20):
        world.react(ann, str(sent.id), chr(0x1F600 + number))
    with pytest.raises(discord.HTTPException) as refused:
        await sent.add_reaction("🫖")
    assert refused.value.code == 30010


async def test_where_reactions_are_not_allowed_only_given_ones_are_joined(world: DiscordWorld, bot: TeaBot) -> None:
    sent, ann = await bot.channel("lounge").send("Which?"), world.add_member("ann")
    await sent.add_reaction("👍")
    world.channel("lounge").overwrites[world.guild_id] = (0, 1 << 6)
    world.react(ann, str(sent.id), "👍")
    with pytest.raises(StageError, match="ADD_REACTIONS"):
        world.react(ann, str(sent.id), "👎")


async def test_a_pin_is_listed_announced_and_undone(world: DiscordWorld, bot: TeaBot) -> None:
    lounge = bot.channel("lounge")
    first, second = await lounge.send("one"), await lounge.send("two")
    await first.pin()
    await second.pin()
    assert [message.content async for message in lounge.pins()] == ["two", "one"]
    notice = world.messages("lounge")[-1]
    assert (notice.type, notice.reference_id) == (6, str(second.id))
    await first.unpin()
    assert [message.content async for message in lounge.pins()] == ["two"]
    (channel, at) = await bot.hears("guild_channel_pins_update", 3)
    assert (channel.name, at is None) == ("lounge", False)


async def test_a_channel_takes_250_pins(world: DiscordWorld, rest: Rest) -> None:
    lounge = world.channel("lounge")
    for number in range(251):
        message = world.board.post(world.bot, lounge, {"content": str(number)})
        message.pinned_at = world.clock() if number < 250 else None
    refused = await rest("PUT", f"/channels/{lounge.id}/messages/pins/{message.id}")
    assert (refused.status, refused.body["code"]) == (400, 30003)
    page = (await rest("GET", f"/channels/{lounge.id}/messages/pins")).body
    assert (len(page["items"]), page["has_more"]) == (50, True)
    before = page["items"][-1]["pinned_at"]
    older = await rest("GET", f"/channels/{lounge.id}/messages/pins?before={before.replace('+', '%2B')}")
    assert older.body["items"][0]["message"]["id"] not in {each["message"]["id"] for each in page["items"]}
