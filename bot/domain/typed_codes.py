"""A claim as it is typed, "mug DSMW-X2R0-W3GY-YZK7": which part of it is a code, and what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.domain.codes import CODE_CHARACTERS, read_code

_WORDS_MAX = 40
# Groups with dashes in between, one of which has a digit: a code of which somebody has lost or doubled a piece.
_GROUPS = re.compile(r"(?=[^\W_]*-)(?=[\w-]*\d)[^\W_]{3,5}(?:[-\u2010-\u2015][^\W_]{1,5}){1,5}")


class TypedCode(NamedTuple):
    """The 16 symbols of what could be a code, and the words around it."""

    symbols: str
    rest: str


def typed_codes(text: str) -> Iterator[TypedCode]:
    """Whatever of some words in a row is exactly one code, in the order in which they stand. A drop's name may look
    like that too."""
    words = text.split()[:_WORDS_MAX]
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + CODE_CHARACTERS) + 1):
            symbols = read_code(" ".join(words[first:last]))
            if symbols is not None:
                yield TypedCode(symbols, " ".join([*words[:first], *words[last:]]))


def resembles_code(text: str) -> bool:
    """Whether a word of it is meant to be a code, and is none."""
    return any(_GROUPS.fullmatch(word) and read_code(word) is None for word in text.split()[:_WORDS_MAX])
