"""What docs/polls.md shows can be typed as it stands, and its configuration is the usual one."""

from __future__ import annotations

import re
from pathlib import Path

from bot.config import load_config
from bot.domain.ballots import Ballot, Method
from bot.domain.commands import COMMANDS
from bot.domain.poll_asked import PollAsked, read_asked
from bot.domain.vote_words import read_vote
from cogs.polling import read_poll_order
from tests.test_config import CHANNEL, DISCORD, ENVIRON, TWITCH

PAGE = (Path(__file__).parent.parent / "docs" / "polls.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)


def typed(command: str) -> list[str]:
    lines = (line.partition(": ")[2] for kind, block in BLOCKS if not kind for line in block.splitlines())
    shown = [*lines, *re.findall(r"`(![^`]+)`", PAGE)]
    return [line.removeprefix(f"!{command}").strip() for line in shown if line.startswith(f"!{command}")]


def test_every_poll_on_the_page_can_be_put_and_every_deed_done():
    polls = typed("poll") + typed("modvote")
    assert len(polls) > 8
    for text in filter(None, polls):
        assert read_poll_order(text) is not None or isinstance(read_asked(text), PollAsked), text


def test_every_vote_on_the_page_can_be_cast():
    options = ("teal", "plum", "sand")
    assert len(typed("vote")) > 4
    for text in filter(None, typed("vote")):
        assert any(isinstance(read_vote(method, options, text), Ballot) for method in Method), text


def test_its_configuration_is_the_usual_one(tmp_path):
    (shown,) = [block for kind, block in BLOCKS if kind == "toml"]
    both = []
    for text in ("", shown):
        file = tmp_path / "config.toml"
        file.write_text(CHANNEL + TWITCH + DISCORD + text, encoding="utf-8")
        both.append(load_config(file, ENVIRON).polls)
    assert both[0] == both[1]


def test_it_names_no_command_that_there_is_not():
    named = set(re.findall(r"`!([a-z]+)", PAGE))
    assert named <= set(COMMANDS), named
