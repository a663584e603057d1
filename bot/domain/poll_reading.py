"""The line with which a moderator puts a poll, as phones write it: `"Next game?" Hades, Celeste 2m`."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.domain.poll_words import QUOTES, PollFault, PollMistake, PollMistakes, PollWords, check_poll
from bot.domain.text import label, normalise_command
from bot.domain.time import DAY, SECOND, Micros, read_span

TEXT_CHARACTERS_MAX = 2_000

# One character for one, so that places in the plain form are places in the text.
_PLAIN = str.maketrans(
    dict.fromkeys(QUOTES, '"') | dict.fromkeys(",，、،;；", ",") | dict.fromkeys("|｜¦│", "|") | {"／": "/"}
    | dict.fromkeys("?？؟", "?") | {"：": ":"}
)  # fmt: skip
_AROUND = " ,|"
_SEPARATORS = f"{_AROUND}:-–—"
_CLOSING = re.compile(r'"(?=[\s,|:]|$)|(?<=[?!])"')
# Single quotes are apostrophes as well, so they count where they are the first and stand before options.
_SINGLY = re.compile(r"['‘‚‹](?=\S)(.+?\S)['’‘›](?=[\s,|:])(?!.*[?？؟])")
_ASKED = re.compile(r"\?[?!\"')]*\s*(?=[^\s,|?!])")
_COLON = re.compile(r":\s+")
_QUOTED = re.compile(r'"([^"]*)"(?=[\s,|]|$)\s*[,|]?\s*(?:(?:or|and|&)\s+(?="))?', re.IGNORECASE)
_BAR, _COMMA, _SLASH = (re.compile(rf"\s*{re.escape(sign)}\s*") for sign in "|,/")
_OR = re.compile(r"\s+or\s+", re.IGNORECASE)
_JOINER = re.compile(r"^(?:or|and|&)\s+", re.IGNORECASE)
_WORDS_OF_SPAN_MAX = 6
_BEFORE_SPAN = re.compile(r"(?:\bfor)?[\s,|;–—-]*$", re.IGNORECASE)
# Nobody's poll runs so long, and whoever writes it is told.
_LONG = re.compile(r"([0-9]{1,6})(?: ?(weeks?|months?|years?)|([wy]))")
_DAYS = {"w": 7, "m": 30, "y": 365}
_MORE = re.compile(r"\+ ?([0-9]{1,9})(?: ?s)?")


class _Piece(NamedTuple):
    """What stands between two separators; in quotes it is an option to the letter."""

    text: str
    quoted: bool = False


def read_poll(text: str, *, timed: bool = True) -> PollWords | PollMistakes:
    """The poll that a moderator has typed behind the command, or everything that is wrong with it.

    The question stands in quotes, ends with a question mark or a colon, or is the first of several parts with bars
    between them. Options have commas, bars or semicolons between them; else "or", or slashes. A span at the end is
    the duration, unless the options are spans themselves, or it is not `timed` here but somewhere else."""
    if len(text) > TEXT_CHARACTERS_MAX:
        return PollMistakes((PollMistake(PollFault.TEXT_TOO_LONG),))
    line = label(text, characters_max=TEXT_CHARACTERS_MAX)
    question, rest = _question(line)
    pieces, duration = _without_duration(_pieces(rest)) if timed else (_pieces(rest), None)
    if not question and "|" in line.translate(_PLAIN) and pieces:
        question, pieces = pieces[0].text, pieces[1:]
    read = check_poll(question, [piece.text for piece in pieces], duration)
    if isinstance(read, PollMistakes) and read.mistakes[0].fault is PollFault.QUESTION_MISSING:
        # Where the question ends is not known, so neither is how many options there are.
        return PollMistakes(tuple(each for each in read.mistakes if each.fault is not PollFault.TOO_FEW_OPTIONS))
    return read


def read_more_time(text: str) -> Micros | None:
    """ "+60", "+90s" or "+2m" as microseconds, 0 included: a number alone is of seconds. None for anything else."""
    typed = normalise_command(text)
    if seconds := _MORE.fullmatch(typed):
        return int(seconds[1]) * SECOND
    return read_span(typed[1:]) if typed.startswith("+") else None


def _question(line: str) -> tuple[str, str]:
    """The question, "" where none is to be seen, and what stands behind it."""
    if singly := _SINGLY.match(line):
        return singly[1], line[singly.end() :].lstrip(_SEPARATORS)
    plain = line.translate(_PLAIN)
    if plain.startswith('"'):
        if closing := _CLOSING.search(plain, 1):
            return line[1 : closing.start()], line[closing.end() :].lstrip(_SEPARATORS)
        line, plain = line[1:], plain[1:]
    first = min((at for at in map(plain.find, ",|") if at >= 0), default=len(plain))
    ends = [found.end() for found in _ASKED.finditer(plain)]
    # "Well, which colour? teal, plum" has its first comma before the question ends.
    if end := max((end for end in ends if end <= first), default=min(ends, default=0)):
        return line[:end].rstrip(), line[end:]
    if plain[:first].rstrip().endswith("?"):
        return line[:first].rstrip(), line[first:]
    if colon := _COLON.search(plain, 0, first):
        return line[: colon.start()], line[colon.end() :]
    return "", line


def _pieces(rest: str) -> list[_Piece]:
    plain = rest.translate(_PLAIN)
    # A separator too many at either end is a slip of the thumb, one in between is an option that was forgotten.
    start, end = len(plain) - len(plain.lstrip(_AROUND)), len(plain.rstrip(_AROUND))
    rest, plain = rest[start:end], plain[start:end]
    divider = _divider(plain)
    pieces: list[_Piece] = []
    at = 0
    while at < len(plain):
        if quoted := _QUOTED.match(plain, at):
            pieces.append(_Piece(rest[quoted.start(1) : quoted.end(1)], quoted=True))
            at = quoted.end()
            continue
        divided = divider.search(plain, at)
        end, following = (divided.start(), divided.end()) if divided else (len(plain), len(plain))
        pieces.append(_Piece(rest[at:end]))
        at = following
    if len(pieces) > 2 and not pieces[-1].quoted:
        # "teal, plum, or sand"
        pieces[-1] = _Piece(_JOINER.sub("", pieces[-1].text))
    return pieces


def _divider(plain: str) -> re.Pattern[str]:
    """What stands between the options: of what is there the clearest."""
    outside = _QUOTED.sub(" ", plain)
    if "|" in outside:
        return _BAR
    if "," in outside or outside != plain:
        return _COMMA
    return _OR if _OR.search(plain) else _SLASH


def _without_duration(pieces: list[_Piece]) -> tuple[list[_Piece], Micros | None]:
    if not pieces or pieces[-1].quoted:
        return pieces, None
    *before, last = pieces
    words = last.text.split()
    counts = range(min(len(words), _WORDS_OF_SPAN_MAX), 0, -1)
    if any(read_length(piece.text) is not None for piece in before if not piece.quoted):
        # "1h, 2h, 3h" are options, and of "1h, 2h, 3h 90s" only the end is none: the least of it, and never all.
        counts = range(1, len(words))[:_WORDS_OF_SPAN_MAX]
    for count in counts:
        duration = read_length(" ".join(words[-count:]))
        if duration is not None:
            left = _BEFORE_SPAN.sub("", " ".join(words[:-count]))
            return [*before, *([_Piece(left)] if left else [])], duration
    return pieces, None


def read_length(text: str) -> Micros | None:
    """How long a poll is to run, as a phone may write it: "90s", "90’s", "2 Min."; weeks and years are too long,
    and read all the same."""
    typed = normalise_command(text).replace("'", "").replace("’", "").removesuffix(".").strip()
    if long := _LONG.fullmatch(typed):
        return int(long[1]) * _DAYS[(long[2] or long[3])[0]] * DAY
    return read_span(typed)
