"""What is wrong with a gate as it was written, pointing at the character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN_BEFORE, _SHOWN_AFTER = 50, 30
_SIMILARITY_MIN = 60


@dataclass(frozen=True, slots=True)
class GateMistake:
    """`position` counts characters from 0 and is the text's length where something is missing at its end.

    `expected` says what could stand there, `found` what does ("" for the end), `nearest` what may be meant."""

    text: str
    position: int
    expected: str
    found: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        found = f'found "{_visible(self.found)}"' if self.found else "the text ends"
        said = f"character {self.position + 1}: {found}, expected {self.expected}"
        return f'{said}. Did you mean "{self.nearest}"?' if self.nearest else f"{said}."

    def pointed(self) -> str:
        """Two lines: the text around the mistake, and a caret under the character."""
        start = max(0, self.position - _SHOWN_BEFORE)
        before = ("..." if start else "") + _visible(self.text[start : self.position])
        rest = self.text[self.position :]
        after = _visible(rest[:_SHOWN_AFTER]) + ("..." if len(rest) > _SHOWN_AFTER else "")
        return f"{before}{after}\n{' ' * sum(map(_columns, before))}^"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is closest, or "" when none is close."""
    # Imported for whoever has mistyped: a bot that starts has not.
    from rapidfuzz import fuzz, process

    found = process.extractOne(word.casefold(), list(known), scorer=fuzz.ratio, score_cutoff=_SIMILARITY_MIN)
    return str(found[0]) if found else ""


def _visible(text: str) -> str:
    """On one line, with a stand-in for each character that cannot be seen."""
    return "".join(
        each if each.isprintable() else " " if each.isspace() else "\N{REPLACEMENT CHARACTER}" for each in text
    )


def _columns(character: str) -> int:
    """How wide a terminal draws it."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
