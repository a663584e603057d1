"""A drop tells what comes with each of its units, and still how to claim one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.pass_terms import PassKind, PassOffer
from bot.domain.time import DAY
from bot.wording.announcing import card, chat_line, live_card
from bot.wording.catalogue import Wording
from bot.wording.drops import board_card, board_line
from tests.wording.offers import OFFERS
from tests.wording.saying import ANNOUNCED, CLOSED, NOW, OPEN, about

WORDS = Wording()
TITLE = "W" * 60
LONGEST = tuple(PassOffer(PassKind.CUSTOM, 100, 30 * DAY, True, "N" * 60) for _ in range(5))
HOSTILE = (PassOffer(PassKind.CUSTOM, title="@everyone *free* <https://x.example>"),)


@pytest.mark.parametrize(("drop", "kind"), [(ANNOUNCED, NewsKind.ANNOUNCED), (OPEN, NewsKind.OPENED)])
@pytest.mark.parametrize("early", ["", "subscriber"])
def test_the_longest_line_still_says_what_to_type(drop, kind, early):
    plan = replace(drop.plan, key="k" * 40, title=TITLE, passes=LONGEST, early=early, early_units=5)
    shown = replace(drop, plan=plan, early_open=bool(early), public_at=NOW)
    line = chat_line(WORDS, kind, about(shown), NOW)
    assert len(line) <= 500
    assert "with a pass “NNNNN" in line
    assert f"!claim {'k' * 40}" in line
    for field in live_card(WORDS, about(shown), NOW).fields:
        assert len(field[1]) <= 1024
    assert len(board_line(WORDS, [shown] * 3, NOW)) <= 450


def test_what_is_on_and_what_is_next_say_it_and_what_is_over_does_not():
    offers = OFFERS[0]
    drops = [replace(each, plan=replace(each.plan, passes=offers)) for each in (OPEN, CLOSED)]
    assert board_line(WORDS, drops[:1], NOW).endswith("Each comes with a mod-vote pass.")
    assert "mod-vote" not in board_line(WORDS, drops[1:], NOW)
    (field,) = board_card(WORDS, drops[:1], NOW).fields
    assert field[1].endswith("Each comes with a mod-vote pass.")
    assert "mod-vote" not in chat_line(WORDS, NewsKind.OPENED, about(OPEN), NOW)


def test_a_hostile_title_stays_plain_text_on_discord():
    plan = replace(ANNOUNCED.plan, passes=HOSTILE)
    shown = card(WORDS, NewsKind.ANNOUNCED, about(replace(ANNOUNCED, plan=plan)), NOW)
    (field,) = [value for name, value in shown.fields if name == "Comes with each"]
    assert "@everyone" not in field
    assert "*free*" not in field


def test_news_of_before_there_were_passes_are_told_as_ever():
    old = {key: value for key, value in about(OPEN).items() if key != "passes"}
    assert chat_line(WORDS, NewsKind.OPENED, old, NOW) == chat_line(WORDS, NewsKind.OPENED, about(OPEN), NOW)
