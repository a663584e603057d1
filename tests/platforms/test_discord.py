"""Discord through the unmodified client: commands and presses in, cards and answers out."""

from __future__ import annotations

import pytest

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS
from bot.stage.server import Stage
from bot.wording.cards import Button, Card, Style
from tests.platforms.discord_rig import Booth, on_discord

MUG = Card(
    "Teal Mug",
    "48 numbered mugs",
    fields=(("Left", "48"),),
    buttons=(Button("Claim", "claim:teal-mug", Style.SUCCESS), Button("Sold out", "claim:none", enabled=False)),
    footer="Microdrops",
)


@pytest.fixture
async def booth() -> Booth:
    return Booth()


async def test_a_card_goes_out_and_a_press_comes_in(stage: Stage, booth: Booth) -> None:
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth) as platform:
        message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, MUG, nonce="n1")
        said = await stage.discord.press(ann, message_id, label="Claim").wait()
    assert said.text == "teal-mug #1 is yours!"
    assert said.ephemeral
    assert booth.presses == ["teal-mug"]
    (message,) = stage.discord.messages("announcements")
    assert message.text == "Teal Mug\n48 numbered mugs\nLeft\n48\nMicrodrops"
    assert message.buttons == [("Claim", "md:claim:teal-mug", False), ("Sold out", "md:claim:none", True)]


async def test_a_slash_command_is_answered(stage: Stage, booth: Booth) -> None:
    ann = stage.discord.add_member("ann")
    async with on_discord(stage, booth):
        said = await stage.discord.slash(ann, "drop").wait()
    assert (said.text, said.ephemeral) == ("Teal Mug is next.", True)
    assert booth.told == [True]
