"""What is said of one unit's proof: the file and its name, what fits into chat, and what never stands there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.proofs import ProofAnswer, ProofPending, ProofPlaces, ProofRefusal, ProofUnknown, SeenAt
from bot.wording.cards import Card
from bot.wording.catalogue import Wording
from bot.wording.help import help_text
from bot.wording.proof import proof_card, proof_line
from bot.wording.text import CHAT_CHARACTERS_MAX
from tests.wording.saying import FOUND, NOW

WORDS = Wording()
URL = "https://tealfox.example/drops"
PENDING = ProofPending("mug", "Teal Mug", 17, 57, FOUND.leaf, NOW)


def card_of(answer: ProofAnswer, url: str = "") -> Card:
    card = proof_card(WORDS, answer, ProofPlaces(url))
    assert isinstance(card, Card)
    return card


def test_discord_gets_the_proof_as_a_file_named_for_the_unit() -> None:
    card = card_of(FOUND)
    ((name, content),) = [(file.name, file.content) for file in card.files]
    assert (name, content) == ("mug-17.proof.txt", FOUND.text.encode())
    assert f"`microdrops verify {name}`" in card.text
    assert f"entry 57 of the public ledger, given at <t:{FOUND.at // 1_000_000}:T>" in card.text
    assert f"checkpoint 60 `{FOUND.fingerprint}`, which everybody saw at the close" in card.text
    assert FOUND.leaf in card.text


def test_the_address_of_the_results_is_shown_where_there_is_one() -> None:
    assert "published" not in card_of(FOUND).text
    assert f"<{URL}>" in card_of(FOUND, URL).text


def test_without_a_checkpoint_there_is_the_entry_and_when_to_ask_again() -> None:
    card = card_of(PENDING)
    assert card.files == ()
    assert "entry 57" in card.text
    assert PENDING.leaf in card.text
    assert "sold out or closed" in card.text
    assert "sold out or closed" in proof_line(WORDS, PENDING, ProofPlaces())
    late = replace(PENDING, over=True)
    assert "when the next drop is announced" in card_of(late).text
    assert "when the next drop is announced" in proof_line(WORDS, late, ProofPlaces())


def test_chat_gets_one_line_with_the_leafs_first_characters_and_no_address() -> None:
    line = proof_line(WORDS, FOUND, ProofPlaces(URL))
    assert line == (
        f"Teal Mug #17 is entry 57 of the public ledger, leaf {FOUND.leaf[:16]}, under checkpoint 60 "
        f"{FOUND.fingerprint}. /proof 17 on Discord has the file that proves it."
    )


def test_nobody_is_sent_to_a_discord_that_is_not_there() -> None:
    assert "Discord" not in proof_line(WORDS, FOUND, ProofPlaces(URL, on_discord=False))


@pytest.mark.parametrize(
    "answer",
    [
        *(replace(FOUND, title="W" * 60, number=100_000, entry=10**9, size=10**9, seen=seen) for seen in SeenAt),
        replace(PENDING, title="W" * 60, number=100_000, entry=10**9),
        *(ProofUnknown(because, "w" * 40, "W" * 60, 100_000, 100_000) for because in ProofRefusal),
    ],
)
def test_the_longest_answer_fits_whole(answer: ProofAnswer) -> None:
    line = proof_line(WORDS, answer, ProofPlaces())
    assert len(line) <= CHAT_CHARACTERS_MAX
    assert not line.endswith("…")


def test_a_title_formats_nothing_and_mentions_nobody() -> None:
    card = card_of(replace(FOUND, title="**@everyone** [x](https://evil.example)"))
    for shown in (card.title, card.text):
        assert "**" not in shown
        assert "@everyone" not in shown
        assert "[x](" not in shown


@pytest.mark.parametrize("because", ProofRefusal)
def test_what_cannot_be_proved_is_one_sentence_on_both_places(because: ProofRefusal) -> None:
    unknown = ProofUnknown(because, "mug", "Teal Mug", 17, 48)
    texts = (proof_card(WORDS, unknown, ProofPlaces()), proof_line(WORDS, unknown, ProofPlaces()))
    for text in texts:
        assert isinstance(text, str)
        assert text.endswith(".")
        assert text[0].isupper()
        assert "{" not in text


def test_the_help_names_the_command_in_chat_only_once_it_works_there() -> None:
    on = Wording(command_names={"proof": "!beweis"})
    assert "proof" not in help_text(WORDS, moderator=False, discord=False)
    assert "!beweis 17 tells" in help_text(on, moderator=False, discord=False)
    assert "/proof with a unit's number" in help_text(WORDS, moderator=False, discord=True)


def test_a_sentence_that_names_the_command_in_chat_sends_people_to_discord_while_it_is_off_there() -> None:
    override = {"mine-nothing": "Type {proof_command}."}
    assert Wording(override).say("mine-nothing") == "Type /proof."
    assert Wording(override, command_names={"proof": "!proof"}).say("mine-nothing") == "Type !proof."
