"""What a written rule has wrong, at which character; and the dates, times and numbers that every rule has in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from difflib import get_close_matches

TEXT_CHARACTERS_MAX = 200
YEARS = range(2000, 2200)

_WORD_SHOWN_MAX = 30
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_CLOCK_OF_TWELVE = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?\s?([ap])m")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")

CLOCK_CURE = 'Write it like "20:00" or "8pm".'
DATE_CURE = 'Write it like "2026-12-05".'


@dataclass(frozen=True, slots=True, order=True)
class RuleMistake:
    """One thing to repair in `text`, at the character `at` (0 is the first, the text's length its end)."""

    at: int
    text: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"character {self.at + 1}: {self.what}. {self.cure}"

    @property
    def pointed(self) -> str:
        """The text with a caret under the character, for a terminal: two lines."""
        # Whatever is wider, narrower or a line break would put the caret elsewhere.
        shown = "".join(character if _is_plain(character) else "?" for character in self.text)
        return f"{shown}\n{' ' * self.at}^"


@dataclass(frozen=True, slots=True)
class RuleMistakes:
    """Everything that is wrong with a written rule, in the order of the text; at least one."""

    mistakes: tuple[RuleMistake, ...]


@dataclass(slots=True)
class Notes:
    """Collects what is wrong with one text while it is read."""

    text: str
    found: list[RuleMistake] = field(default_factory=list)

    def wrong(self, at: int, what: str, cure: str) -> None:
        self.found.append(RuleMistake(at, self.text, what, cure))

    def unknown(self, at: int, word: str, known: Iterable[str], otherwise: str) -> None:
        """A word that means nothing here: with the nearest that does, else with another cure."""
        near = get_close_matches(word, list(known), n=1)
        cure = f'Did you mean "{near[0]}"?' if near else otherwise
        self.wrong(at, f"{shown(word)} is no part of a rule", cure)

    def all(self) -> RuleMistakes:
        return RuleMistakes(tuple(sorted(self.found)))


def shown(word: str) -> str:
    """A word of somebody's text in quotes, cut to what a line can bear."""
    plain = "".join(character for character in word if character.isprintable())
    return f'"{plain[:_WORD_SHOWN_MAX]}"'


def plain_form(word: str) -> str:
    """A word as it is compared: full-width digits and capitals are the plain ones."""
    return unicodedata.normalize("NFKC", word).casefold()


def looks_like_clock(word: str) -> bool:
    return bool(_CLOCK.fullmatch(word) or _CLOCK_OF_TWELVE.fullmatch(word))


def clock_of(word: str) -> time | None:
    """ "20:00", "8pm", "8:30 pm" as a time of day; None for anything else."""
    if plain := _CLOCK.fullmatch(word):
        hour, minute = int(plain[1]), int(plain[2])
    elif twelve := _CLOCK_OF_TWELVE.fullmatch(word):
        if not 1 <= int(twelve[1]) <= 12:
            return None
        hour, minute = int(twelve[1]) % 12 + (12 if twelve[3] == "p" else 0), int(twelve[2] or 0)
    else:
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None


def date_of(word: str) -> date | None:
    """ "2026-12-05" as a date of the years that can be planned; None for anything else."""
    written = _DATE.fullmatch(word)
    if written is None or int(written[1]) not in YEARS:
        return None
    try:
        return date(int(written[1]), int(written[2]), int(written[3]))
    except ValueError:
        return None


def _is_plain(character: str) -> bool:
    return (
        character.isprintable()
        and not unicodedata.combining(character)
        and unicodedata.category(character) not in ("Me", "Mn", "Cf")
        and unicodedata.east_asian_width(character) not in ("W", "F")
    )
