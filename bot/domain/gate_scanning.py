"""Taking words and signs from the text of a gate, one after the other, and stopping at a mistake."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NoReturn

from bot.domain.gate_mistakes import GateMistake, nearest

_BLANKS = re.compile(r"\s*")
_WORD = re.compile(r"[^\W\d][\w-]*")
# Of other languages, where a word is meant.
_SIGNS = {
    "&": "and",
    "|": "or",
    "!": "not",
    "+": "and",
    "/": "or",
    ";": ",",
    "[": "(",
    "{": "(",
    "]": ")",
    "}": ")",
}
_FOUND_CHARACTERS_MAX = 40


class GateStop(Exception):
    """Thrown to the end of the reading, which gives the mistake back as a value."""

    def __init__(self, mistake: GateMistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


class Scanner:
    """`position` is always that of the next character that is not blank."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._skip_blanks()

    @property
    def at_end(self) -> bool:
        return self.position == len(self.text)

    def next_word(self) -> str:
        """The next word in lower case, or "" when there is none; it stays where it is."""
        word = _WORD.match(self.text, self.position)
        return word[0].lower() if word else ""

    def next_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.match(self.text, self.position)

    def take(self, token: str) -> bool:
        """Whether this word or sign comes next, which is passed then."""
        found = self.next_word() or self.text[self.position : self.position + 1]
        if found != token:
            return False
        self.skip(len(token))
        return True

    def skip(self, characters: int) -> None:
        self.position += characters
        self._skip_blanks()

    def fail(self, expected: str, known: Collection[str] = ()) -> NoReturn:
        """Stop here; the nearest of the `known` words may be meant."""
        word = _WORD.match(self.text, self.position)
        found = word[0] if word else self.text[self.position : self.position + 1]
        near = _SIGNS.get(found) or (nearest(found, known) if word else "")
        # Who has written a known word in the wrong place is not told that it is meant.
        near = "" if near == found.lower() else near
        raise GateStop(GateMistake(self.text, self.position, expected, found[:_FOUND_CHARACTERS_MAX], near))

    def _skip_blanks(self) -> None:
        blanks = _BLANKS.match(self.text, self.position)
        self.position = blanks.end() if blanks else self.position
