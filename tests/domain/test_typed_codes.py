"""What somebody types behind `!claim`: a drop's name, a code, both in either order, or something in between."""

from __future__ import annotations

import pytest

from bot.domain.typed_codes import resembles_code, typed_codes

CODE, SYMBOLS = "DSMW-X2R0-W3GY-YZK7", "DSMWX2R0W3GYYZK7"
OTHER, OTHER_SYMBOLS = "QQQQ-X2R0-W3GY-YZK7", "QQQQX2R0W3GYYZK7"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("mug", []),
        (CODE, [(SYMBOLS, "")]),
        (CODE.lower(), [(SYMBOLS, "")]),
        (f"mug {CODE}", [(SYMBOLS, "mug")]),
        (f"teal mug {CODE}", [(SYMBOLS, "teal mug")]),
        (f"{CODE} mug", [(SYMBOLS, "mug")]),
        (f"mug {CODE} please", [(SYMBOLS, "mug please")]),
        ("mug dsmw x2r0 w3gy yzk7", [(SYMBOLS, "mug")]),
        ("mug " + " ".join(SYMBOLS), [(SYMBOLS, "mug")]),
        ("mug DЅМW-Х2RО-W3GУ-УZК7", [(SYMBOLS, "mug")]),  # Cyrillic
        (f"{CODE} {OTHER}", [(SYMBOLS, OTHER), (OTHER_SYMBOLS, CODE)]),
        (f"x{CODE}", []),
        # A name may look like a code: the ledger's digests tell.
        ("the red parrots 1", []),
        ("the red parrot caps", [("THEREDPARR0TCAPS", "")]),
    ],
)
def test_words_that_are_exactly_a_code_are_taken_out(text, expected):
    assert [tuple(each) for each in typed_codes(text)] == expected


@pytest.mark.parametrize(
    "text",
    ["DSMW-X2R0-W3GY-YZK", "mug DSMW-X2R0-W3GY", "DSMW-X2R0-W3GY-YZK77", "dsmw-x2r0", "XDSM-WX2R-0W3G-YYZK-7"],
)
def test_a_code_that_lost_a_piece_resembles_one(text):
    assert resembles_code(text)


@pytest.mark.parametrize("text", ["", "mug", "teal-mug", "teal mug", CODE, "20:00", "x-1", "it was 4-4", "a" * 300])
def test_other_words_do_not(text):
    assert not resembles_code(text)


def test_an_endless_line_is_cut():
    assert len(list(typed_codes("0 " * 100_000))) <= 40
