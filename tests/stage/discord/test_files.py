"""Files beside messages: sent, shown, kept through edits, and read back."""

from __future__ import annotations

import io
from pathlib import Path

import aiohttp
import discord
import pytest

from bot.stage.discord import files
from bot.stage.discord.world import DiscordWorld
from bot.stage.keeping import kept_in
from tests.stage.discord.client import TeaBot

PICTURE = b"\x89PNG not really"


def _file(name: str = "sales.png", data: bytes = PICTURE, description: str | None = None) -> discord.File:
    return discord.File(io.BytesIO(data), name, description=description)


async def test_a_picture_is_sent_in_an_embed_and_read_back(world: DiscordWorld, bot: TeaBot) -> None:
    embed = discord.Embed(title="Sales").set_image(url="attachment://sales.png")
    sent = await bot.channel("lounge").send(embed=embed, file=_file(description="a curve"))
    (attachment,) = (await bot.channel("lounge").fetch_message(sent.id)).attachments
    assert (attachment.filename, attachment.size, attachment.description) == ("sales.png", len(PICTURE), "a curve")
    assert await attachment.read() == PICTURE
    assert sent.embeds[0].image.url == attachment.url
    assert world.record.seen[-1].data["files"] == ["sales.png"]


async def test_an_answer_may_carry_a_file(world: DiscordWorld, bot: TeaBot) -> None:
    world.commands.upsert(None, {"name": "report", "description": "x"})

    async def report(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.application_command:
            await interaction.response.send_message("Here", file=_file(), ephemeral=True)
            await interaction.followup.send(file=_file("more.csv", b"a,b"))

    bot.on_interaction = report  # type: ignore[method-assign]  # this one test answers by itself
    act = world.slash(world.add_member("ann"), "report")
    first = await act.wait()
    assert first.message_id is not None
    shown = world.board.find(first.message_id)
    assert shown is not None
    assert [each.filename for each in shown.attachments] == ["sales.png"]
    await bot.until(lambda: bool(bot.messages))
    assert [each.filename for each in bot.messages[0].attachments] == ["more.csv"]


async def test_an_edit_keeps_the_files_it_lists_and_adds_new_ones(world: DiscordWorld, bot: TeaBot) -> None:
    sent = await bot.channel("lounge").send(files=[_file("a.png"), _file("b.png")])
    (message,) = world.messages("lounge")
    await sent.edit(content="still both")
    assert [each.filename for each in message.attachments] == ["a.png", "b.png"]
    await sent.edit(attachments=[sent.attachments[1], _file("c.png")])
    assert [each.filename for each in message.attachments] == ["b.png", "c.png"]


async def test_a_file_goes_with_its_message(world: DiscordWorld, bot: TeaBot) -> None:
    sent = await bot.channel("lounge").send(file=_file())
    address = sent.attachments[0].url
    async with aiohttp.ClientSession() as session:
        assert (await session.get(address)).status == 200
        await sent.delete()
        assert (await session.get(address)).status == 404


async def test_ten_files_of_ten_megabytes_are_the_most(world: DiscordWorld, bot: TeaBot) -> None:
    sent = await bot.channel("lounge").send(files=[_file(str(number)) for number in range(10)])
    with pytest.raises(discord.HTTPException) as eleven:
        await sent.add_files(_file("one more"))
    assert eleven.value.code == 50035
    with pytest.raises(discord.HTTPException) as large:
        await bot.channel("lounge").send(file=_file(data=b"x" * (files.FILE_BYTES_MAX + 1)))
    assert (large.value.status, large.value.code) == (413, 40005)


async def test_where_files_are_not_allowed_none_is_posted(world: DiscordWorld, bot: TeaBot) -> None:
    world.channel("lounge").overwrites[world.application_id] = (0, 1 << 15)
    with pytest.raises(discord.Forbidden) as refused:
        await bot.channel("lounge").send(file=_file())
    assert refused.value.code == 50013
    assert world.messages("lounge") == []


async def test_files_are_kept_under_their_ids_for_whoever_comes_when_the_stage_is_gone(
    world: DiscordWorld, bot: TeaBot, tmp_path: Path
) -> None:
    """A name is its sender's, and may lead anywhere."""
    world.board.on_file = kept_in(tmp_path / "attachments")
    await bot.channel("lounge").send(files=[_file(), _file("..", b"a,b")])
    ids = world.record.seen[-1].data["file_ids"]
    assert [(tmp_path / "attachments" / each).read_bytes() for each in ids] == [PICTURE, b"a,b"]
