"""Chat lines in both directions: what people typed made plain, and what we say made fit to send."""

from __future__ import annotations

import re
import unicodedata

from bot.domain.text import label

CHARACTERS_MAX = 500
# Twitch puts the name of the person replied to before the text of a reply.
_REPLY_NAME = re.compile(r"^@\S+\s+")
_SIGN_APART = re.compile(r"^!\s+(?=\w)")
_WORD_END = re.compile(r"^(!\w+)[.,;:!?]+(?=\s|$)")


def clean_line(text: str) -> str:
    """A typed line as commands are read from it: NFKC, one line, nothing invisible, at most 500 characters.

    Letters keep their case, since names and titles stand in commands too. What a phone puts around a command's
    word is taken off: a space behind the sign, and the full stop that two spaces become.
    """
    plain = unicodedata.normalize("NFKC", text[:CHARACTERS_MAX])
    return _WORD_END.sub(r"\1", _SIGN_APART.sub("!", label(plain, characters_max=CHARACTERS_MAX)))


def clean_reply(text: str) -> str:
    """The same for a line that replies to another."""
    return clean_line(_REPLY_NAME.sub("", text, count=1))


def fit_line(text: str, characters_max: int = CHARACTERS_MAX) -> str:
    """A line as we send it: one line, never a chat command, cut between words when it is too long."""
    flat = " ".join(text.split()).lstrip("/. ")
    if len(flat) <= characters_max:
        return flat
    room = flat[: characters_max - 1]
    border = room.rfind(" ")
    # A border in the first half would cost more than a word cut in two.
    kept = room[:border] if border > characters_max // 2 else room
    return kept.rstrip(" ,;:") + "…"
