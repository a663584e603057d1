"""The page about the stage says of Discord what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from bot.stage.discord import component_limits, errors, limits, polls, reactions, sessions
from bot.stage.discord.ratelimits import GLOBAL, OLD_EDITS
from bot.stage.discord.world import DiscordWorld

PAGE = Path(__file__).parents[3] / "docs" / "stage.md"

LENGTHS = {
    "words of a message": limits.CONTENT_MAX,
    "embeds of a message": limits.EMBEDS_MAX,
    "characters in all embeds of a message": limits.EMBED_TOTAL_MAX,
    "fields of an embed": limits.FIELDS_MAX,
    "characters of a nonce": limits.NONCE_MAX,
    "rows of a message": component_limits.ROWS_MAX,
    "buttons of a row": component_limits.ROW_BUTTONS_MAX,
    "characters of a button": component_limits.LABEL_MAX,
    "characters of a custom id": component_limits.CUSTOM_ID_MAX,
    "options of a menu": component_limits.OPTIONS_MAX,
    "components of a layout": component_limits.LAYOUT_PARTS_MAX,
    "characters of a layout": component_limits.LAYOUT_TEXT_MAX,
    "pictures of a gallery": component_limits.GALLERY_MAX,
    "characters of a form's title": limits.MODAL_TITLE_MAX,
    "parts of a form": limits.MODAL_PARTS_MAX,
    "choices offered for an option": limits.CHOICES_MAX,
    "characters of a poll's question": polls.QUESTION_MAX,
    "characters of a poll's answer": polls.ANSWER_MAX,
    "answers of a poll": polls.ANSWERS_MAX,
    "hours of a poll": polls.HOURS_MAX,
}


def _section() -> str:
    _, _, after = PAGE.read_text(encoding="utf-8").partition("\n## Discord\n")
    return re.split(r"\n## ", after)[0]


def test_the_lengths_on_the_page_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \|$", _section(), re.MULTILINE)
    assert {what: int(most) for what, most in rows} == LENGTHS


def test_the_numbers_in_its_sentences_are_those_of_the_code() -> None:
    text = " ".join(_section().split())
    for said in (
        f"{reactions.PINS_MAX} pins a channel",
        f"{sessions.IDENTIFIES_A_DAY} sessions a day",
        f"{GLOBAL.requests} requests a second in all",
        f"{OLD_EDITS.requests} edits an hour for old messages",
    ):
        assert said in text


def test_every_code_it_names_is_given_by_the_code() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(errors.__file__).parent.rglob("*.py"))
    named = set(re.findall(r"\b[1-5]0\d{3}\b", _section().replace("10,000", "")))
    assert named
    assert {code for code in named if code not in source} == set()


def test_every_deed_it_names_is_one_of_the_world() -> None:
    sentence = _section().partition("People use")[2].partition(" of\nthe world")[0]
    deeds = re.findall(r"`(\w+)`", sentence)
    assert len(deeds) > 5
    assert [deed for deed in deeds if not callable(getattr(DiscordWorld, deed, None))] == []
