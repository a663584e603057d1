"""On a bad evening nobody wants to find out that the runbook is wrong: what it says to type can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from bot.cli import app
from bot.wording.english import SENTENCES

RUNBOOK = (Path(__file__).parent.parent / "docs" / "runbook.md").read_text("utf-8")
TYPED = sorted({line.removeprefix("$ ") for line in RUNBOOK.splitlines() if line.startswith("$ ")})


@pytest.mark.parametrize("line", TYPED)
def test_every_command_can_be_typed_like_that(line):
    program, name, *arguments = shlex.split(line)
    assert program == "microdrops"
    command = typer.main.get_command(app).commands[name]
    assert command.make_context(name, arguments).info_name == name


def test_there_is_something_to_type():
    assert len(TYPED) >= 6


@pytest.mark.parametrize(
    "key",
    [
        "news-frozen",
        "news-thawed-lost",
        "claim-frozen",
        "steer-frozen",
        "steer-given",
        "claim-winner",
        "frozen-title",
    ],
)
def test_what_it_quotes_is_what_the_bot_says(key):
    """Word for word, whatever stands in the placeholders."""
    quoted = " ".join(RUNBOOK.split())
    for piece in re.split(r"\{[a-z_]+\}", SENTENCES[key]):
        assert " ".join(piece.split()) in quoted, key


def test_every_link_within_the_page_leads_somewhere():
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).strip().replace(" ", "-")
        for line in RUNBOOK.splitlines()
        if line.startswith("## ")
    }
    assert set(re.findall(r"\(#([a-z0-9-]+)\)", RUNBOOK)) <= headings
