"""The ledger's signed checkpoints where news show them: a short fingerprint in chat, the whole note on a card."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.announcing import NewsKind
from bot.domain.checkpoint import Checkpoint, NoteRefused, read_checkpoint
from bot.wording.catalogue import Wording
from bot.wording.text import CHAT_CHARACTERS_MAX, chat_line

# The lines of chat that everybody can hold against the card, and against the bundle at the end.
_WITH_FINGERPRINT = (
    NewsKind.OPENED,
    NewsKind.REOPENED,
    NewsKind.SOLD_OUT,
    NewsKind.CLOSED,
    NewsKind.CANCELLED,
)


def checkpoint_of(about: Mapping[str, object]) -> Checkpoint | None:
    """The checkpoint that was signed with what the news tell; None where there is none."""
    text, separator, _ = str(about.get("note") or "").rpartition("\n\n")
    try:
        return read_checkpoint(f"{text}\n") if separator else None
    except NoteRefused:
        return None  # people must hear the news all the same


def with_fingerprint(words: Wording, kind: NewsKind, line: str, about: Mapping[str, object]) -> str:
    """The line and, where the news have one, its checkpoint's fingerprint at the end; it is cut before that."""
    checkpoint = checkpoint_of(about) if kind in _WITH_FINGERPRINT else None
    if checkpoint is None:
        return chat_line(line)
    head, place, tail = words.say(
        "news-fingerprint",
        line="\0",
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.fingerprint,
    ).partition("\0")
    if not place:
        # The channel's own sentence forgot the line, which people need more than the fingerprint.
        head, tail = "", f" {head}"
    room = CHAT_CHARACTERS_MAX - len(head) - len(tail)
    return chat_line(head + chat_line(line, characters_max=room) + tail)


def note_blocks(words: Wording, about: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """The whole signed note, in the letters that any verifier takes, for a card."""
    checkpoint = checkpoint_of(about)
    if checkpoint is None:
        return ()
    name = words.say("card-field-checkpoint", discord=True, size=checkpoint.size)
    return ((name, f"```\n{about['note']}```"),)
