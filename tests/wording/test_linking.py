"""What is said about linking accounts fits, whatever names are given, and names commands as they are typed here."""

from __future__ import annotations

import pytest

from bot.domain.linking import LinkAsked, LinkDecision, LinkMade, Merged, UnlinkAsked, UnlinkDecision, merge_news
from bot.wording.catalogue import Wording
from bot.wording.linking import code_card, link_card, link_line, merge_card, unlink_answer, unlink_line
from bot.wording.text import board_text
from tests.wording.links import LINKINGS, PARTINGS
from tests.wording.saying import NOW, drawn

LONG = "W" * 200
WORDS = Wording(command_names={"link": f"!{'l' * 25}", "yes": f"!{'y' * 25}"})
HOSTILE = (
    "/ban ann",
    "@everyone",
    "**bold** ||sp||",
    "[a](http://b)",
    "\u202eeno",
    "two\nlines",
    "{name.x}",
    "",
    " ",
)


@pytest.mark.parametrize("decision", [*LINKINGS, LinkMade(7, (LONG,) * 9)])
def test_an_answer_to_a_code_fits_a_line_with_its_command(decision: LinkDecision) -> None:
    line = link_line(WORDS, decision, LONG, LONG)
    assert line.startswith("@W")
    assert len(line) <= 500
    assert "…" not in line
    assert "!link" not in line
    assert "!yes" not in line


@pytest.mark.parametrize("decision", PARTINGS)
def test_an_answer_about_parting_fits_a_line_and_a_message(decision: UnlinkDecision) -> None:
    line = unlink_line(WORDS, decision, LONG)
    assert len(line) <= 500
    assert "…" not in line
    shown = unlink_answer(WORDS, decision)
    assert len(shown if isinstance(shown, str) else shown.text) <= 2000


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_in_chat_becomes_a_command_or_a_second_line(name: str) -> None:
    for line in (link_line(WORDS, LinkAsked(), name, name), unlink_line(WORDS, UnlinkAsked(7), name)):
        assert line[0] == "@"
        assert not set(line) & set("\n\r\u202e")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_on_discord_formats_links_or_mentions(name: str) -> None:
    news = merge_news(7, [Merged(name or "?", (1,), (2,))])
    for card in (link_card(WORDS, name, NOW), merge_card(WORDS, news.about, {"twitch": name, "discord": name})):
        shown = drawn(card)
        for raw in ("@everyone", "**bold", "||sp", "](http", "\u202e"):
            assert raw not in shown


def test_moderators_read_of_any_number_of_drops_on_one_card() -> None:
    merged = [Merged(LONG, tuple(range(100)), tuple(range(100)))] * 99
    card = merge_card(WORDS, merge_news(7, merged).about, {"twitch": LONG, "discord": LONG})
    assert len(card.text) <= 4096
    assert "and 89 more" in card.text
    assert board_text(LONG) in card.text


def test_the_code_is_shown_as_it_is_to_be_typed_in_this_chat() -> None:
    card = code_card(WORDS, "K7M2QX")
    assert f"`!{'l' * 25} K7M2QX`" in card.text
    assert f"!{'y' * 25}" in card.text
