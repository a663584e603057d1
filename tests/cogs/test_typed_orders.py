"""What moderators type after `!drop`, and the names commands go by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.commands import COMMANDS
from bot.domain.control import Verb
from bot.domain.drops import Drop
from cogs.commands import ChatCommands
from cogs.installing import install_all_twitch
from cogs.names import CommandNames
from cogs.steering import Order, read_order, with_receiver
from tests.cogs.fakes import Desk
from tests.wording.saying import CUE, OPEN, PLAN


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
        ("give mug ann lost answer", Order(Verb.GIVE, "mug ann lost answer")),
        ("give ann", Order(Verb.GIVE, "ann")),
        ("give", Order(Verb.GIVE)),
        ("give @", Order(Verb.GIVE, "@")),
    ],
)
def test_a_deed_is_read_as_it_was_typed(text: str, order: Order) -> None:
    assert read_order(text) == order


MUG, CUP = OPEN, CUE
TEAL = replace(OPEN, plan=replace(PLAN, key="teal", title="Teal"))
TWIN = replace(OPEN, plan=replace(PLAN, key="mug-2"))


@pytest.mark.parametrize(
    ("text", "drops", "order"),
    [
        ("give mug ann lost answer", [MUG, CUP], Order(Verb.GIVE, "mug", 0, "ann", "lost answer")),
        ("give teal mug ann", [MUG], Order(Verb.GIVE, "teal mug", 0, "ann")),
        ("give TEAL Mug ann why", [MUG], Order(Verb.GIVE, "TEAL Mug", 0, "ann", "why")),
        ("give teal mug ann why", [MUG, TEAL], Order(Verb.GIVE, "teal mug ann why")),
        ("give teal mug ann why", [MUG, TWIN], Order(Verb.GIVE, "teal mug ann why")),
        ("give teal ann why", [MUG], Order(Verb.GIVE, "teal ann why")),
        ("give mug", [MUG], Order(Verb.GIVE, "mug")),
        ("give ann why", [MUG], Order(Verb.GIVE, "ann why")),
        ("give teal @ann why", [MUG], Order(Verb.GIVE, "teal", 0, "@ann", "why")),
    ],
)
def test_without_a_mark_the_receiver_is_whoever_stands_behind_the_only_drop_that_can_be_meant(
    text: str, drops: list[Drop], order: Order
) -> None:
    read = read_order(text)
    assert read is not None
    assert with_receiver(read, drops) == order


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


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("!claim mug", "claim"),
        ("!CLAIM", "claim"),
        ("!grab", "mine"),
        ("!md claim mug", "claim"),
        ("!md grab", "mine"),
        ("!md", "help"),
        ("!md what", ""),
        ("!md proof 7", ""),
        ("!proof 7", ""),
        ("!mine", ""),
        ("!claimed", ""),
        ("claim", ""),
        ("look: !claim", ""),
        ("", ""),
        ("!", ""),
    ],
)
def test_a_line_is_the_command_that_it_would_be_answered_as(line, command) -> None:
    assert CommandNames({"mine": ("grab",)}).command_in(line) == command


def test_what_is_off_in_chat_is_off_behind_the_word_too_until_it_has_a_name() -> None:
    listing: Any = Listing()
    install_all_twitch(listing, Desk().services(), CommandNames())
    assert set(COMMANDS) - set(listing.names) == {"night", "proof"}
    off, spelled_out = CommandNames(), CommandNames({"proof": ()})
    on = CommandNames({"proof": ("beweis",)})
    assert [names.meant_by("proof") for names in (off, spelled_out, on)] == [None, None, "proof"]
    assert on.meant_by("beweis") == "proof"
    assert "proof" not in off.typed()
    assert on.typed()["proof"] == "!beweis"
    # For all others a name that is taken away leaves the word.
    assert CommandNames({"mine": ()}).meant_by("mine") == "mine"


class Listing:
    """Takes commands as a client does, and remembers their names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def add_command(self, command: Any) -> None:
        self.names.append(command.name)


def test_every_command_of_the_list_is_answered_and_none_besides() -> None:
    listing: Any = Listing()
    everything_on = CommandNames({name: (name,) for name in COMMANDS})
    install_all_twitch(listing, Desk().services(), everything_on)
    assert sorted(listing.names) == sorted([*COMMANDS, "md"])
    with pytest.raises(ValueError, match="grab is missing"):
        ChatCommands(listing, CommandNames()).add("grab", lambda asked: None)  # type: ignore[arg-type, return-value]  # it is never answered
