"""Claim codes: the known one, how they are read and spotted, and who may use one until when."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.codes import (
    CODE_CHARACTERS,
    TRIES_COUNT_FOR,
    WRONG_TRIES_MAX,
    CodeRefusal,
    Issue,
    KeptCode,
    digest_of,
    find_codes,
    is_code,
    judge_code,
    locked_until,
    make_code,
    read_code,
)
from tests.domain.gate_cases import NOON

KEY = bytes.fromhex("00112233445566778899aabbccddeeff" * 2)
PRINT = Issue("print-007", 12)
CODE, SYMBOLS = "DSMW-X2R0-W3GY-YZK7", "DSMWX2R0W3GYYZK7"
ISSUES = st.builds(
    Issue,
    st.sampled_from(["mug", "mug-1", "1"]),
    st.integers(1, 12),
    st.integers(0, 3),
    st.sampled_from(["", "twitch:1", "discord:1"]),
    st.none() | st.integers(0, 9),
)


def test_the_known_key_gives_the_known_code():
    assert make_code(KEY, PRINT) == CODE


def test_whatever_an_issue_says_is_signed():
    values = (["mug", "mug-1", "1"], [1, 11, 2], [0, 1, 2], ["", "twitch:1", "1"], [None, 0, 1, 2])
    issues = [Issue(*each) for each in product(*values)]
    assert len({issue.message for issue in issues}) == len(issues)
    assert len({make_code(KEY, issue) for issue in issues}) == len(issues)


def test_a_burned_code_is_made_anew_as_another():
    assert make_code(KEY, replace(PRINT, reissue=1)) != CODE
    assert make_code(bytes(32), PRINT) != CODE


@pytest.mark.parametrize("issue", [{"scope": "a|b"}, {"scope": "mug", "audience": "twitch:1|2"}])
def test_two_issues_cannot_be_signed_as_the_same(issue):
    with pytest.raises(ValueError, match=r"\|"):
        Issue(number=1, **issue)


def test_a_short_key_makes_no_codes():
    with pytest.raises(ValueError, match="32 bytes"):
        make_code(bytes(31), PRINT)


FORMS = [
    CODE,
    CODE.lower(),
    SYMBOLS,
    "  dsmw x2r0 w3gy yzk7 ",
    " ".join(SYMBOLS),
    "D.S.M.W_X2R0/W3GY\u2013YZK7",
    "DSMW-X2RO-W3GY-YZK7",  # the letter O
    "DSMW-X2Ro-W3GY-YZK7",
    "DSMW\u200b-X2R0\u2060-W3\u00adGY-YZK7\U000e0000",
    "DЅМW-Х2RО-W3GУ-УZК7",  # Cyrillic
    "ＤＳＭＷ－Ｘ２Ｒ０－Ｗ３ＧＹ－ＹＺＫ７",
    "𝐃𝐒𝐌𝐖-𝐱𝟐𝐫𝟎-𝐰𝟑𝐠𝐲-𝐲𝐳𝐤𝟕",
    "D̶S̶M̶W̶X̶2̶R̶0̶W̶3̶G̶Y̶Y̶Z̶K̶7̶",
    "DSMW 🎁 X2R0 🎁 W3GY 🎁 YZK7",
    "DSMW\nX2R0\tW3GY\u00a0YZK7",
]


@pytest.mark.parametrize("typed", FORMS)
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == SYMBOLS
    assert is_code(typed, digest_of(SYMBOLS))


@pytest.mark.parametrize("typed", FORMS)
@pytest.mark.parametrize(
    "line", ["{}", "!claim {}", "look: {}!!", "my code is {} thanks all", "{} {}", "1{}1", "茶{}茶"]
)
def test_a_code_is_spotted_anywhere_in_a_line(line, typed):
    assert SYMBOLS in find_codes(line.replace("{}", typed))


@pytest.mark.parametrize(
    "typed",
    ["", "DSMW", CODE[:-1], CODE + "7", "USMW-X2R0-W3GY-YZK7", "DSMW-X2R0-W3GY-YZ茶7", "my " + CODE, CODE * 2],
)
def test_what_is_no_code_is_not_read_as_one(typed):
    assert read_code(typed) is None
    assert not is_code(typed, digest_of(SYMBOLS))


@pytest.mark.parametrize(
    ("letter", "digit"), [("i", "1"), ("L", "1"), ("l", "1"), ("І", "1"), ("o", "0"), ("О", "0")]
)
def test_letters_that_look_like_digits_are_read_as_digits(letter, digit):
    assert read_code(letter * 16) == digit * 16


@pytest.mark.parametrize("line", ["", "gg", "hello there", "you must hurry up, guys", "U" * 400])
def test_lines_without_sixteen_symbols_in_a_row_have_no_candidate(line):
    assert find_codes(line) == ()


def test_a_letter_that_no_code_has_keeps_candidates_apart():
    assert find_codes("DSMW-X2R0 u W3GY-YZK7") == ()


@given(ISSUES, st.text(max_size=30), st.text(max_size=30))
def test_every_code_is_read_back_and_spotted_between_any_texts(issue, before, after):
    code = make_code(KEY, issue)
    assert read_code(code) == code.replace("-", "")
    assert read_code(code) in find_codes(f"{before} {code} {after}")


@given(st.text(max_size=300))
def test_candidates_are_sixteen_symbols_and_few(text):
    found = find_codes(text)
    assert all(len(each) == CODE_CHARACTERS and read_code(each) == each for each in found)
    assert len(found) == len(set(found))


def test_an_endless_line_is_cut():
    assert len(find_codes("ABCDEFGH" + "0123456789" * 100_000)) <= 4_000


def test_only_the_digest_of_a_code_is_kept_and_never_shown():
    assert digest_of(SYMBOLS) == sha256(SYMBOLS.encode()).digest()
    assert repr(digest_of(SYMBOLS)) not in repr(KeptCode(PRINT, digest_of(SYMBOLS)))


KEPT = KeptCode(Issue("mug", 3, audience="twitch:1", expires_at=NOON), digest_of(SYMBOLS))
WORST = replace(KEPT, burned=True, used_by="twitch:2")


@pytest.mark.parametrize(
    ("kept", "identity", "moment", "expected"),
    [
        # Walks CodeRefusal from the top: each row would also deserve every reason below its own.
        (None, "twitch:3", NOON, CodeRefusal.UNKNOWN),
        (WORST, "twitch:3", NOON, CodeRefusal.NOT_YOURS),
        (WORST, "twitch:1", NOON, CodeRefusal.BURNED),
        (replace(WORST, burned=False), "twitch:1", NOON, CodeRefusal.USED),
        (KEPT, "twitch:1", NOON, CodeRefusal.EXPIRED),
        (KEPT, "twitch:1", NOON - 1, None),
        (KEPT, "twitch:11", NOON - 1, CodeRefusal.NOT_YOURS),
        (replace(KEPT, issue=Issue("mug", 3)), "twitch:3", NOON * 2, None),
        # Asked again, it is answered the same, whatever has become of the code since.
        (replace(WORST, used_by="twitch:1"), "twitch:1", NOON + 1, None),
    ],
)
def test_the_first_reason_that_applies_is_the_answer(kept, identity, moment, expected):
    assert judge_code(kept, identity, moment) is expected


def test_who_guesses_too_often_waits_until_the_first_guess_is_an_hour_old():
    tries = [NOON + second for second in range(WRONG_TRIES_MAX + 2)]
    assert locked_until(tries[: WRONG_TRIES_MAX - 1], NOON + 20) is None
    assert locked_until(tries[:WRONG_TRIES_MAX], NOON + 20) == NOON + TRIES_COUNT_FOR
    assert locked_until(tries[:WRONG_TRIES_MAX], NOON + TRIES_COUNT_FOR - 1) == NOON + TRIES_COUNT_FOR
    assert locked_until(tries[:WRONG_TRIES_MAX], NOON + TRIES_COUNT_FOR) is None
    assert locked_until(tries, NOON + 20) == NOON + 2 + TRIES_COUNT_FOR
