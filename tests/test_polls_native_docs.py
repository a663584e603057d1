"""docs/polls-native.md against the program: the limits, the words in [polls], and the line it quotes."""

from __future__ import annotations

from pathlib import Path

from bot.domain.announcing import NewsKind
from bot.domain.native_polls import (
    CHOICE_CHARACTERS_MAX,
    CHOICES_MAX,
    SECONDS_MAX,
    SECONDS_MIN,
    TITLE_CHARACTERS_MAX,
    Native,
)
from bot.domain.native_rules import SKEW_MAX
from bot.domain.time import HOUR, MINUTE
from bot.platforms.twitch.polls import NEEDS
from bot.services.native_polls import LOOK_BACK
from bot.wording.catalogue import Wording
from bot.wording.polls import poll_line
from tests.wording.native_polls import closed
from tests.wording.saying import NOW

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "polls-native.md").read_text("utf-8")
DECISION = (ROOT / "docs" / "decisions" / "0017-native-polls.md").read_text("utf-8")


def test_the_limits_are_those_of_the_program() -> None:
    assert f"| options | 2 to {CHOICES_MAX}, of {CHOICE_CHARACTERS_MAX} characters |" in PAGE
    assert f"| question | {TITLE_CHARACTERS_MAX} characters |" in PAGE
    assert f"| length | {SECONDS_MIN} seconds to {SECONDS_MAX // 60} minutes |" in PAGE


def test_the_times_are_those_of_the_program() -> None:
    assert LOOK_BACK == HOUR
    assert "after an hour they are not asked for" in PAGE
    assert SKEW_MAX == 2 * MINUTE
    assert "wrong by more than two minutes" in DECISION


def test_every_word_that_can_be_written_in_the_section_is_explained() -> None:
    assert [f"| `{word}` |" in PAGE for word in Native] == [True] * len(Native)


def test_the_right_that_it_takes_is_named_in_the_page_and_in_the_example() -> None:
    assert "channel:manage:polls" in NEEDS
    for text in (PAGE, (ROOT / "config.example.toml").read_text("utf-8")):
        assert "channel:manage:polls" in text


def test_the_line_it_quotes_is_the_one_that_is_said() -> None:
    quoted = " ".join(line.removeprefix("> ") for line in PAGE.splitlines() if line.startswith("> "))
    said = poll_line(Wording({}, zone="UTC"), NewsKind.POLL_CLOSED, closed(Native.ADDED, 5, 30, 2), NOW)
    assert quoted == said
