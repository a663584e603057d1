"""A poll as it was asked for: its question, its options and how long it runs, and what keeps it from being put."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.text import label, normalise_command
from bot.domain.time import DAY, SECOND, Micros, span_text

OPTIONS_MIN = 2
OPTIONS_MAX = 12
QUESTION_CHARACTERS_MAX = 100
OPTION_CHARACTERS_MAX = 40
# The question and all options together: with their numbers they are announced in one line of 500 characters.
ALL_CHARACTERS_MAX = 360
# Of a ballot that names its options nothing is cut: it fills a line of chat at most.
TYPED_CHARACTERS_MAX = 500
DURATION_MIN: Micros = 5 * SECOND
DURATION_MAX: Micros = DAY

QUOTES = '"“”„‟«»＂″「」『』〝〞'

_SHOWN_MAX = 60
_TO_APOSTROPHE = str.maketrans(dict.fromkeys(QUOTES, "'"))
# Nobody sees which of an emoji's forms was typed, nor that a digit has a key drawn around it.
_FORMS_OF_EMOJI = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x20E3])
_MENTION = re.compile(r"@|<[@#:&]")
_MARKUP = re.compile(r"[`*_~|<>\\]|\]\(")
# Chat makes a link of what ends in a common domain, whether or not somebody meant one.
_ADDRESS = re.compile(
    r"://|\bwww\.|[\w-]\.(?:com|net|org|tv|gg|io|co|me|app|dev|live|link|info|shop|store|xyz|ly|be|de|eu|fr|uk|us)"
    r"(?![\w.-]*\w)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[(#]{0,2}(\d{1,4})[.)!]{0,2}")
_LEADING = ("/", "!", ".", "#", "-")


class PollFault(StrEnum):
    """What is wrong with a poll, in the order in which it is told."""

    TEXT_TOO_LONG = "text-too-long"
    QUESTION_MISSING = "question-missing"
    QUESTION_TOO_LONG = "question-too-long"
    QUESTION_UNFIT = "question-unfit"
    TOO_FEW_OPTIONS = "too-few-options"
    TOO_MANY_OPTIONS = "too-many-options"
    OPTION_EMPTY = "option-empty"
    OPTION_TOO_LONG = "option-too-long"
    OPTION_UNFIT = "option-unfit"
    OPTION_REPEATED = "option-repeated"
    OPTION_IS_NUMBER = "option-is-number"
    ALL_TOO_LONG = "all-too-long"
    DURATION_TOO_SHORT = "duration-too-short"
    DURATION_TOO_LONG = "duration-too-long"
    # These two are of forms alone: in a line, what is no length of time belongs to an option.
    DURATION_UNCLEAR = "duration-unclear"
    ELECTORATE_UNCLEAR = "electorate-unclear"


class Unfit(StrEnum):
    """Why a text cannot be shown as it is."""

    MENTION = "mention"
    BEGINNING = "beginning"
    MARKUP = "markup"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class PollMistake:
    """`option` is the number of the option it is about, 0 for the poll itself, and `text` what stands there, cut to
    what a line can bear. `other` is the option that an option repeats or whose number it is, or how many options
    there are where that is the mistake."""

    fault: PollFault
    option: int = 0
    text: str = ""
    other: int = 0
    why: Unfit | None = None


@dataclass(frozen=True, slots=True)
class PollMistakes:
    """Everything that is wrong with a poll, in the order of PollFault and within that of the options."""

    mistakes: tuple[PollMistake, ...]


@dataclass(frozen=True, slots=True)
class PollWords:
    """A poll that can be put: labels as they are shown, the options numbered from 1 in this order, and a duration
    of whole seconds; None where none was given."""

    question: str
    options: tuple[str, ...]
    duration: Micros | None = None


def check_poll(question: str, options: Sequence[str], duration: Micros | None = None) -> PollWords | PollMistakes:
    """The poll, made fit to be shown, or everything that is wrong with it. A begun second counts as one."""
    question = _shown(question)
    labels = tuple(map(_shown, options))
    if duration is not None:
        duration = -(-duration // SECOND) * SECOND
    found = [*_in_question(question), *_in_number(labels), *_in_options(labels), *_in_duration(duration)]
    if not found and len(question) + sum(map(len, labels)) > ALL_CHARACTERS_MAX:
        found.append(PollMistake(PollFault.ALL_TOO_LONG))
    if not found:
        return PollWords(question, labels, duration)
    order = list(PollFault)
    return PollMistakes(tuple(sorted(found, key=lambda each: (order.index(each.fault), each.option))))


def poll_text(words: PollWords) -> str:
    """The poll as it could have been typed: `"Next game?" "Hades", "Celeste" 2m`."""
    options = ", ".join(f'"{option}"' for option in words.options)
    typed = f'"{words.question}" {options}'
    return typed if words.duration is None else f"{typed} {span_text(words.duration)}"


def option_key(text: str) -> str:
    """An option as it is compared: as people see it, in whatever case, and in whatever form its emoji have."""
    return normalise_command(text, characters_max=TYPED_CHARACTERS_MAX).translate(_FORMS_OF_EMOJI).strip()


def whole_number(text: str) -> int | None:
    """A number of at most four digits of any script, as `option_key` leaves it; None for anything else."""
    if not 1 <= len(text) <= 4 or not text.isdecimal():
        return None
    return int("".join(str(unicodedata.decimal(digit)) for digit in text))


def typed_number(text: str) -> int | None:
    """The number that somebody has typed to choose, "2", "#2", "2." or "(2)", as `option_key` leaves it; None where
    there is anything else."""
    found = _NUMBER.fullmatch(text)
    return whole_number(found[1]) if found else None


def _shown(text: str) -> str:
    # Double quotes mark where a text ends, so inside one they are single.
    return label(text.translate(_TO_APOSTROPHE), characters_max=2 * ALL_CHARACTERS_MAX)


def _unfit(text: str) -> Unfit | None:
    if _MENTION.search(text):
        return Unfit.MENTION
    if text.startswith(_LEADING):
        return Unfit.BEGINNING
    if _MARKUP.search(text):
        return Unfit.MARKUP
    # A full-width address is one as well.
    return Unfit.ADDRESS if _ADDRESS.search(unicodedata.normalize("NFKC", text)) else None


def _in_question(question: str) -> Iterator[PollMistake]:
    if not option_key(question):
        yield PollMistake(PollFault.QUESTION_MISSING)
        return
    if len(question) > QUESTION_CHARACTERS_MAX:
        yield PollMistake(PollFault.QUESTION_TOO_LONG, text=question[:_SHOWN_MAX])
    if why := _unfit(question):
        yield PollMistake(PollFault.QUESTION_UNFIT, text=question[:_SHOWN_MAX], why=why)


def _in_number(labels: Sequence[str]) -> Iterator[PollMistake]:
    if len(labels) < OPTIONS_MIN:
        yield PollMistake(
            PollFault.TOO_FEW_OPTIONS, text=labels[0][:_SHOWN_MAX] if labels else "", other=len(labels)
        )
    if len(labels) > OPTIONS_MAX:
        yield PollMistake(PollFault.TOO_MANY_OPTIONS, other=len(labels))


def _in_options(labels: Sequence[str]) -> Iterator[PollMistake]:
    first: dict[str, int] = {}
    for number, text in enumerate(labels, 1):
        key, shown = option_key(text), text[:_SHOWN_MAX]
        if not key:
            yield PollMistake(PollFault.OPTION_EMPTY, number)
            continue
        if len(text) > OPTION_CHARACTERS_MAX:
            yield PollMistake(PollFault.OPTION_TOO_LONG, number, shown)
        if why := _unfit(text):
            yield PollMistake(PollFault.OPTION_UNFIT, number, shown, why=why)
        if (other := first.setdefault(key, number)) != number:
            yield PollMistake(PollFault.OPTION_REPEATED, number, shown, other)
        # Whoever types "2" would vote for the second option, and mean the one that is called so.
        named = typed_number(key)
        if named is not None and named != number and 1 <= named <= len(labels):
            yield PollMistake(PollFault.OPTION_IS_NUMBER, number, shown, named)


def _in_duration(duration: Micros | None) -> Iterator[PollMistake]:
    if duration is not None and duration < DURATION_MIN:
        yield PollMistake(PollFault.DURATION_TOO_SHORT, text=span_text(max(duration, 0)))
    if duration is not None and duration > DURATION_MAX:
        yield PollMistake(PollFault.DURATION_TOO_LONG, text=span_text(min(duration, 10_000 * DAY)))
