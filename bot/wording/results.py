"""The results of a drop as files under its final card, and how to check them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.wording.cards import Card, CardFile
from bot.wording.catalogue import Wording

MEGABYTE = 1_000_000
# Discord takes ten of its own megabytes; what stands around the file counts as well.
FILE_MEGABYTES_MAX = 8


def with_results(words: Wording, card: Card, files: Sequence[CardFile], url: str = "") -> Card:
    """The final card with its files, the results first, and above it how to check them; what is too large is named
    and left out."""
    fitting = tuple(file for file in files if len(file.content) <= FILE_MEGABYTES_MAX * MEGABYTE)
    said = [
        words.say("card-check-left-out", discord=True, file=_name(file), megabytes=FILE_MEGABYTES_MAX)
        for file in files
        if file not in fitting
    ]
    if fitting and not said:
        said.append(words.say("card-check-files", discord=True, file=_name(fitting[0])))
    if url:
        said.append(words.say("card-check-link", discord=True, url=f"<{url}>"))
    return replace(card, lead="\n".join(said), files=fitting)


def _name(file: CardFile) -> str:
    # Shown as code, where nothing else is markup.
    return file.name.replace("`", "")
