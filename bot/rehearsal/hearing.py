"""Understands what the bot said as a person would: who was named, with which number, of which drop."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_NAME = re.compile(r"@(\S+)")
_NUMBER = re.compile(r"#(\d+)")
_BEHIND_A_COMMAND = re.compile(r"^(!\w+)[.,;:!?]+(?= |$)")
_AFTER_A_NAME = ",:;.!?…)]}»”\"'"
_CHAT_CLIENT_JOINER = "\u034f"


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody was named ("" is whoever a private answer was for), perhaps with a drop and numbers of it."""

    name: str
    drop: str = ""
    numbers: tuple[int, ...] = ()


def listen(text: str, titles: Mapping[str, str], *, private: bool = False) -> list[Heard]:
    """Everything one line or answer tells anybody. `titles` maps a drop's title to its key.

    "Teal Mug is yours: @ann #1, @bob #2 (of 48)", "@ann Teal Mug #1 of 48 is yours!" and
    "@ann, @bob: Teal Mug #1 is already yours" all say which name goes with which number: numbers belong to the
    name before them, or where no name stands behind a title, to everybody at the beginning of the line."""
    shown = visible(text)
    found = _titles_in(shown, titles)
    head = shown[: found[0].start()] if found else shown
    at_the_head = [""] if private else _names(head)
    drops = {titles[title.group()] for title in found}
    # A line that names several drops, so that somebody may choose, is about none of them.
    about = drops.pop() if len(drops) == 1 else ""
    heard = [Heard(name, about) for name in at_the_head]
    for index, title in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(shown)
        heard += _in_segment(shown[title.end() : end], titles[title.group()], at_the_head, private=private)
    if about and not any(each.numbers for each in heard):
        # In a streamer's own words the number may come first.
        heard += [each for each in _in_segment(head, about, at_the_head[:1], private=private) if each.numbers]
    return heard


def listen_for(names: Collection[str], text: str, titles: Mapping[str, str]) -> list[Heard]:
    """Who of `names` (as `same` writes them) is told numbers by a card that mentions nobody:
    "... Teal Mug is yours, ann #1, Bob Jr. #2 (of 48)". Where one name ends another, the longer one is meant."""
    shown = visible(text)
    heard = []
    for title in _titles_in(shown, titles):
        before = title.end()
        for number in _NUMBER.finditer(shown, before):
            # Marks that are heaped upon letters are thinned out where they are shown.
            said = _bare(same(shown[before : number.start()]))
            fitting = [name for name in names if _bare(name) and said.endswith(_bare(name))]
            if fitting:
                heard.append(Heard(max(fitting, key=len), titles[title.group()], (int(number[1]),)))
    return heard


def _in_segment(text: str, drop: str, at_the_head: list[str], *, private: bool) -> list[Heard]:
    opening, *named = [text] if private else re.split(r"(?=@\S)", text)
    heard = []
    if numbers := _numbers(opening):
        heard += [Heard(name, drop, numbers) for name in at_the_head]
    for part in named:
        heard += [Heard(name, drop, _numbers(part)) for name in _names(part)[:1]]
    return heard


def _titles_in(shown: str, titles: Mapping[str, str]) -> list[re.Match[str]]:
    """Where drops are named. A title that is part of a longer word, or of somebody's name, names no drop."""
    if not titles:
        return []
    longest_first = "|".join(re.escape(title) for title in sorted(titles, key=len, reverse=True))
    # Some scripts set no space between a title and the next word, so only Latin letters make a word longer.
    pattern = rf"{_NAME.pattern}|(?<![A-Za-z0-9])(?:{longest_first})(?![A-Za-z0-9])"
    return [found for found in re.finditer(pattern, shown) if found.group() in titles]


def _names(text: str) -> list[str]:
    return [same(name) for name in _NAME.findall(text)]


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _NUMBER.findall(text))


def visible(text: str) -> str:
    """The text without what the eye does not see, and without the strokes that keep Discord from formatting."""
    return "".join(
        each
        for each in text
        if unicodedata.category(each) not in ("Cf", "Cn", "Co", "Cs") and each not in ("\\", _CHAT_CLIENT_JOINER)
    )


def same(name: str) -> str:
    """A name as it is compared: two people who say it alike mean one account."""
    return unicodedata.normalize("NFC", visible(name)).strip("@ ").rstrip(_AFTER_A_NAME).casefold()


def _bare(name: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", name) if unicodedata.category(each) != "Mn")


def typed(text: str) -> str:
    """A line as its writer meant it: plain letters, single spaces, no case, and no full stop behind a command."""
    plain = " ".join(visible(unicodedata.normalize("NFKC", text)).split()).casefold()
    return _BEHIND_A_COMMAND.sub(r"\1", plain)
