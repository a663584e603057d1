"""A game night from the drop that brings its passes to the guest who came in the place of one who did not."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest

from bot.domain.time import SECOND
from bot.services import nights
from bot.stage.discord.guild import Member
from bot.storage.database import ledger_url
from tests.journeys.rig import Evening, drop, evening, until
from tests.storage.evenings import faults


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seats are kept for two seconds instead of ten minutes."""
    monkeypatch.setattr(nights, "KEPT_FOR", 2 * SECOND)


def rows(tonight: Evening, query: str) -> list[Sequence[object]]:
    with sqlite3.connect(tonight.ledger) as ledger:
        return list(ledger.execute(query))


def places(tonight: Evening) -> list[object]:
    """How the guests are in, in the order in which they joined."""
    return [place for (place,) in rows(tonight, "SELECT place FROM night_guest ORDER BY joined")]


async def press(tonight: Evening, member: Member, label: str) -> str:
    """Press a button of the night's card; returns what they alone are told."""
    discord = tonight.stage.discord
    card = next(m for m in discord.messages("announcements") if any("md:night" in str(b) for b in m.buttons))
    said = await discord.press(member, card.id, label=label).wait()
    assert said.ephemeral
    return said.text


async def test_a_seat_that_nobody_takes_goes_to_the_next_and_only_who_comes_spends_a_pass(tmp_path, short_waits):
    async with evening(tmp_path, drop(opening="cue", supply=3, passes=["game-night"])) as tonight:
        discord = tonight.stage.discord
        mia, ann, ben = discord.member("mod_mia"), discord.add_member("ann"), discord.add_member("ben")
        tonight.say("mia", "!drop open mug")
        await tonight.hears("Teal Mug is open", "with a game-night pass")
        for guest in (ann, ben):
            await discord.slash(guest, "claim", {"drop": "mug"}).wait()
        assert "game-night pass #1 (from Teal Mug #1)" in (await discord.slash(ann, "pass list").wait()).text

        form = {"title": "Hades night", "starts": "in 10s", "seats": 1}
        assert "is announced" in (await discord.slash(mia, "night create", form).wait()).text
        await tonight.hears("Game night: Hades night", "1 seats")
        await until(lambda: any("Hades night" in card for card in tonight.board()), "the night's card")
        assert "You have a seat" in await press(tonight, ann, "Join")
        assert "waiting list" in await press(tonight, ben, "Join")
        assert "takes a game-night pass" in await press(tonight, discord.add_member("cy"), "Join")

        # Buttons of before a restart still work, and seats do not wait for the bot.
        await tonight.restart()
        assert "already" in await press(tonight, ann, "Join")
        await until(lambda: places(tonight) == ["seated"], "ann's seat goes to ben")
        assert "your pass #2 is spent" in await press(tonight, ben, "I am here")
        assert "no place" in await press(tonight, ann, "I am here")
        await until(lambda: places(tonight) == ["here"], "ben is there")
        assert rows(tonight, "SELECT used FROM pass ORDER BY number") == [(0,), (1,)]

        card = next(m for m in discord.messages("announcements") if any("md:night" in str(b) for b in m.buttons))
        await until(lambda: "Here" in str(discord.board.find(card.id).embeds), "the card counts who is there")
        seen = (await discord.slash(mia, "night list").wait()).text
        assert "ben (here)" in seen

        # Called off, everybody has their pass again.
        asked = await discord.slash(mia, "night cancel").wait()
        done = await discord.press(mia, asked.message_id, label="Yes, do it").wait()
        assert "is cancelled" in done.text
        assert rows(tonight, "SELECT used FROM pass ORDER BY number") == [(0,), (0,)]
        await tonight.hears("The game night Hades night is cancelled")
        assert faults(ledger_url(str(tonight.ledger))) == []


async def test_a_unit_is_taken_back_with_its_pass_on_the_word_of_a_moderator(tmp_path):
    async with evening(tmp_path, drop(opening="cue", supply=2, passes=["mod-vote"])) as tonight:
        discord = tonight.stage.discord
        mia, ann = discord.member("mod_mia"), discord.add_member("ann")
        tonight.say("mia", "!drop open mug")
        await tonight.hears("Teal Mug is open")
        await discord.slash(ann, "claim", {"drop": "mug"}).wait()
        asked = await discord.slash(mia, "drop void", {"drop": "mug", "unit": 1, "why": "stolen card"}).wait()
        assert "with the pass that came with it from ann cannot be undone" in asked.text
        done = await discord.press(mia, asked.message_id, label="Yes, do it").wait()
        assert "is taken back" in done.text
        mine = (await discord.slash(ann, "mine").wait()).text
        assert "#1" not in mine
        assert "Passes" not in mine
        tonight.say("bob", "!claim")
        await tonight.hears("@bob", "#2")
        assert rows(tonight, "SELECT number FROM lost_unit") == [(1,)]
        assert rows(tonight, "SELECT voided_why FROM pass ORDER BY number") == [("unit-voided",), ("",)]
        assert faults(ledger_url(str(tonight.ledger))) == []
