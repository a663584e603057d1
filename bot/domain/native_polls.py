"""A poll of the platform's own beside one of ours: what fits into it, and what is known of one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from bot.domain.poll_words import option_key
from bot.domain.time import SECOND, Micros

# Twitch's limits.
TITLE_CHARACTERS_MAX = 60
CHOICE_CHARACTERS_MAX = 25
CHOICES_MAX = 5
SECONDS_MIN, SECONDS_MAX = 15, 1800


class Native(StrEnum):
    """What Twitch's own poll is to ours: there is none, it is shown beside, or its anonymous votes are added to
    what is announced. What is cast with us is never mixed with it."""

    OFF = "off"
    BESIDE = "beside"
    ADDED = "added"


class NativeFault(StrEnum):
    """Why a poll has none on Twitch, in order of precedence: what it would show is not what was asked."""

    NOT_ONE_CHOICE = "not-one-choice"
    HIDDEN = "hidden"
    TOO_MANY_OPTIONS = "too-many-options"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    QUESTION_TOO_LONG = "question-too-long"
    OPTION_TOO_LONG = "option-too-long"


class NativeStatus(StrEnum):
    """As Twitch calls it, though a poll that ran its full time may be "terminated": nothing is decided by how one
    ended. Deleted ones are "moderated"; "invalid" is what Twitch itself does not know."""

    ACTIVE = "active"
    COMPLETED = "completed"
    TERMINATED = "terminated"
    ARCHIVED = "archived"
    MODERATED = "moderated"
    INVALID = "invalid"


# With these the votes of a poll stand.
COUNTED = frozenset({NativeStatus.COMPLETED, NativeStatus.TERMINATED, NativeStatus.ARCHIVED})


@dataclass(frozen=True, slots=True)
class NativeAsk:
    """What Twitch is asked to show, for so many seconds."""

    title: str
    choices: tuple[str, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class NativePoll:
    """A poll on Twitch as it was last seen. `counts` has the votes for each choice; instants are Twitch's clock."""

    id: str
    title: str
    choices: tuple[str, ...]
    counts: tuple[int, ...]
    status: NativeStatus
    started_at: Micros
    ended_at: Micros | None = None

    @property
    def active(self) -> bool:
        return self.status is NativeStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class NativeEnd:
    """What the ledger keeps of a poll on Twitch that is over; `ended_at` is Twitch's clock."""

    id: str
    counts: tuple[int, ...]
    status: str
    ended_at: Micros

    def as_public(self) -> dict[str, object]:
        return {
            "id": self.id,
            "counts": list(self.counts),
            "status": self.status,
            "ended_at": self.ended_at,
        }


def native_end_of(public: Mapping[str, object]) -> NativeEnd:
    """What a `poll.native` entry tells. Raises KeyError for one that leaves something out, ValueError for numbers
    that count nothing."""
    counts, ended_at = tuple(cast("Sequence[int]", public["counts"])), cast(Micros, public["ended_at"])
    if not all(type(number) is int and number >= 0 for number in (*counts, ended_at)):
        raise ValueError("the votes on Twitch are no whole numbers")
    return NativeEnd(str(public["id"]), counts, str(public["status"]), ended_at)


def fitted(question: str, options: Sequence[str], window: Micros) -> tuple[str, tuple[str, ...]] | NativeFault:
    """The question and the options as Twitch would show them, or why it cannot: nothing is cut but the punctuation
    at the end of a text that is too long by it."""
    if len(options) > CHOICES_MAX:
        return NativeFault.TOO_MANY_OPTIONS
    if window < SECONDS_MIN * SECOND:
        return NativeFault.TOO_SHORT
    if window > SECONDS_MAX * SECOND:
        return NativeFault.TOO_LONG
    title = _fitted(question, TITLE_CHARACTERS_MAX)
    if not title:
        return NativeFault.QUESTION_TOO_LONG
    choices = tuple(_fitted(option, CHOICE_CHARACTERS_MAX) for option in options)
    # Two that differ in what was cut alone would be one and the same.
    if not all(choices) or len(set(map(option_key, choices))) < len(choices):
        return NativeFault.OPTION_TOO_LONG
    return title, choices


def _fitted(text: str, characters_max: int) -> str:
    """The text, without its closing punctuation where it is too long; "" where that does not help."""
    if len(text) <= characters_max:
        return text
    end = len(text)
    while end and unicodedata.category(text[end - 1]) in ("Po", "Zs"):
        end -= 1
    return text[:end] if end <= characters_max else ""
