"""What moderators type after `!drop`, and the names commands go by."""

from __future__ import annotations

import pytest

from bot.domain.control import Verb
from cogs.commands import CommandNames
from cogs.steering import Order, read_order


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("open", Order(Verb.OPEN)),
        ("OPEN Mug", Order(Verb.OPEN, "Mug")),
        ("open  teal   mug", Order(Verb.OPEN, "teal mug")),
        ("close mug", Order(Verb.CLOSE, "mug")),
        ("pause", Order(Verb.PAUSE)),
        ("resume", Order(Verb.RESUME)),
        ("cancel mug", Order(Verb.CANCEL, "mug")),
        ("undo", Order(Verb.UNDO)),
        ("+5", Order(Verb.EXTEND, "", 5)),
        ("+5 mug", Order(Verb.EXTEND, "mug", 5)),
        ("+ 5 min mug", Order(Verb.EXTEND, "mug", 5)),
        ("+5m", Order(Verb.EXTEND, "", 5)),
        ("+5 minutes teal mug", Order(Verb.EXTEND, "teal mug", 5)),
        ("+5 mini mug", Order(Verb.EXTEND, "mini mug", 5)),
        ("extend 10 mug", Order(Verb.EXTEND, "mug", 10)),
        ("extend mug", Order(Verb.EXTEND, "mug", 0)),
        ("+", Order(Verb.EXTEND)),
        ("+-5", Order(Verb.EXTEND, "", -5)),
        ("+999999999", Order(Verb.EXTEND, "", 999_999_999)),
        ("give mug @ann lost answer", Order(Verb.GIVE, "mug", 0, "@ann", "lost answer")),
        ("give teal mug @ann", Order(Verb.GIVE, "teal mug", 0, "@ann", "")),
        ("give @ann she won the raffle", Order(Verb.GIVE, "", 0, "@ann", "she won the raffle")),
        ("give mug ann lost answer", Order(Verb.GIVE, "mug", 0, "ann", "lost answer")),
        ("give ann", Order(Verb.GIVE, "", 0, "ann", "")),
        ("give", Order(Verb.GIVE)),
        ("give @", Order(Verb.GIVE, "", 0, "@", "")),
    ],
)
def test_a_deed_is_read_as_it_was_typed(text: str, order: Order) -> None:
    assert read_order(text) == order


@pytest.mark.parametrize("text", ["", "mug", "openmug", "extended", "5", "-5", "ореn", "x" * 10_000, "give_mug"])
def test_what_is_no_deed_is_none(text: str) -> None:
    assert read_order(text) is None


def test_sentences_name_the_first_of_a_commands_names() -> None:
    names = CommandNames({"claim": ("grab", "claim"), "mine": ()}, word="bot")
    typed = names.typed()
    assert (typed["claim"], typed["mine"], typed["drop"], typed["md"]) == ("!grab", "!bot mine", "!drop", "!bot")
    assert typed["steer"] == "!drop"


def test_after_the_word_a_command_answers_to_its_own_name_and_its_new_ones() -> None:
    names = CommandNames({"claim": ("grab",), "mine": (), "drop": ("claim",)})
    assert names.meant_by("GRAB") == "claim"
    assert names.meant_by("mine") == "mine"
    assert names.meant_by("claim") == "drop"
    assert names.meant_by("what") is None
