"""People's text made safe to show: in Twitch chat, in a Discord message, on a button."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.domain.text import label

CHAT_CHARACTERS_MAX = 500
NAME_CHARACTERS_MAX = 32
_COMMAND_SIGNS = "/.!\\"
# What Discord reads as markup, mention, channel, emoji or link anywhere in a line.
_MARKUP = re.compile(r"([\\*_~`|<>\[\]()#:-])")
_LEFT_TO_RIGHT_MARK = "\u200e"
_ELLIPSIS = "…"


def chat_text(text: str, *, characters_max: int = 60) -> str:
    """A title or name within a Twitch line: visible characters, one line, not readable as a command."""
    shown = label(text, characters_max=characters_max)
    return _closed_direction(shown.lstrip(_COMMAND_SIGNS + " ") or "?")


def board_text(text: str, *, characters_max: int = 60) -> str:
    """A title or name within a Discord message or embed: no markup, no mention, no link of its own."""
    shown = label(text, characters_max=characters_max) or "?"
    return _closed_direction(_MARKUP.sub(r"\\\1", shown).replace("@", "@\u200b"))


def shown(text: str, *, discord: bool) -> str:
    return board_text(text) if discord else chat_text(text)


def chat_name(name: str) -> str:
    """A person's name behind an @ in Twitch chat."""
    return chat_text(name.lstrip("@"), characters_max=NAME_CHARACTERS_MAX)


def chat_line(text: str, *, characters_max: int = CHAT_CHARACTERS_MAX) -> str:
    """One line that Twitch takes: cut at a word, and never a command of Twitch or of another bot."""
    line = " ".join(text.split()).lstrip(_COMMAND_SIGNS + " ")
    if len(line) <= characters_max:
        return line
    head = line[: characters_max - 1]
    border = head.rfind(" ")
    return (head[:border] if border > characters_max // 2 else head).rstrip() + _ELLIPSIS


def as_sentence(text: str) -> str:
    """The same text where it stands alone: with a capital letter."""
    return text[:1].upper() + text[1:]


def packed(head: str, items: Iterable[str], tail: str, *, characters_max: int, between: str = ", ") -> list[str]:
    """Lines `head + items + tail`, with as many items in each as fit; an item is never split."""
    lines: list[str] = []
    room = characters_max - len(head) - len(tail)
    now = ""
    for item in items:
        longer = f"{now}{between}{item}" if now else item
        if now and len(longer) > room:
            lines.append(head + now + tail)
            longer = item
        now = longer
    return [*lines, head + now + tail] if now else lines


def _closed_direction(text: str) -> str:
    # A name in a right-to-left script would otherwise pull the number that follows it to its other side.
    turns = any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)
    return text + _LEFT_TO_RIGHT_MARK if turns else text
