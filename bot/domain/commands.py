"""The commands people type: the one list from which configuration, sentences and dialogues take theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Command:
    """`purpose` is what config.example.toml says of it; `on_discord` is what does the same there.

    One that is not `in_chat` is off in Twitch chat, under every name, until [commands] gives it one."""

    purpose: str
    on_discord: str
    in_chat: bool = True


# By its own name, which works in chat unless [commands] says otherwise.
COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "claim": Command("claim a unit of the open drop", "/claim"),
        "mine": Command("which units are mine", "/mine"),
        "drop": Command("what is on and what is next; for moderators, steering", "/drops"),
        "vote": Command("vote in the poll that is on; its number alone does it too", "/vote"),
        "pass": Command("which passes are mine; with a choice, spend the one that fits on it", "/pass list"),
        "poll": Command("put a poll, and steer the one that is on; for moderators", "/poll"),
        "modvote": Command("put a vote that moderators and holders of passes decide; for moderators", "/poll"),
        "night": Command("game nights: join, checkin or leave; off until it has a name", "/night", in_chat=False),
        "help": Command("what can be typed", "/help"),
        "link": Command("be one person with your account on Discord; needs a code", "/link"),
        "forgetme": Command("be forgotten here; asks for a yes first", "/privacy"),
        "yes": Command("yes to what was just asked", "/drop"),
        "proof": Command("which entry of the ledger a unit is; off until it has a name", "/proof", in_chat=False),
    }
)


def usual_names(command: str) -> tuple[str, ...]:
    """What chat types for one of COMMANDS unless [commands] says otherwise; nothing for one that is off."""
    return (command,) if COMMANDS[command].in_chat else ()
