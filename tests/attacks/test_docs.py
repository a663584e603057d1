"""docs/attacks.md and the attacks that are played here: neither has one that the other lacks."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import typer.main

from bot.cli import app

HERE = Path(__file__).parent
PAGE = (HERE.parent.parent / "docs" / "attacks.md").read_text("utf-8")
CAUGHT, NOT_CAUGHT = PAGE.split("## What no line catches")
NAME = r"test_\w+"


def named_in(*files: Path) -> list[str]:
    return [
        name for file in files for name in re.findall(rf"^(?:async )?def ({NAME})\(", file.read_text("utf-8"), re.M)
    ]


def rows_of(text: str) -> list[str]:
    """The name at the end of each row of the table."""
    return re.findall(rf"^\|.*\| `({NAME})` \|$", text, re.M)


def test_every_attack_that_is_caught_is_a_row_and_every_row_is_a_test():
    unseen = HERE / "test_what_no_line_catches.py"
    files = [file for file in sorted(HERE.glob("test_*.py")) if file not in (unseen, Path(__file__))]
    assert sorted(rows_of(CAUGHT)) == sorted(named_in(*files))
    assert sorted(rows_of(NOT_CAUGHT)) == sorted(named_in(unseen))


def test_no_name_of_a_test_is_outside_of_the_tables():
    assert sorted(re.findall(NAME, PAGE)) == sorted(rows_of(PAGE))


def test_what_the_page_says_to_type_can_be_typed():
    (line,) = re.findall(r"^\$ (.+)$", PAGE, re.M)
    program, name, *arguments = shlex.split(line)
    context = typer.main.get_command(app).commands[name].make_context(name, arguments)
    assert (program, context.params["seen"], context.params["receipt"]) == (
        "microdrops",
        ["7 tqqth3w4zm"],
        ["14 6fe1c02b9d"],
    )
