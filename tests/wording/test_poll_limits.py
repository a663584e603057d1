"""Whatever a question and its options are, polls stay harmless and within the limits of both platforms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.announcing import NewsKind
from bot.domain.ballots import Method
from bot.domain.poll_control import PollRefused
from bot.domain.poll_words import (
    OPTIONS_MAX,
    PollFault,
    PollMistake,
    PollMistakes,
)
from bot.domain.polls import PassRole
from bot.platforms.discord.shapes import embed_shape, row_shapes
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.poll_about import choice_labels
from bot.wording.polls import live_poll_card, mistakes_text, poll_card, poll_line, steered_text
from bot.wording.votes import ballot_prompt, vote_text
from tests.wording.polls import (
    PLAN,
    POLL,
    POLL_NEWS,
    RESULTS,
    STEERED,
    said,
)
from tests.wording.saying import NOW, drawn
from tests.wording.test_hostile_text import HOSTILE
from tests.wording.votes import VOTES, VOTES_REFUSED

WORDS = Wording()
NAMES = dict.fromkeys(("vote", "pass", "poll", "modvote", "yes", "md"), f"!{'c' * 25}")
LONG_NAMES = Wording(command_names=NAMES)
KEY = "k" * 44
WIDE = "字" * 40


def result_in(about: dict[str, object], options: int) -> dict[str, object]:
    """The same news with a result that has a count for each of so many options."""
    result = dict(about["result"])  # type: ignore[call-overload]  # a snapshot holds plain values
    result["counts"] = [[number, number, number] for number in range(1, options + 1)]
    result |= {
        "leading": options,
        "winner": options,
        "ties": [],
        "rounds": [],
        "method": "plurality",
        "people": 78,
        "weight": 78,
    }
    return {**about, "result": result, "method": "plurality"}


def hostile_news(text: str) -> list[tuple[NewsKind, dict[str, object]]]:
    """All news with this question and these options, as they would be if nobody had checked them."""
    hostile = {"question": text, "options": [text, text * 2, f"b{text}"]}
    return [(kind, {**about, **hostile}) for kind, about in POLL_NEWS if len(about["options"]) == 3]  # type: ignore[arg-type]  # a list of options


@pytest.mark.parametrize("text", [*HOSTILE, WIDE, "דגם א", "x" * 300])
def test_in_chat_no_question_and_no_option_becomes_a_command_or_a_second_line(text: str) -> None:
    lines = [poll_line(LONG_NAMES, kind, about, NOW) for kind, about in hostile_news(text)]
    refusals = [replace(d, question=text) for d in STEERED if isinstance(d, PollRefused) and d.question]
    lines += [steered_text(LONG_NAMES, refused, NOW, discord=False) for refused in refusals]
    mistake = PollMistake(PollFault.OPTION_REPEATED, 2, text, 1)
    lines.append(mistakes_text(LONG_NAMES, PollMistakes((mistake,) * 20), discord=False))
    votes = [replace(vote, question=text) for vote in VOTES_REFUSED]
    lines += [vote_text(LONG_NAMES, vote, NOW, discord=False, options=[text] * 3) for vote in votes]
    for line in lines:
        assert 0 < len(line) <= 450
        assert "x" * 101 not in line
        assert line[0] not in "/.!\\"
        assert line.isprintable() or "\u200e" in line
        assert not set(line) & set("\n\r\u202e\u200b\u2060\ufeff\U000e0041")


@pytest.mark.parametrize("text", [*HOSTILE, WIDE, "דגם א", "x" * 300])
def test_on_discord_no_question_and_no_option_formats_links_or_mentions(text: str) -> None:
    news = hostile_news(text)
    cards = [poll_card(WORDS, kind, about, NOW) for kind, about in news]
    cards += [live_poll_card(WORDS, about, [(text, 5), (text, 2), (text, 0)], NOW) for _, about in news]
    said_to_them = [drawn(replace(card, buttons=())) for card in cards]
    votes = [replace(vote, question=text) for vote in VOTES]
    said_to_them += [vote_text(WORDS, vote, NOW, discord=True, options=[text] * 3) for vote in votes]
    refusals = [replace(decision, question=text) for decision in STEERED if isinstance(decision, PollRefused)]
    said_to_them += [steered_text(WORDS, refused, NOW, discord=True) for refused in refusals]
    for shown in said_to_them:
        for raw in ("@everyone", "<@1", "<#4", "**bold", "||sp", "](http", "https://evil", "\u202e", "\u2060"):
            assert raw not in shown
    for card in cards:
        fits_discord(card)
    assert all(len(shown) <= 4096 for shown in said_to_them)


@pytest.mark.parametrize("method", Method)
def test_the_largest_poll_fits_a_card_with_its_whole_table(method: Method) -> None:
    options = [f"{'*' * 38}{number:02}" for number in range(OPTIONS_MAX)]
    plan = replace(PLAN, key=KEY, question="*" * 100, options=tuple(options), method=method)
    plan = replace(plan, electorate="moderator", pass_role=PassRole.ENTRY, quorum=9_999)
    open_card = live_poll_card(WORDS, said(replace(POLL, plan=plan)), [(each, 9_999) for each in options], NOW)
    fits_discord(open_card)
    rows = row_shapes(open_card)
    assert len(rows) <= 5
    assert all(len(row["components"]) <= 5 for row in rows)
    plain = result_in(said(RESULTS[0]), OPTIONS_MAX)["result"]
    assert isinstance(plain, dict)
    left = range(OPTIONS_MAX, 1, -1)
    plain["rounds"] = [
        {"counts": [[n, 9_999] for n in range(1, most + 1)], "exhausted": 99, "eliminated": [most], "transfers": []}
        for most in left
    ]
    about = {**said(replace(POLL, plan=plan)), "state": "closed", "result": {**plain, "method": str(method)}}
    card = poll_card(WORDS, NewsKind.POLL_CLOSED, {**about, "seed": "ab" * 32}, NOW)
    fits_discord(card)
    table = "\n".join(value for name, value in card.blocks if "ound" in name)
    assert table.count("Out:") == len(left)


def fits_discord(card: Card) -> None:
    """Nothing of the card is cut on its way to Discord, and nothing of it is refused there."""
    shape = embed_shape(card)
    assert shape["title"] == card.title
    assert shape.get("description", "") == card.text
    assert shape.get("footer", {"text": ""})["text"] == card.footer
    assert len(shape.get("fields", ())) == len(card.fields) + len(card.blocks)
    assert all(0 < len(button.label) <= 80 for button in card.buttons)
    assert all(len(f"md:{button.action}") <= 100 for button in card.buttons)


def test_labels_of_choices_and_prompts_fit_what_discord_takes() -> None:
    labels = choice_labels([WIDE, "", "two\nlines", "*" * 300])
    assert labels[:3] == (f"1 {WIDE}", "2 ?", "3 two lines")
    assert all(0 < len(label) <= 80 for label in labels)
    assert all(0 < len(ballot_prompt(WORDS, method, place=12, option="x" * 90)) <= 45 for method in Method)


def test_of_many_long_options_the_line_counts_those_that_it_leaves_out() -> None:
    options = [f"{number:02}{'x' * 38}" for number in range(OPTIONS_MAX)]
    about = {**result_in(said(RESULTS[0]), OPTIONS_MAX), "options": options}
    line = poll_line(WORDS, NewsKind.POLL_CLOSED, about, NOW)
    named = sum(f"for {option}" in line for option in options)
    assert 3 < named < OPTIONS_MAX
    assert f"and {OPTIONS_MAX - named} more; 78 people voted." in line
    assert len(line) <= 450
