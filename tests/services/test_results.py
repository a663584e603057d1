"""The final card takes its files along, and goes out without them whenever they are what is in the way."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from bot.domain.announcing import DISCORD_ANNOUNCEMENTS
from bot.domain.publishing import Publishing
from bot.services import results as results_module
from bot.services.ports import PlaceDown, SendRefused
from bot.services.results import Results
from bot.wording.cards import Card, CardFile
from tests.services.fakes import WORDS, RecordingBoard

CLOSED = Card("Teal Mug is closed", "48 of 48 found an owner.")
FILES = (CardFile("mug.microdrops.txt", b"microdrops bundle 1\n"), CardFile("verify.html", b"<!doctype html>"))
LINK = Publishing(url="https://fox.example/drops")


class Export:
    """Makes the files; notes for which drops, and fails with `fault`."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.fault = fault

    async def __call__(self, drop: str) -> tuple[CardFile, ...]:
        self.asked.append(drop)
        if self.fault is not None:
            raise self.fault
        return FILES


class PickyBoard(RecordingBoard):
    """A board that takes no files: `refusal` is what it says."""

    def __init__(self, refusal: Exception) -> None:
        super().__init__()
        self.refusal = refusal

    async def post(self, place: str, card: Card, *, nonce: str) -> str:
        if card.files:
            raise self.refusal
        return await super().post(place, card, nonce=nonce)


async def post(results: Results, board: RecordingBoard, nonce: str = "n1") -> Card:
    await results.post(board, DISCORD_ANNOUNCEMENTS, CLOSED, drop="mug", nonce=nonce)
    place, card, used = board.posts[-1]
    assert (place, used) == (DISCORD_ANNOUNCEMENTS, nonce)
    return card


async def test_both_files_are_under_the_card() -> None:
    export, board = Export(), RecordingBoard()
    card = await post(Results(WORDS, Publishing(), export), board)
    assert card.files == FILES
    assert export.asked == ["mug"]
    assert len(board.posts) == 1


async def test_a_channel_that_attaches_nothing_exports_nothing() -> None:
    export = Export()
    card = await post(Results(WORDS, Publishing(attach=False), export), RecordingBoard())
    assert (card, export.asked) == (CLOSED, [])


async def test_an_export_that_fails_never_keeps_the_card_from_being_posted() -> None:
    board = RecordingBoard()
    with structlog.testing.capture_logs() as logged:
        card = await post(Results(WORDS, LINK, Export(OSError("disk"))), board)
    assert card.files == ()
    assert "https://fox.example/drops" in card.lead
    assert [line["log_level"] for line in logged] == ["error"]


async def test_an_export_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_module, "MAKING_SECONDS_MAX", 0.0)

    async def forever(drop: str) -> tuple[CardFile, ...]:
        await asyncio.Event().wait()
        return FILES

    assert await post(Results(WORDS, Publishing(), forever), RecordingBoard()) == CLOSED


async def test_a_card_whose_files_are_refused_goes_out_without_them_and_says_nothing_of_them() -> None:
    board = PickyBoard(SendRefused("the bot may not write there (50013: Missing Permissions)"))
    with structlog.testing.capture_logs() as logged:
        card = await post(Results(WORDS, LINK, Export()), board)
    assert card.files == ()
    assert card.lead == "The results are published here: <https://fox.example/drops>"
    assert ["50013" in line["reason"] for line in logged] == [True]


@pytest.mark.parametrize("refusal", [SendRefused("slow down", 1.0), PlaceDown("Discord answers 503")])
async def test_what_passes_by_itself_does_not_cost_the_card_its_files(refusal: Exception) -> None:
    export, board = Export(), PickyBoard(refusal)
    results = Results(WORDS, Publishing(), export)
    with pytest.raises(type(refusal)):
        await post(results, board)
    assert board.posts == []
    assert (await post(results, RecordingBoard())).files == FILES
    assert export.asked == ["mug"]


async def test_a_drop_that_closes_again_is_exported_again() -> None:
    export, board = Export(), RecordingBoard()
    results = Results(WORDS, Publishing(), export)
    await post(results, board, "n1")
    await post(results, board, "n2")
    assert export.asked == ["mug", "mug"]


async def test_a_board_that_refuses_the_card_itself_says_so() -> None:
    board = RecordingBoard()
    board.down = SendRefused("it is gone (10003)")
    with pytest.raises(SendRefused, match="10003"):
        await post(Results(WORDS, Publishing(), Export()), board)
