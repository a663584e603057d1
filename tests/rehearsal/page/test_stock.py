"""The bars come from the ledger file itself, read beside the bot that writes it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.rehearsal.ledger import LedgerUnreadable
from bot.rehearsal.page.looking import Standing, read_standing, watch
from tests.conftest import MINUTE, NOON
from tests.storage.evenings import change, evening_ledger


async def test_a_drop_shows_what_is_taken_and_by_whom_last(tmp_path: Path) -> None:
    await evening_ledger(tmp_path / "ledger.db", claims=9, supply=12)
    (mug,) = read_standing(tmp_path / "ledger.db").stocks
    assert (mug.title, mug.taken, mug.supply, mug.word) == ("Teal Mug", 9, 12, "open")
    assert [(owner.number, owner.name) for owner in mug.newest] == [(n, f"v{n}") for n in range(9, 3, -1)]
    public = mug.as_public()
    assert mug.closes_at == NOON + 15 * MINUTE
    assert (public["sum"], public["of"], public["bars"]) == (9, " of 12", [["", "", 75.0, "9 of 12 taken", ""]])
    assert public["newest"][0] == [9, "v9"]


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("paused_at = 5", "paused"),
        ("supply = 9", "sold out"),
        ("state = 'closed'", "closed"),
        ("state = 'settled'", "closed"),
        ("state = 'announced'", "announced"),
    ],
)
async def test_a_drop_is_described_in_a_word(tmp_path: Path, column: str, word: str) -> None:
    url = await evening_ledger(tmp_path / "ledger.db", claims=9, supply=12)
    change(url, f'UPDATE "drop" SET {column}')
    assert read_standing(tmp_path / "ledger.db").stocks[0].word == word


def test_no_ledger_or_one_without_tables_is_said_to_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for name in ("none.db", "empty.db"):
        with pytest.raises(LedgerUnreadable, match=name):
            read_standing(tmp_path / name)
    assert not (tmp_path / "none.db").exists()


async def test_the_watch_waits_for_the_ledger_and_tells_of_every_change(tmp_path: Path) -> None:
    told: asyncio.Queue[Standing] = asyncio.Queue()
    watching = asyncio.create_task(watch(tmp_path / "ledger.db", told.put_nowait))
    try:
        url = await evening_ledger(tmp_path / "ledger.db", claims=2)
        async with asyncio.timeout(60):
            while (await told.get()).stocks == () or read_standing(tmp_path / "ledger.db").stocks[0].taken != 2:
                pass
            change(url, "UPDATE \"drop\" SET state = 'closed'")
            while (await told.get()).stocks[0].word != "closed":
                pass
    finally:
        watching.cancel()
