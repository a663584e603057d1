"""How a streamer writes a gate: what it means, how it is written back, and where a slip is pointed at."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.entitlements import Entitlement
from bot.domain.gate_mistakes import GateMistake
from bot.domain.gate_parsing import CONDITIONS_MAX, NESTING_MAX, TEXT_CHARACTERS_MAX, read_gate
from bot.domain.gates import conditions
from tests.domain.gate_cases import ANY, gate

VOCABULARY = [
    *("and", "or", "not", "(", ")", ",", ":", ">=", "<", "<=", ">", "=", "≥", " ", "  ", "1", "2", "90", "10000"),
    *("subscribers", "vips", "vip", "mods", "role:patron", 'role:"Tea Circle"', "code:EARLY", "badge:mug-2026"),
    *("follower_days", "follower-days >= 90", "subscriber", "founder", "subscribr", "&", "“", '"', "é", "\u200b"),
]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("subscribers, vips", "subscriber or vip"),
        ("Subscribers , VIPs or moderators", "subscriber or vip or moderator"),
        (
            "subscriber >= 2 or role:patron or badge:mug-2026 or follower_days >= 90 or listed:founders",
            "subscriber >= 2 or role:patron or badge:mug-2026 or follower_days >= 90 or listed:founders",
        ),
        ("subscriber >= 1 and not gift", "subscriber and not gift"),
        ("sub > 1", "subscriber >= 2"),
        ("sub < 1", "not subscriber"),
        ("subscriber <= 2", "subscriber < 3"),
        ("subscriber≥2000", "subscriber >= 2"),
        ("follower-days >= 090", "follower_days >= 90"),
        ("not (vip or subscriber >= 2)", "not vip and subscriber < 2"),
        ("not not vip", "vip"),
        ("vip or moderator and founder", "vip or moderator and founder"),
        ("(vip or moderator) and founder", "(vip or moderator) and founder"),
        ("(vip, moderators) and founder", "(vip or moderator) and founder"),
        ("((vip) or (vip or moderator))", "vip or moderator"),
        ('role:"Tea Circle" or role: 4711 or role:“Käse”', 'role:"Tea Circle" or role:4711 or role:Käse'),
        ("role:and and not not role:NOT", "role:and and role:NOT"),
        ("code:early or badge:Mug", "code:EARLY or badge:mug"),
        ("\n  vip \t", "vip"),
    ],
)
def test_a_gate_is_written_back_in_one_form(text, canonical):
    assert str(gate(text)) == canonical
    assert gate(canonical) == gate(text)


@pytest.mark.parametrize(
    ("text", "position", "expected", "nearest"),
    [
        ("", 0, "a condition", ""),
        ("   ", 3, "a condition", ""),
        ("subscribr", 0, "a condition", "subscriber"),
        ("vip or modrator", 7, "a condition", "moderator"),
        ("vip vips", 4, '"and", "or" or ","', ""),
        ("vip an moderator", 4, '"and", "or" or ","', "and"),
        ("vip && moderator", 4, '"and"', "and"),
        ("vip | moderator", 4, '"or"', "or"),
        ("!vip", 0, "a condition", "not"),
        ("vip,", 4, "a condition", ""),
        ("vip or", 6, "a condition", ""),
        ("vip, and moderator", 5, "a condition", ""),
        ("(vip or moderator", 17, '")"', ""),
        ("(vip moderator)", 5, 'or ")"', ""),
        ("vip)", 3, '"and"', ""),
        ("()", 1, "a condition", ""),
        ("subscribers and vips", 12, '"," or "or" for either', ""),
        ("founder, vips and follower", 14, '"," or "or" for either', ""),
        ("vip and subscribers", 4, '"," or "or" for either', ""),
        ("subscriber >= 0", 14, "some people reach", ""),
        ("subscriber > 3", 13, "some people reach", ""),
        ("subscriber >= 4", 14, "a tier from 1 to 3", ""),
        ("subscriber >= vip", 14, "a tier from 1 to 3", ""),
        ("subscriber = 2", 11, '">="', ""),
        ("follower >= 90", 9, '"follower_days"', ""),
        ("vip >= 1", 4, "has no number", ""),
        ("follower_days", 13, "follower_days >= 90", ""),
        ("follower_days >= 10000", 17, "up to 9999", ""),
        ("follower_days >= ٣", 17, "up to 9999", ""),
        ("role patron", 5, "role:patron", ""),
        ("role:", 5, "role:patron", ""),
        ('role:""', 5, "role:patron", ""),
        ('role:"Tea', 5, "role:patron", ""),
        ("role:" + "x" * 101, 5, "at most 100", ""),
        ("badge:Tasse_é", 6, "badge:mug", ""),
        ('badge:"tea mug"', 6, "badge:mug", ""),
        ("vip:ann", 3, '"and"', ""),
        ("vip\u200b", 3, '"and"', ""),
    ],
)
def test_a_slip_is_pointed_at_with_what_could_stand_there(text, position, expected, nearest):
    mistake = read_gate(text)
    assert isinstance(mistake, GateMistake), str(mistake)
    assert mistake.position == position
    assert expected in mistake.expected
    assert mistake.nearest == nearest


def test_a_mistake_reads_as_a_sentence_with_a_caret():
    mistake = read_gate("subscribers, vipps")
    assert isinstance(mistake, GateMistake)
    expected = 'expected a condition, like "subscriber" or "role:patron"'
    assert str(mistake) == f'character 14: found "vipps", {expected}. Did you mean "vips"?'
    assert mistake.pointed() == "subscribers, vipps\n             ^"


def test_the_caret_stands_under_the_character_whatever_stands_before_it():
    assert read_gate("role:日本 vip").pointed() == "role:日本 vip\n          ^"
    assert read_gate("role:\tab\u200b").pointed() == "role: ab\ufffd\n        ^"
    long = read_gate("vip or " * 15 + "x" + " or vip" * 15).pointed().splitlines()
    assert long[0][len(long[1]) - 1] == "x"
    assert len(long[0]) < 100


def test_a_gate_is_bounded_in_every_direction():
    names = [f"role:r{number}" for number in range(CONDITIONS_MAX + 1)]
    assert len(list(conditions(gate(" or ".join(names[:-1]))))) == CONDITIONS_MAX
    over = " or ".join(names)
    assert read_gate(over).position == over.rindex("role")
    assert gate("(" * NESTING_MAX + "vip" + ")" * NESTING_MAX) == gate("vip")
    assert read_gate("(" * (NESTING_MAX + 1) + "vip").position == NESTING_MAX
    assert gate(" " * (TEXT_CHARACTERS_MAX - 3) + "vip") == gate("vip")
    assert read_gate(" " * (TEXT_CHARACTERS_MAX - 2) + "vip").position == TEXT_CHARACTERS_MAX


def test_the_longest_gate_can_be_read_back():
    roles = [f'not role:"{number:02} {"x" * 97}"' for number in range(CONDITIONS_MAX)]
    pairs = [f"({' or '.join(roles[at : at + 2])})" for at in range(0, CONDITIONS_MAX, 2)]
    longest = gate(" and ".join(pairs))
    assert len(str(longest)) > 1_800
    assert gate(str(longest)) == longest


@pytest.mark.parametrize("text", ["(" * 2_000, "not " * 500, "not " * 499 + "vip", "vip and " * 250, "vip," * 500])
def test_absurd_gates_end_in_an_answer(text):
    assert isinstance(read_gate(text), GateMistake) == (not text.endswith("vip"))


@pytest.mark.parametrize("entitlement", Entitlement)
def test_every_entitlement_has_its_word(entitlement):
    endings = ("", " >= 2", ":mug")
    read = [read_gate(entitlement + ending) for ending in endings]
    assert {each.entitlement for each in read if not isinstance(each, GateMistake)} == {entitlement}


@given(ANY)
def test_what_is_written_back_means_the_same(drawn):
    assert gate(str(drawn)) == drawn


def check(text):
    read = read_gate(text)
    if isinstance(read, GateMistake):
        assert 0 <= read.position <= len(text)
        assert str(read)
        shown, caret = read.pointed().split("\n")
        assert shown.isprintable()
        assert caret.strip() == "^"
    else:
        assert gate(str(read)) == read


@given(st.text())
@example("İ")
@example("\x00\ud800")
@example("role:क\u093cख")
def test_any_text_at_all_is_read_or_pointed_at(text):
    check(text)


@given(st.lists(st.sampled_from(VOCABULARY), max_size=25), st.sampled_from(["", " "]))
def test_any_row_of_words_is_read_or_pointed_at(words, between):
    check(between.join(words))


def test_deep_negations_are_written_back_within_the_limits():
    text = "vip"
    for number in range(NESTING_MAX):
        joiner = "and" if number % 2 else "or"
        text = f"not (role:r{number} {joiner} {text})"
        assert gate(str(gate(text))) == gate(text)
