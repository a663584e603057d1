"""Text from people, made safe to compare and to repeat."""

from __future__ import annotations

import re
import unicodedata

# Chat clients append these to repeat a message: they are no category of Unicode's "format" characters.
_JOINER = "͏"
_TAG_FIRST, _TAG_LAST = 0xE0000, 0xE0FFF
_INVISIBLE = {"Cf", "Cc", "Co", "Cn", "Cs"}
_COMMAND_CHARACTERS_MAX = 300


def _visible(character: str) -> bool:
    if character == _JOINER or _TAG_FIRST <= ord(character) <= _TAG_LAST:
        return False
    return unicodedata.category(character) not in _INVISIBLE


def normalise_command(text: str, *, characters_max: int = _COMMAND_CHARACTERS_MAX) -> str:
    """A chat line as it is compared: cut to 300 characters, NFKC, invisible characters gone, spaces collapsed,
    case folded. Full-width and zero-width forms become the plain command; look-alike letters stay different."""
    if text.isascii() and text.isprintable():
        return " ".join(text[:characters_max].split()).casefold()
    # Line breaks and tabs are control characters, but they separate words.
    spaced = re.sub(r"\s", " ", text[:characters_max])
    # Invisible characters go first: one between a letter and its accent would keep them apart.
    plain = unicodedata.normalize("NFKC", "".join(filter(_visible, spaced)))
    return " ".join(plain.split()).casefold()


def label(text: str, *, characters_max: int = 60) -> str:
    """A title or name as it is shown: NFC, at most two combining marks in a row, nothing invisible, one line."""
    shown: list[str] = []
    marks = 0
    visible = "".join(filter(_visible, re.sub(r"\s", " ", text)))
    for character in unicodedata.normalize("NFC", visible):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= 2:
            shown.append(character)
    return " ".join("".join(shown).split())[:characters_max].rstrip()


def slug(text: str) -> str:
    """The key a title gets when nobody chose one: "Teal Mug!" becomes "teal-mug"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")


def is_named(text: str, key: str, title: str) -> bool:
    """Whether whoever has typed `text` means what has this key and this title."""
    typed, plain = normalise_command(text), slug(text)
    # Words without a Latin letter leave nothing of a slug, and that is nobody's name.
    return typed in (key, normalise_command(title)) or (plain != "" and plain in (key, slug(title)))
