"""The commands people type: the one list from which configuration, sentences and dialogues take theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Command:
    """`purpose` is what config.example.toml says of it; `on_discord` is what does the same there."""

    purpose: str
    on_discord: str


# By the name that works in chat unless [commands] says otherwise.
COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "claim": Command("claim a unit of the open drop", "/claim"),
        "mine": Command("which units are mine", "/mine"),
        "drop": Command("what is on and what is next; for moderators, steering", "/drops"),
        "help": Command("what can be typed", "/help"),
        "yes": Command("a moderator's confirmation", "/drop"),
    }
)
