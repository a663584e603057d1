"""The final card's files: how to check them is said above the card, and what is too large is left out by name."""

from __future__ import annotations

from bot.wording.cards import Card, CardFile
from bot.wording.catalogue import Wording
from bot.wording.results import FILE_MEGABYTES_MAX, MEGABYTE, with_results

CLOSED = Card("Teal Mug is closed", "48 of 48 found an owner.")
BUNDLE, PAGE = CardFile("mug.microdrops.txt", b"microdrops bundle 1\n"), CardFile("verify.html", b"<!doctype html>")
URL = "https://fox.example/drops"


def test_both_files_go_along_with_a_sentence_that_says_what_to_do() -> None:
    shown = with_results(Wording(), CLOSED, (BUNDLE, PAGE))
    assert shown.files == (BUNDLE, PAGE)
    assert shown.lead.count("`mug.microdrops.txt`") == 1
    assert (shown.title, shown.text, shown.blocks) == (CLOSED.title, CLOSED.text, CLOSED.blocks)


def test_a_file_of_more_than_eight_megabytes_is_left_out_and_named() -> None:
    most = CardFile(BUNDLE.name, bytes(FILE_MEGABYTES_MAX * MEGABYTE))
    assert with_results(Wording(), CLOSED, (most, PAGE)).files == (most, PAGE)
    larger = CardFile(BUNDLE.name, most.content + b"\n")
    shown = with_results(Wording(), CLOSED, (larger, PAGE))
    assert shown.files == (PAGE,)
    assert shown.lead == "`mug.microdrops.txt` is not attached: it has more than 8 MB."


def test_the_published_address_is_linked_with_and_without_files() -> None:
    for files in ((), (BUNDLE, PAGE)):
        assert with_results(Wording(), CLOSED, files, URL).lead.endswith(f"published here: <{URL}>")


def test_without_files_and_address_the_card_stays_as_it_is() -> None:
    assert with_results(Wording(), CLOSED, ()) == CLOSED
