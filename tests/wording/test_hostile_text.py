"""Titles and names are people's text: they cannot command, mention, format or hide anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.claims import ClaimOpenNow, ClaimRefusal
from bot.domain.entitlements import Source
from bot.wording.announcing import card, chat_line, control_card, live_card, repair_card
from bot.wording.catalogue import Wording
from bot.wording.claims import claim_answer, refused_lines, told_late_lines, winner_lines
from bot.wording.drops import board_card, board_line, mine_lines, mine_text
from bot.wording.evidence import refused_card
from bot.wording.restore import backups_failing_card, frozen_card, lost_card
from bot.wording.text import board_text, chat_text
from bot.wording.text import chat_line as fitted
from bot.wording.verifying import not_verified_card
from tests.wording.saying import CLOSED, DROP_NEWS, NOW, OPEN, PLAN, about, drawn, refused
from tests.wording.test_everything_it_says import GRANTED

WORDS = Wording()
HOSTILE = (
    "/ban ann",
    ".timeout ann",
    "! /announce hi",
    "@everyone",
    "<@123> <#456> <@&789>",
    "**bold** _it_ `code` ||spoiler||",
    "[click](https://evil.example)",
    "https://evil.example",
    "\u202egum laeT",
    "a\u200bb\u2060c\ufeffd",
    "two\nlines\r\n/ban ann",
    "{title.__class__} {0} %s",
    "\U000e0041\U000e0042",
    "Z" + "\u0301" * 50,
    "",
    " \t ",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_in_chat_no_title_or_name_becomes_a_command_or_a_second_line(text: str) -> None:
    drop = replace(OPEN, plan=replace(PLAN, title=text))
    lines = [
        *(chat_line(WORDS, kind, about(drop), NOW) for kind in DROP_NEWS),
        *winner_lines(WORDS, text, 48, [(text, 1)]),
        *winner_lines(WORDS, text, 48, [(text, 1), (text, 2)]),
        *refused_lines(WORDS, refused(ClaimRefusal.SOLD_OUT, title=text), [text], NOW),
        *refused_lines(WORDS, ClaimOpenNow("mug", text), [text], NOW),
        claim_answer(WORDS, replace(GRANTED, title=text), NOW),
        board_line(WORDS, [drop], NOW),
        mine_text(WORDS, text, [(text, 1, 2)], discord=False),
        *mine_lines(WORDS, [(text, [(text, 1, 2)]), (text, [(text, 2, 2)])], named_max=60),
        *mine_lines(WORDS, [(text, []), (text, [])], named_max=60),
    ]
    for line in lines:
        assert line
        assert line[0] not in "/.!\\"
        assert line.isprintable() or "\u200e" in line
        assert not set(line) & set("\n\r\u202e\u200b\u2060\ufeff\U000e0041")


@pytest.mark.parametrize("text", HOSTILE)
def test_on_discord_no_title_or_name_formats_links_or_mentions(text: str) -> None:
    drop = replace(OPEN, plan=replace(PLAN, title=text, kind=text))
    shown = [
        drawn(card(WORDS, NewsKind.ANNOUNCED, about(drop), NOW)),
        drawn(live_card(WORDS, about(drop), NOW)),
        drawn(control_card(WORDS, about(drop), NOW)),
        drawn(repair_card(WORDS, about(CLOSED), [text], NOW)),
        drawn(frozen_card(WORDS, about(replace(drop, frozen_at=NOW)))),
        drawn(lost_card(WORDS, about(drop, lost_ranges=[[2, 3]]))),
        drawn(backups_failing_card(WORDS, text, NOW)),
        drawn(not_verified_card(WORDS, text, 1)),
        drawn(refused_card(WORDS, Source.TWITCH_VIPS, "twitch", text)),
        "\n".join(told_late_lines(WORDS, text, 48, [(text, 1)], discord=True)),
        mine_text(WORDS, text, [(text, 1, 2)], discord=True),
        claim_answer(WORDS, refused(ClaimRefusal.UNKNOWN_DROP, asked_for=text), NOW, discord=True),
        drawn(replace(board_card(WORDS, [drop], NOW), buttons=())),
    ]
    for said in shown:
        for raw in ("@everyone", "<@1", "<#4", "**bold", "||sp", "](http", "https://evil", "\u202e", "\u2060"):
            assert raw not in said


def test_a_strangers_text_is_never_repeated_in_chat() -> None:
    refusal = refused(ClaimRefusal.UNKNOWN_DROP, drop="", title="", asked_for="buy at evil.example")
    assert "evil" not in " ".join(refused_lines(WORDS, refusal, ["ann"], NOW))


def test_a_right_to_left_name_leaves_the_number_where_it_belongs() -> None:
    assert winner_lines(WORDS, "Teal Mug", 48, [("دعاء", 1), ("bob", 2)]) == [
        "Teal Mug is yours: @دعاء\u200e #1, @bob #2 (of 48)"
    ]


def test_a_line_and_a_title_lose_what_would_make_them_commands() -> None:
    assert chat_text("/ ./!ban ann") == "ban ann"
    assert fitted("/ ./!ban ann") == "ban ann"


def test_plain_text_stays_as_it_is() -> None:
    assert chat_text("Teal Mug (blue)") == "Teal Mug (blue)"
    assert board_text("Teal Mug, 2nd edition!") == "Teal Mug, 2nd edition!"
