"""Winners in chat are told which entry of the ledger is theirs, where the channel wants that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.time import SECOND
from bot.services.shared_lines import WINNERS_A_LINE, SharedLines
from tests.conftest import FixedClock, viewer
from tests.services.fakes import WORDS, granted

LEAF = "ab12cd34ef" + "0" * 54


def said(*, receipts: bool, late: bool = False, names: tuple[str, ...] = ("ana", "bob")) -> list[str]:
    clock = FixedClock()
    lines = SharedLines(WORDS, clock, answer_gap=30 * SECOND, receipts=receipts)
    for number, name in enumerate(names, 1):
        grant = replace(granted(number), entry=50 + number, leaf=LEAF)
        lines.decided(viewer(name), f"twitch:{name}", grant, late=late)
    clock.at += SECOND
    told = []
    while (line := lines.next_line(20)) is not None:
        lines.settled(line)
        told.append(line.text)
    return told


@pytest.mark.parametrize("late", [False, True])
def test_each_winner_of_a_shared_line_has_a_receipt(late: bool) -> None:
    (line,) = said(receipts=True, late=late)
    assert "@ana #1 (entry 51 ab12cd34ef), @bob #2 (entry 52 ab12cd34ef)" in line


def test_chat_stays_short_where_nobody_asked_for_receipts() -> None:
    (line,) = said(receipts=False)
    assert "@ana #1, @bob #2" in line
    assert "entry" not in line


def test_a_crowd_of_winners_with_receipts_is_told_in_lines_that_chat_takes() -> None:
    names = tuple(f"{'n' * 22}{number:02}" for number in range(3 * WINNERS_A_LINE))
    lines = said(receipts=True, names=names)
    assert all(len(line) <= 450 for line in lines)
    told = " ".join(lines)
    assert [f"@{name} #{n} (entry {50 + n} ab12cd34ef)" in told for n, name in enumerate(names, 1)] == [True] * 36
