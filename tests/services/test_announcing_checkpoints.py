"""What was signed with the news is shown with them: in chat by its fingerprint, on Discord whole and for good."""

from __future__ import annotations

import base64

import pytest

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS, DISCORD_MODERATORS
from bot.domain.control import SteerDrop, Verb
from bot.domain.publishing import Publishing
from bot.wording.cards import CardFile
from tests.conftest import ALL_PLACES, CHANNEL, MIA
from tests.services.fakes import until
from tests.services.test_announcing import evening  # noqa: F401  # a fixture is found by its name
from tests.storage.test_lane import rows

FILES = (CardFile("mug.microdrops.txt", b"microdrops bundle 1\n"), CardFile("verify.html", b"<!doctype html>"))


@pytest.fixture
def signed(evening):  # noqa: F811
    """By size: the whole note, as the ledger keeps it."""
    return lambda: dict(rows(evening.url, "SELECT size, note FROM checkpoint ORDER BY size"))


def noted(card) -> str:
    """The note on a card; "" without one."""
    return "".join(value.removeprefix("```\n").removesuffix("```") for _, value in card.blocks)


def cards(evening, place=DISCORD_ANNOUNCEMENTS):  # noqa: F811
    return [card for where, card, _ in evening.board.posts if where == place]


async def close(evening):  # noqa: F811
    await evening.lane.submit(SteerDrop(CHANNEL, "discord:close", MIA, Verb.CLOSE, "mug"))


async def test_opening_and_closing_end_with_the_fingerprint_of_the_note_on_their_cards(evening, signed):  # noqa: F811
    async with evening.running():
        await evening.announce_and_open()
        await close(evening)
        await evening.until_said(*ALL_PLACES)
    announced, opened, closed = cards(evening)
    assert "Log" not in evening.chat.lines[0]
    for line, card in zip(evening.chat.lines[1:], (opened, closed), strict=True):
        origin, size, fingerprint = line.split()[-3:]
        assert noted(card) == signed()[int(size)]
        assert fingerprint == _fingerprint(noted(card))
        assert origin == noted(card).split("\n")[0]
    assert noted(announced) in signed().values()
    assert len({noted(card) for card in (announced, opened, closed)}) == 3


async def test_moderators_cards_carry_no_note(evening, signed):  # noqa: F811
    async with evening.running():
        await evening.announce_and_open()
        await close(evening)
        await evening.until_said(*ALL_PLACES)
    assert [noted(card) for card in cards(evening, DISCORD_MODERATORS)] == ["", ""]
    assert signed()


async def test_the_live_card_keeps_the_note_of_its_opening(evening, signed):  # noqa: F811
    async with evening.running():
        await evening.announce_and_open(supply=2)
        await evening.until_said(*ALL_PLACES)
        for name in ("ann", "bob"):
            await evening.claim(name)
        await until(lambda: any("Sold out" in card.text for _, _, card in evening.board.edits))
        await close(evening)
        await until(lambda: any("Closed" in card.text for _, _, card in evening.board.edits))
    opened = cards(evening)[1]
    assert noted(opened)
    edits = [card for place, _, card in evening.board.edits if place == DISCORD_ANNOUNCEMENTS]
    assert {noted(card) for card in edits} == {noted(opened)}
    assert len(signed()) > 3


async def test_a_channel_may_leave_fingerprints_out_of_its_chat(evening):  # noqa: F811
    evening.announcing = evening.made(publishing=Publishing(fingerprints=False))
    async with evening.running():
        await evening.announce_and_open()
        await evening.until_said(*ALL_PLACES)
    assert not any("Log" in line for line in evening.chat.lines)
    assert noted(cards(evening)[1])


async def test_the_final_card_alone_has_the_files(evening):  # noqa: F811
    asked = []

    async def export(drop):
        asked.append(drop)
        return FILES

    evening.announcing = evening.made(results_files=export)
    async with evening.running():
        await evening.announce_and_open()
        await close(evening)
        await evening.until_said(*ALL_PLACES)
    assert [card.files for card in cards(evening)] == [(), (), FILES]
    assert [card.files for card in cards(evening, DISCORD_MODERATORS)] == [(), ()]
    assert asked == ["mug"]


def _fingerprint(note: str) -> str:
    """As anybody would compute it who has read what the letters mean."""
    root = base64.b64decode(note.split("\n")[2])
    return base64.b32encode(root).decode().lower()[:10]
