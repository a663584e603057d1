"""Text from people, made safe to compare and to repeat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import label, normalise_command, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mug", "mug"),
        ("  Teal   MUG ", "teal mug"),
        ("ｍｕｇ", "mug"),
        ("mug \U000e0000", "mug"),
        ("m\u200bu\u200dg", "mug"),
        ("mu\u034fg", "mug"),
        ("mug\r\nprint\tcoin", "mug print coin"),
        ("e\u200d\u0301", "é"),
        ("STRASSE ß", "strasse ss"),
        ("мug", "мug"),  # a Cyrillic letter stays what it is: look-alikes are not the same
        ("", ""),
        ("\U000e0000\u200b", ""),
        ("x" * 10_000, "x" * 300),
    ],
)
def test_a_line_is_compared_as_people_see_it(text, expected):
    assert normalise_command(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Teal Mug", "Teal Mug"),
        ("Teal\nMug", "Teal Mug"),
        ("Te\u202eal\u200b Mug", "Teal Mug"),
        ("e\u0301", "é"),
        ("e\u200d\u0301", "é"),
        ("z" + "\u0335" * 30, "z\u0335\u0335"),
        ("a" * 100, "a" * 60),
        ("a" * 59 + " b", "a" * 59),
    ],
)
def test_a_label_is_one_line_without_surprises(text, expected):
    assert label(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Teal Mug!", "teal-mug"),
        ("Café Größe", "cafe-groe"),
        ("茶", ""),
        ("--a--", "a"),
        ("x y" * 40, ("x-yx" + "-yx" * 12)[:40]),
    ],
)
def test_a_key_is_made_of_a_title(text, expected):
    assert slug(text) == expected


@given(st.text())
def test_making_safe_twice_changes_nothing_more(text):
    assert label(label(text)) == label(text)
    assert slug(slug(text)) == slug(text)
    assert len(label(text)) <= 60
    assert len(slug(text)) <= 40


@given(st.text(max_size=80))
def test_a_compared_line_has_no_line_breaks_doubled_spaces_or_edges(text):
    plain = normalise_command(text)
    assert plain == " ".join(plain.split())
    assert normalise_command(f" {text}\n") == plain
