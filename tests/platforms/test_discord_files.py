"""Cards with files through the unmodified client: they arrive whole, stay through edits, and may be forbidden."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS
from bot.domain.publishing import Publishing
from bot.platforms.discord import board as board_module
from bot.services.ports import SendRefused
from bot.services.results import Results
from bot.stage.discord.permissions import Permission
from bot.stage.server import Stage
from bot.wording.cards import Button, Card, CardFile
from bot.wording.catalogue import Wording
from tests.platforms.discord_rig import Booth, on_discord

BUNDLE = CardFile("mug.microdrops.txt", "microdrops bundle 1\nnote — microdrops/teal-fox\n".encode())
PAGE = CardFile("verify.html", b"<!doctype html>\r\n\x00\xff")
CLOSED = Card(
    "Teal Mug is closed",
    "48 of 48 found an owner.",
    blocks=(("Checkpoint 57", "```\nmicrodrops/teal-fox\n57\n```"),),
    lead="Check it yourself.",
    files=(BUNDLE, PAGE),
)


@pytest.fixture
async def booth() -> Booth:
    return Booth()


async def test_files_arrive_byte_by_byte_under_their_names(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        await platform.board.post(DISCORD_ANNOUNCEMENTS, CLOSED, nonce="n1")
    (message,) = stage.discord.messages("announcements")
    assert [(file.filename, file.data) for file in message.attachments] == [
        (BUNDLE.name, BUNDLE.content),
        (PAGE.name, PAGE.content),
    ]
    assert message.text.startswith("Check it yourself.\nTeal Mug is closed\n")
    assert message.embeds[0]["fields"][0] == {
        "name": "Checkpoint 57",
        "value": CLOSED.blocks[0][1],
        "inline": False,
    }


async def test_files_and_the_words_above_stay_when_the_card_is_edited(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        message_id = await platform.board.post(DISCORD_ANNOUNCEMENTS, CLOSED, nonce="n1")
        await platform.board.edit(DISCORD_ANNOUNCEMENTS, message_id, Card("Teal Mug", "Settled."))
    (message,) = stage.discord.messages("announcements")
    assert message.text == "Check it yourself.\nTeal Mug\nSettled."
    assert [file.filename for file in message.attachments] == [BUNDLE.name, PAGE.name]


async def test_a_card_with_files_is_found_again_and_posted_once(stage: Stage, booth: Booth) -> None:
    """The words above a card are those of its files, which the next attempt may be without."""
    async with on_discord(stage, booth) as platform:
        first = await platform.board.post(DISCORD_ANNOUNCEMENTS, CLOSED, nonce="n1")
        again = await platform.board.post(DISCORD_ANNOUNCEMENTS, CLOSED, nonce="n1")
        bare = replace(CLOSED, files=(), lead="")
        found = await platform.board.find(DISCORD_ANNOUNCEMENTS, bare, since=stage.clock())
    assert (again, found) == (first, (first,))


async def test_a_card_that_pings_may_have_words_above_as_well(stage: Stage, booth: Booth) -> None:
    async with on_discord(stage, booth) as platform:
        loud = replace(CLOSED, ping=True, buttons=(Button("Claim", "claim:mug"),))
        await platform.board.post(DISCORD_ANNOUNCEMENTS, loud, nonce="n1")
    (message,) = stage.discord.messages("announcements")
    role = stage.discord.role("drop-reminders").id
    assert message.mention_roles == [role]
    assert message.content == f"<@&{role}>\nCheck it yourself."


async def test_without_the_permission_to_attach_files_the_final_card_comes_without_them(
    stage: Stage, booth: Booth
) -> None:
    denied = stage.discord.application_id
    stage.discord.channel("announcements").overwrites[denied] = (0, Permission.ATTACH_FILES)

    async def export(drop: str) -> tuple[CardFile, ...]:
        return CLOSED.files

    results = Results(Wording(), Publishing(url="https://fox.example"), export)
    plain = replace(CLOSED, lead="", files=())
    async with on_discord(stage, booth) as platform:
        with pytest.raises(SendRefused, match="50013"):
            await platform.board.post(DISCORD_ANNOUNCEMENTS, CLOSED, nonce="n1")
        await results.post(platform.board, DISCORD_ANNOUNCEMENTS, plain, drop="mug", nonce="n2")
    (message,) = stage.discord.messages("announcements")
    assert message.attachments == []
    assert message.content == "The results are published here: <https://fox.example>"
    assert message.embeds[0]["title"] == "Teal Mug is closed"


async def test_a_large_upload_has_more_time_than_a_word(
    stage: Stage, booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_module, "UPLOADED_A_SECOND", 10)
    slow = replace(CLOSED, files=(CardFile("mug.microdrops.txt", bytes(100)),))
    async with on_discord(stage, booth, request_timeout=0.3) as platform:
        stage.discord.faults.delay_next("POST", "/channels/", 1.0)
        await platform.board.post(DISCORD_ANNOUNCEMENTS, slow, nonce="n1")
    assert len(stage.discord.messages("announcements")) == 1
