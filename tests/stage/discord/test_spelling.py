"""A slash command that is written as one line means what its options say."""

from __future__ import annotations

from typing import Any

import pytest

from bot.stage.discord import commands as kinds
from bot.stage.discord.errors import StageError
from bot.stage.discord.spelling import read_line

PEOPLE = {"ann": "17", "jolly ibis": "18"}


def option(name: str, kind: int = kinds.STRING, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **more}


def nested(name: str, *options: dict[str, Any]) -> dict[str, Any]:
    return option(name, kinds.SUBCOMMAND, options=list(options))


METHODS = [{"name": "Ranked choice", "value": "ranked"}, {"name": "plurality", "value": "plurality"}]
BOOK: dict[str, dict[str, Any]] = {
    "mine": {"options": []},
    "claim": {"options": [option("drop")]},
    "vote": {"options": [option("choice"), option("poll")]},
    "drop": {
        "options": [
            nested("open", option("drop")),
            nested("extend", option("minutes", kinds.INTEGER), option("drop")),
            nested("give", option("member", kinds.USER), option("why"), option("drop")),
        ]
    },
    "poll": {
        "options": [
            nested(
                "open",
                option("question"),
                option("options"),
                option("method", choices=METHODS),
                option("hidden", kinds.BOOLEAN),
            ),
            option("held", kinds.GROUP, options=[nested("list"), nested("at", option("share", kinds.NUMBER))]),
        ]
    },
}


def person(name: str) -> str:
    if name.casefold().removeprefix("@") not in PEOPLE:
        raise StageError(f"Nobody is called {name}.")
    return PEOPLE[name.casefold().removeprefix("@")]


@pytest.mark.parametrize(
    ("line", "command", "options"),
    [
        ("/mine", "mine", {}),
        ("claim teal  mug ", "claim", {"drop": "teal mug"}),
        ("/claim drop:mug", "claim", {"drop": "mug"}),
        ("/claim drop: mug", "claim", {"drop": "mug"}),
        ("/vote 2", "vote", {"choice": "2"}),
        ("/vote teal=5 plum=2 poll:mug", "vote", {"choice": "teal=5 plum=2", "poll": "mug"}),
        ("/drop open mug", "drop open", {"drop": "mug"}),
        ("/drop extend mug minutes:10", "drop extend", {"minutes": 10, "drop": "mug"}),
        ("/drop extend 10", "drop extend", {"minutes": 10}),
        ("/drop extend minutes:ten", "drop extend", {"minutes": "ten"}),
        ("/drop give @Ann why:lost it drop:mug", "drop give", {"member": "17", "why": "lost it", "drop": "mug"}),
        ("/drop give member:jolly ibis why:x", "drop give", {"member": "18", "why": "x"}),
        (
            "/poll open Well, which: teal? options:teal, plum method:ranked CHOICE hidden:yes",
            "poll open",
            {"question": "Well, which: teal?", "options": "teal, plum", "method": "ranked", "hidden": True},
        ),
        ("/poll open Next? options:a, b method:PLURALITY hidden:off", "poll open", {
            "question": "Next?", "options": "a, b", "method": "plurality", "hidden": False,
        }),
        ("/poll open Next? method:nonsense hidden:perhaps", "poll open", {
            "question": "Next?", "method": "nonsense", "hidden": "perhaps",
        }),
        ("/poll held at 0.5", "poll held at", {"share": 0.5}),
        # The client refuses what there is not, with a list of what there is.
        ("/nonsense mug", "nonsense", {}),
        ("/drop", "drop", {}),
        ("/drop burn mug", "drop burn", {}),
        ("/poll held", "poll held", {}),
    ],
)  # fmt: skip
def test_a_line_is_a_command_with_its_options(line: str, command: str, options: dict[str, Any]) -> None:
    assert read_line(line, BOOK, person) == (command, options)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "Type a command"),
        (" / ", "Type a command"),
        ("/mine now", "/mine takes nothing more"),
        ("/vote 2 choice:3 poll:mug", "/vote takes nothing more"),
        ("/drop give zoe why:x", "Nobody is called zoe"),
    ],
)
def test_a_line_that_means_nothing_is_refused_with_a_sentence(line: str, why: str) -> None:
    with pytest.raises(StageError, match=why):
        read_line(line, BOOK, person)
