"""Our own cards are read back from Discord as they stand: nobody else's, and of the drops that are asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS
from bot.platforms.discord import looking_back
from bot.platforms.discord.looking_back import CannotLook, find_cards
from bot.wording.announcing import control_card, live_card
from bot.wording.cards import Button, Card
from bot.wording.catalogue import Wording
from bot.wording.restore import read_last_number
from tests.platforms.discord_rig import Booth, discord_settings, on_discord
from tests.wording.saying import NOW, OPEN, PLAN, about

WORDS = Wording()


def mug(number: int, key: str = "mug"):
    return about(replace(OPEN, plan=replace(PLAN, key=key), claimed=number, last_number=number))


async def look(stage, drops=("mug",), message_ids=(), token=None):
    settings = discord_settings(stage)
    channels = {
        settings.channels[place]: list(message_ids) for place in (DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS)
    }
    cards = await find_cards(token or settings.token, channels, drops)
    return sorted((card.drop, read_last_number(WORDS, card.fields) or 0) for card in cards)


async def test_the_number_of_each_card_is_found_in_both_channels(stage):
    async with on_discord(stage, Booth()) as platform:
        board = platform.board
        card = await board.post(DISCORD_ANNOUNCEMENTS, live_card(WORDS, mug(3), NOW), nonce="1")
        await board.post(DISCORD_MODERATORS, control_card(WORDS, mug(19), NOW), nonce="2")
        await board.post(DISCORD_ANNOUNCEMENTS, live_card(WORDS, mug(40, "cap"), NOW), nonce="3")
        await board.post(
            DISCORD_ANNOUNCEMENTS, Card("News", "#99 of 48", buttons=(Button("x", "remind:toggle"),)), nonce="4"
        )
        await board.edit(DISCORD_ANNOUNCEMENTS, card, live_card(WORDS, mug(20), NOW))
        assert await look(stage) == [("mug", 19), ("mug", 20)]
        assert await look(stage, ("cap", "mug")) == [("cap", 40), ("mug", 19), ("mug", 20)]
        assert await look(stage, ("pin",)) == []


async def test_a_card_that_lies_far_back_is_found_by_its_id(stage, monkeypatch):
    monkeypatch.setattr(looking_back, "LOOKED_BACK_MAX", 1)
    async with on_discord(stage, Booth()) as platform:
        card = await platform.board.post(DISCORD_ANNOUNCEMENTS, live_card(WORDS, mug(31), NOW), nonce="1")
        await platform.board.post(DISCORD_ANNOUNCEMENTS, Card("News", "of something else"), nonce="2")
        assert await look(stage) == []
        assert await look(stage, message_ids=[card, "123456789012345678"]) == [("mug", 31)]


async def test_what_others_have_posted_does_not_count(stage):
    world = stage.discord
    async with on_discord(stage, Booth()) as platform:
        await platform.board.post(DISCORD_ANNOUNCEMENTS, live_card(WORDS, mug(5), NOW), nonce="1")
        original = world.messages("announcements")[-1]
        forged = replace(original, author=world.add_member("mallory"), id=str(int(original.id) + 1))
        world.board._messages[forged.id] = forged
        assert await look(stage) == [("mug", 5)]


async def test_a_token_that_is_refused_and_an_outage_are_said_in_words(stage, monkeypatch):
    with pytest.raises(CannotLook, match="Discord refuses the bot's token"):
        await look(stage, token="wrong")
    monkeypatch.setattr(looking_back, "SECONDS_MAX", 0.5)
    stage.discord.faults.is_out = True
    with pytest.raises(CannotLook, match="Discord answers 503"):
        await look(stage)


async def test_a_channel_that_the_bot_may_not_read_is_said(stage):
    settings = discord_settings(stage)
    with pytest.raises(CannotLook, match="Discord answers 404"):
        await find_cards(settings.token, {123456789012345678: []}, ("mug",))
