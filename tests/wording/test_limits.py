"""Whatever titles and names are given, a line stays a line that the platform takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.claims import ClaimNeedsName, ClaimRefusal
from bot.domain.control import SteerNeedsYes, SteerRefusal, Verb
from bot.domain.privacy import Kept
from bot.wording.announcing import card, chat_line, gap_closed_line, gap_line, live_card
from bot.wording.catalogue import Wording
from bot.wording.claims import claim_answer, refused_lines, told_late_lines, winner_lines
from bot.wording.control import steer_answer
from bot.wording.drops import board_card, board_line, mine_lines, mine_text
from bot.wording.help import help_text
from bot.wording.moderating import control_card, repair_card
from bot.wording.privacy import erasure_answer, erasure_line, kept_card
from tests.wording.saying import CLOSED, CUE, NOW, OPEN, PLAN, about, refused, steer_refused, steered
from tests.wording.test_everything_it_says import ERASURES, NEWS, REFUSALS, STEERINGS

LONG = "W" * 200
KEY = "k" * 40
NAMES = [f"{'n' * 25}{number:03}" for number in range(300)]
LONG_PLAN = replace(PLAN, title=LONG, key=KEY, supply=100_000, held_back=99_000, per_person=99_999)
LONG_OPEN = replace(OPEN, plan=LONG_PLAN)
WORDS = Wording(command_names=dict.fromkeys(("claim", "drop", "mine", "help", "yes", "md"), f"!{'c' * 25}"))


@pytest.mark.parametrize(("kind", "said"), NEWS)
def test_news_fits_a_chat_line_and_a_card(kind: NewsKind, said: dict[str, object]) -> None:
    longest = said | {"title": LONG, "drop": KEY, "kind": LONG, "supply": 100_000, "held_back": 99_000}
    line = chat_line(WORDS, kind, longest, NOW)
    assert 0 < len(line) <= 500
    assert "\n" not in line
    assert f"!{'c' * 25} {KEY}" in line or "Type" not in line
    for shown in (card(WORDS, kind, longest, NOW), live_card(WORDS, longest, NOW)):
        assert len(shown.title) <= 256
        assert len(shown.text) <= 4096
        assert all(len(name) <= 256 and 0 < len(value) <= 1024 for name, value in shown.fields)
        assert all(0 < len(button.label) <= 80 and len(f"md:{button.action}") <= 100 for button in shown.buttons)


def test_winners_share_lines_and_every_one_is_named_once() -> None:
    winners = [(name, 99_000 + number) for number, name in enumerate(NAMES)]
    for render in (winner_lines, told_late_lines):
        lines = render(WORDS, LONG, 100_000, winners)
        assert all(len(line) <= 450 for line in lines)
        told = " ".join(lines)
        assert [told.count(f"@{name} #{number}") for name, number in winners] == [1] * len(winners)
        assert all(line.endswith("(of 100000)") for line in lines)


@pytest.mark.parametrize("refusal", [*REFUSALS, ClaimNeedsName((KEY,) * 9, (LONG,) * 9)])
def test_people_with_the_same_refusal_share_lines_and_every_one_is_named(refusal: object) -> None:
    longest = replace(refusal, title=LONG, drop=KEY) if hasattr(refusal, "title") else refusal
    lines = refused_lines(WORDS, longest, NAMES[:60], NOW)
    assert all(len(line) <= 450 for line in lines)
    assert len(lines) <= 20
    told = " ".join(lines)
    assert all(told.count(f"@{name}") == 1 for name in NAMES[:60])


def test_a_crowd_hears_one_line_with_its_number_and_the_reason() -> None:
    lines = refused_lines(Wording(), refused(ClaimRefusal.SOLD_OUT), NAMES, NOW)
    assert len(lines) == 1
    assert "300 people" in lines[0]
    assert "sold out" in lines[0]


def test_everybody_who_asks_what_they_hold_is_named_within_the_limit_of_a_line() -> None:
    for units in ([], [(LONG, 100_000, 100_000)]):
        lines = mine_lines(Wording(), [(name, units) for name in NAMES[:60]], named_max=60)
        assert all(len(line) <= 500 for line in lines)
        told = " ".join(lines)
        assert all(told.count(f"@{name}") == 1 for name in NAMES[:60])


def test_nobody_refused_is_nothing_said() -> None:
    assert refused_lines(Wording(), refused(ClaimRefusal.SOLD_OUT), [], NOW) == []


def test_answers_fit_one_message() -> None:
    held = [(LONG, number, 100_000) for number in range(500)]
    for text in (
        board_line(WORDS, [LONG_OPEN] * 9, NOW),
        mine_text(WORDS, NAMES[0], held, discord=False),
        gap_line(WORDS, [LONG] * 9, NOW),
        gap_line(WORDS, [LONG] * 9, NOW, again=True),
        gap_closed_line(WORDS, [(LONG, 100_000)] * 9),
        help_text(WORDS, moderator=True, discord=False),
        *(steer_answer(WORDS, decision, NOW, discord=False) for decision in STEERINGS),
        steer_answer(WORDS, SteerNeedsYes(Verb.CANCEL, KEY, LONG, 100_000), NOW, discord=False),
        steer_answer(WORDS, steered(Verb.GIVE, title=LONG, receiver=LONG), NOW, discord=False),
        steer_answer(WORDS, steer_refused(SteerRefusal.NAME_NEEDED, choices=(KEY,) * 99), NOW, discord=False),
    ):
        assert 0 < len(text) <= 500
        assert "\n" not in text
    entries = [10**9] * len(held)
    assert len(mine_text(WORDS, NAMES[0], held, discord=True, entries=entries)) <= 2000
    assert len(claim_answer(WORDS, ClaimNeedsName((KEY,) * 9, (LONG,) * 9), NOW, discord=True)) <= 2000


def test_what_does_not_fit_is_counted() -> None:
    held = [("Teal Mug", number, 48) for number in range(1, 49)]
    text = mine_text(Wording(), "ann", held, discord=False)
    listed = text.count("Teal Mug #")
    assert 0 < listed < 48
    assert text.endswith(f"and {48 - listed} more.")


def test_cards_for_many_drops_and_many_people_fit() -> None:
    board = board_card(WORDS, [LONG_OPEN] * 40, NOW)
    assert len(board.fields) <= 25
    assert len(board.buttons) <= 5
    control = control_card(WORDS, about(LONG_OPEN), NOW)
    assert len(control.title) <= 256
    repair = repair_card(WORDS, about(CLOSED), ["*" * 90] * 400, NOW)
    assert len(repair.text) <= 4096
    assert "360 more" in repair.text


def test_a_short_board_line_names_what_is_on_before_what_is_next() -> None:
    line = board_line(Wording(), [CUE, OPEN], NOW)
    assert line.index("Teal Mug") < line.index("Red Cap")


@pytest.mark.parametrize("erasure", ERASURES)
def test_being_forgotten_fits_a_chat_line_and_a_card(erasure: object) -> None:
    longest = replace(erasure, title=LONG) if hasattr(erasure, "title") else erasure
    line = erasure_line(WORDS, longest, NAMES[0], NOW)
    assert len(line) <= 500
    assert "…" not in line
    assert "yes" not in line or f"!{'c' * 25}" in line
    shown = erasure_answer(WORDS, longest, NOW, copies_days=10_000)
    assert len(shown if isinstance(shown, str) else shown.text) <= 2000


def test_what_is_kept_fits_a_card_and_leaves_out_what_does_not() -> None:
    accounts = tuple(f"twitch: {name}" for name in NAMES[:30])
    shown = kept_card(WORDS, Kept(accounts, ((LONG, 99_999, 100_000),) * 300, 99_999, 99_999, NOW))
    assert len(shown.text) <= 2000
    assert all(0 < len(value) <= 1024 for _, value in shown.fields)
    assert "and 290 more" in shown.fields[0][1]
