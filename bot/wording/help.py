"""What the commands are for, and the small answers of reminders."""

from __future__ import annotations

from enum import StrEnum

from bot.wording.catalogue import Wording
from bot.wording.text import chat_line


class Reminder(StrEnum):
    """What pressing Remind me has done."""

    ON = "on"
    OFF = "off"
    UNSET = "unset"
    FAILED = "failed"


def help_text(words: Wording, *, moderator: bool, discord: bool) -> str:
    """The commands in a few words; for moderators with how to steer."""
    place = "-board" if discord else ""
    parts = [words.say(f"help-viewer{place}", discord=discord)]
    if discord:
        parts.append(words.say("help-polls-board", discord=True))
    if not discord and words.in_chat("proof"):
        parts.append(words.say("help-proof"))
    if moderator:
        parts.append(words.say(f"help-moderator{place}", discord=discord))
    return "\n".join(parts) if discord else chat_line(" ".join(parts))


def reminder_text(words: Wording, reminder: Reminder) -> str:
    return words.say(f"remind-{reminder}", discord=True)
