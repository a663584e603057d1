"""What people write: who may, and what a bot without the message content intent reads of it."""

from __future__ import annotations

import discord
import pytest

from bot.stage.discord.errors import StageError
from bot.stage.discord.world import DiscordWorld
from tests.stage.discord.client import TeaBot
from tests.stage.discord.conftest import Rest, Start
from tests.stage.discord.waiting import until

READS = discord.Intents(guilds=True, guild_messages=True, message_content=True)


async def test_without_the_intent_words_are_veiled_but_for_those_to_the_bot(
    world: DiscordWorld, bot: TeaBot
) -> None:
    ann = world.add_member("ann")
    first = world.say(ann, "tea, anybody?")
    world.say(ann, f"<@{world.application_id}> tea?")
    await bot.channel("lounge").send("always")
    await bot.until(lambda: len(bot.messages) == 3)
    assert [(each.author.name, each.content) for each in bot.messages] == [
        ("ann", ""),
        ("ann", f"<@{world.application_id}> tea?"),
        ("Microdrops", "always"),
    ]
    assert (await bot.channel("lounge").fetch_message(int(first.id))).content == ""


async def test_with_the_intent_words_are_read(world: DiscordWorld, port: int) -> None:
    world.sessions.allowed_privileged_intents = READS.value & (1 << 15)
    async with TeaBot.running(world.bot_token, READS) as bot:
        said = world.say(world.add_member("ann"), "tea, anybody?")
        await bot.until(lambda: bool(bot.messages))
        assert bot.messages[0].content == "tea, anybody?"
        assert (await bot.channel("lounge").fetch_message(int(said.id))).content == "tea, anybody?"
        assert bot.application_flags.gateway_message_content_limited


async def test_what_was_missed_is_replayed_veiled_as_well(world: DiscordWorld, start: Start) -> None:
    bot = await start()
    world.faults.drop_gateway()
    await until(world.record, lambda: any(seen.text == "disconnect" for seen in world.record.seen))
    world.say(world.add_member("ann"), "missed")
    await bot.until(lambda: bool(bot.messages))
    assert [message.content for message in bot.messages] == [""]


@pytest.mark.parametrize(
    ("who", "channel", "text", "complaint"),
    [
        ("ann", "moderators", "hello", "cannot see"),
        ("ann", "announcements", "hello", "SEND_MESSAGES"),
        ("ann", "lounge", "x" * 2001, "not 2001"),
        ("ann", "lounge", "  ", "takes 1 to 2000"),
    ],
)
async def test_people_write_only_where_and_what_they_may(
    world: DiscordWorld, rest: Rest, who: str, channel: str, text: str, complaint: str
) -> None:
    ann = world.add_member(who)
    with pytest.raises(StageError, match=complaint):
        world.say(ann, text, channel=channel)
    assert world.messages("lounge") == []


async def test_a_reply_names_what_it_answers(world: DiscordWorld, bot: TeaBot) -> None:
    card = await bot.channel("lounge").send("Teal Mug is open")
    world.say(world.add_member("ann"), "mine!", reply_to=str(card.id))
    await bot.until(lambda: len(bot.messages) == 2)
    reference = bot.messages[1].reference
    assert reference is not None
    assert (bot.messages[1].type, reference.message_id) == (discord.MessageType.reply, card.id)


async def test_nobody_changes_what_another_wrote(world: DiscordWorld, rest: Rest) -> None:
    said = world.say(world.add_member("ann"), "mine!")
    path = f"/channels/{world.channel('lounge').id}/messages/{said.id}"
    assert (await rest("PATCH", path, {"content": "ours!"})).body["code"] == 50005
    assert (await rest("DELETE", path)).status == 204
    assert world.messages("lounge") == []
