"""A vote as people type it: a number alone in chat, or behind the command names, lists, orders and points."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from bot.domain.ballots import Ballot, BallotFault, Method, fill_in
from bot.domain.gate_mistakes import nearest
from bot.domain.poll_words import option_key, typed_number, whole_number

ABSTAIN = "abstain"

_TEXT_SHOWN_MAX = 40
# More words are no vote, and too many to try one by one while a thousand people vote.
_WORDS_MAX = 60
# A greater number on a line of its own is a year or a score in somebody's talk.
_BARE_MAX = 99
_BETWEEN_OPTIONS = re.compile(r"[\s,;|&+/]+")
_BETWEEN_PARTS = re.compile(r"\s*[,;|]\s*")
_BETWEEN_RANKS = re.compile(r"\s*(?:[-=]*>+|→|›|»)\s*")
# Whoever types "teal < plum" or "teal = plum" has another order in mind than one from the best to the last.
_RANKS = re.compile(r"[<=>→›»]")
_FILLERS = frozenset({"and", "then", "und", "et", "y"})


@dataclass(frozen=True, slots=True)
class VoteMistake:
    """Why what somebody typed is no vote: the first reason in the order of BallotFault. `text` is the part of it
    that is meant, cut; `choices` are the options that it may mean, by number, or the one that is spelt like it."""

    because: BallotFault
    text: str = ""
    choices: tuple[int, ...] = ()


class _Names(NamedTuple):
    """How a poll's options can be named: by all of the name, and by its letters alone."""

    exact: Mapping[str, int]
    forms: Mapping[str, tuple[int, ...]]
    words_max: int


def read_bare(method: Method, options: Sequence[str], line: str) -> Ballot | VoteMistake | None:
    """The vote that a line of chat is, without any command: one number that stands alone. A mistake for a number
    that no option has; None for talk, which is everything else. Scores are never given like that."""
    if method is Method.SCORE:
        return None
    typed = option_key(line)
    number = typed_number(typed)
    if number is None:
        return None
    names = _names(tuple(options))
    option = _exact(options, names, typed)
    if option is not None:
        return _filled(method, options, [option], typed)
    return _unknown(typed, names) if number <= _BARE_MAX else None


def read_vote(
    method: Method, options: Sequence[str], text: str, abstain: Collection[str] = (ABSTAIN,)
) -> Ballot | VoteMistake:
    """The vote that somebody has typed behind the command. Options are named by number, by name or by any beginning
    of it that only one has: "2"; "teal plum" or "1, 3"; "plum > teal"; "teal=5 plum=2". `abstain` are the words for
    choosing nothing, unless an option is called so."""
    typed = option_key(text)
    names = _names(tuple(options))
    if not typed:
        return VoteMistake(BallotFault.NOTHING_SAID)
    if typed in map(option_key, abstain) and typed not in names.exact:
        return Ballot(method)
    if method is Method.SCORE:
        return _scores(options, names, typed)
    exact = _exact(options, names, typed)
    if exact is not None:
        return _filled(method, options, [exact], typed)
    if method is Method.RANKED and _RANKS.search(typed):
        return _ranked(options, names, typed)
    parts = [_named(options, names, part) for part in filter(None, _BETWEEN_PARTS.split(typed))]
    if len(parts) > 1 and all(isinstance(each, int) for each in parts):
        return _all_named(method, options, parts, typed)
    whole = _named(options, names, typed)
    if isinstance(whole, int):
        return _filled(method, options, [whole], typed)
    listed = _listed(options, names, typed)
    if method is Method.PLURALITY and any(isinstance(each, VoteMistake) for each in listed):
        # A name with something wrong in it is likelier than several options where only one can be chosen.
        return whole
    return _all_named(method, options, listed, typed)


def vote_text(ballot: Ballot) -> str:
    """The ballot as it could have been typed behind the command: "2", "1 3", "2 > 1", "1=5 3=2", "abstain"."""
    if ballot.abstains:
        return ABSTAIN
    if ballot.method is Method.SCORE:
        return " ".join(f"{choice}={score}" for choice, score in zip(ballot.choices, ballot.scores, strict=True))
    return (" > " if ballot.method is Method.RANKED else " ").join(map(str, ballot.choices))


@lru_cache(maxsize=32)
def _names(options: tuple[str, ...]) -> _Names:
    exact: dict[str, int] = {}
    forms: dict[str, tuple[int, ...]] = {}
    for number, name in enumerate(options, 1):
        key = option_key(name)
        exact.setdefault(key, number)
        forms[_form(key)] = (*forms.get(_form(key), ()), number)
    forms.pop("", None)
    words_max = max((len(form.split()) for form in forms), default=1)
    return _Names(MappingProxyType(exact), MappingProxyType(forms), words_max)


def _form(key: str) -> str:
    """Letters, digits and pictures: whatever people leave out or add when they type a name is gone."""
    kept = (
        each if unicodedata.category(each)[0] in "LNM" or unicodedata.category(each) == "So" else " "
        for each in key
    )
    return " ".join("".join(kept).split())


def _exact(options: Sequence[str], names: _Names, typed: str) -> int | None:
    number = typed_number(typed)
    in_poll = number is not None and 1 <= number <= len(options)
    return number if in_poll else names.exact.get(typed)


def _named(options: Sequence[str], names: _Names, typed: str) -> int | VoteMistake:
    """The one option that the whole of a text names."""
    exact = _exact(options, names, typed)
    if exact is not None:
        return exact
    meant = _by_form(names, _form(typed))
    if len(meant) == 1:
        return meant[0]
    return VoteMistake(BallotFault.AMBIGUOUS, typed[:_TEXT_SHOWN_MAX], meant) if meant else _unknown(typed, names)


def _by_form(names: _Names, form: str) -> tuple[int, ...]:
    """Every option with this name, else every one whose name begins so: but a number is no beginning of another."""
    if form in names.forms or not form or form.isdecimal():
        return names.forms.get(form, ())
    return tuple(sorted(n for name, numbers in names.forms.items() if name.startswith(form) for n in numbers))


def _unknown(typed: str, names: _Names) -> VoteMistake:
    near = nearest(typed, names.exact)
    return VoteMistake(BallotFault.UNKNOWN_OPTION, typed[:_TEXT_SHOWN_MAX], (names.exact[near],) if near else ())


def _listed(options: Sequence[str], names: _Names, typed: str) -> list[int | VoteMistake]:
    """The options that a row of words names: at each place the longest name there is, else a beginning of one."""
    words = [(word, _form(word)) for word in _BETWEEN_OPTIONS.split(typed)]
    words = [(word, form) for word, form in words if form]
    unclear = VoteMistake(BallotFault.UNCLEAR, typed[:_TEXT_SHOWN_MAX])
    if len(words) > _WORDS_MAX:
        return [unclear]
    found: list[int | VoteMistake] = []
    at = 0
    while at < len(words):
        named, length = _longest(options, names, words[at : at + names.words_max])
        if not (isinstance(named, VoteMistake) and words[at][1] in _FILLERS):
            found.append(named)
        at += length
    return found or [unclear]


def _longest(
    options: Sequence[str], names: _Names, words: Sequence[tuple[str, str]]
) -> tuple[int | VoteMistake, int]:
    """What the first of these words name, and how many of them do."""
    forms = [" ".join(form for _, form in words[:length]) for length in range(1, len(words) + 1)]
    for length in range(len(words), 0, -1):
        if len(meant := names.forms.get(forms[length - 1], ())) == 1:
            return meant[0], length
    for length in range(len(words), 1, -1):
        if len(meant := _by_form(names, forms[length - 1])) == 1:
            return meant[0], length
    return _named(options, names, words[0][0]), 1


def _ranked(options: Sequence[str], names: _Names, typed: str) -> Ballot | VoteMistake:
    parts = _BETWEEN_RANKS.split(typed)
    # An arrow too many at either end is a slip of the thumb.
    parts = parts[not parts[0] : len(parts) - (not parts[-1])]
    if not all(parts) or not parts or _RANKS.search("".join(parts)):
        return VoteMistake(BallotFault.UNCLEAR, typed[:_TEXT_SHOWN_MAX])
    return _all_named(Method.RANKED, options, [_named(options, names, part) for part in parts], typed)


def _scores(options: Sequence[str], names: _Names, typed: str) -> Ballot | VoteMistake:
    sign = "=" if "=" in typed else ":"
    if sign not in typed:
        listed = _listed(options, names, typed)
        if isinstance(listed[0], int):
            return VoteMistake(BallotFault.SCORE_MISSING, typed[:_TEXT_SHOWN_MAX], (listed[0],))
        return listed[0]
    # What stands before another sign is a name: in "teal= plum=2" teal has no points.
    points = rf"(?:([^\s,;|{sign}]+)(?![^\s,;|]*\s*{sign}))?"
    pair = re.compile(rf"([^{sign}]*?)\s*{sign}\s*{points}[\s,;|]*")
    named: list[int | VoteMistake] = []
    scores: list[int | None] = []
    at = 0
    while at < len(typed):
        found = pair.match(typed, at)
        name, score = (found[1], found[2]) if found else (typed[at:], None)
        named.append(_named(options, names, name.strip(" ,;|")))
        # What is no number is no number of points either.
        number = whole_number(score) if score else None
        scores.append(-1 if score and number is None else number)
        at = found.end() if found else len(typed)
    return _all_named(Method.SCORE, options, named, typed, scores)


def _all_named(
    method: Method,
    options: Sequence[str],
    named: Sequence[int | VoteMistake],
    typed: str,
    scores: Sequence[int | None] = (),
) -> Ballot | VoteMistake:
    mistakes = [each for each in named if isinstance(each, VoteMistake)]
    if mistakes:
        order = list(BallotFault)
        return min(mistakes, key=lambda mistake: order.index(mistake.because))
    return _filled(method, options, [each for each in named if isinstance(each, int)], typed, scores)


def _filled(
    method: Method, options: Sequence[str], choices: Sequence[int], typed: str, scores: Sequence[int | None] = ()
) -> Ballot | VoteMistake:
    filled = fill_in(method, len(options), choices, scores)
    if isinstance(filled, Ballot):
        return filled
    return VoteMistake(filled, typed[:_TEXT_SHOWN_MAX], tuple(dict.fromkeys(choices)))
