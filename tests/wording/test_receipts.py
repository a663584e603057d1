"""A winner's receipt: the entry and its hash, whole on Discord, short in chat, and only where there is one."""

from __future__ import annotations

from bot.domain.claims import ClaimGranted
from bot.wording.catalogue import Wording
from bot.wording.claims import chat_receipt, claim_answer, told_late_lines, winner_lines
from tests.wording.saying import NOW

LEAF = "ab12cd34ef" + "5" * 54
WON = ClaimGranted("mug", "Teal Mug", 17, 48, 30, 57, LEAF)
OLD = ClaimGranted("mug", "Teal Mug", 17, 48, 30)


def test_discords_private_answer_ends_with_the_entry_and_its_whole_hash() -> None:
    answer = claim_answer(Wording(), WON, NOW, discord=True)
    assert answer.splitlines() == [
        claim_answer(Wording(), OLD, NOW, discord=True),
        f"-# Entry 57 of the public ledger, leaf hash `{LEAF}`",
    ]
    assert LEAF not in claim_answer(Wording(), WON, NOW)


def test_a_winner_in_chat_is_told_the_entry_behind_the_number() -> None:
    receipts = {17: chat_receipt(Wording(), WON)}
    (alone,) = winner_lines(Wording(), "Teal Mug", 48, [("ana", 17)], receipts)
    assert alone == "@ana Teal Mug #17 of 48 is yours! (entry 57 ab12cd34ef)"
    for render in (winner_lines, told_late_lines):
        (line,) = render(Wording(), "Teal Mug", 48, [("ana", 17), ("bob", 18)], receipts)
        assert "@ana #17 (entry 57 ab12cd34ef), @bob #18 (of 48)" in line


def test_a_grant_from_before_the_log_has_no_receipt() -> None:
    assert chat_receipt(Wording(), OLD) == ""
    (line,) = winner_lines(Wording(), "Teal Mug", 48, [("ana", 17)], {17: ""})
    assert line == "@ana Teal Mug #17 of 48 is yours!"


def test_receipts_make_more_lines_and_lose_nobody() -> None:
    winners = [(f"{'n' * 22}{number:03}", number) for number in range(1, 100)]
    receipts = {number: f"(entry {number * 1000} ab12cd34ef)" for _, number in winners}
    lines = winner_lines(Wording(), "W" * 60, 99, winners, receipts)
    assert all(len(line) <= 450 for line in lines)
    told = " ".join(lines)
    assert [f"@{name} #{number} {receipts[number]}" in told for name, number in winners] == [True] * 99
