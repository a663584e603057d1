"""The words the bot speaks with: sentences by key, overridden or translated, with commands under their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import Formatter
from types import MappingProxyType

from bot.domain.commands import COMMANDS
from bot.domain.stream import Pace
from bot.domain.time import Micros
from bot.wording.english import SENTENCES

TEMPLATE_CHARACTERS_MAX = 400

# What a viewer types in chat unless [commands] says otherwise; on Discord the names are fixed. Who cannot type a
# command in chat is sent to Discord.
_USUAL = {name: f"!{name}" if command.in_chat else command.on_discord for name, command in COMMANDS.items()}
CHAT_COMMANDS = MappingProxyType({**_USUAL, "steer": "!drop", "can": "!drop can", "md": "!md"})
BOARD_COMMANDS = MappingProxyType(
    {
        **{name: command.on_discord for name, command in COMMANDS.items()},
        "steer": "/drop",
        "can": "/can",
        "md": "/claim",
    }
)
_COMMAND_FIELDS = frozenset(f"{name}_command" for name in CHAT_COMMANDS)


def fields_of(template: str) -> frozenset[str]:
    """The placeholders of a template. Raises ValueError with the reason when it is more than plain {name} fields:
    an attribute, an index or a format could reach what a sentence has no business with."""
    found: set[str] = set()
    for _, name, spec, conversion in Formatter().parse(template):
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise ValueError(f"{{{name}}} must be a plain name in braces, without dots, brackets, ! or :")
        found.add(name)
    return frozenset(found)


# Every key with the placeholders its sentence may use; commands may be named in each.
KNOWN: Mapping[str, frozenset[str]] = MappingProxyType(
    {key: fields_of(template) | _COMMAND_FIELDS for key, template in SENTENCES.items()}
)


def mistake_in(key: str, template: str) -> str | None:
    """Why this override cannot be used, as a clause with its cure; None when it can."""
    allowed = KNOWN.get(key)
    if allowed is None:
        return "there is no such sentence"
    if not template.strip() or len(template) > TEMPLATE_CHARACTERS_MAX:
        return f"write 1 to {TEMPLATE_CHARACTERS_MAX} characters"
    try:
        unknown = fields_of(template) - allowed
    except ValueError as error:
        return str(error)
    if unknown:
        usable = ", ".join(f"{{{name}}}" for name in sorted(allowed - _COMMAND_FIELDS)) or "none"
        return f"{{{min(unknown)}}} is not known here; this sentence has: {usable}"
    return None


@dataclass(frozen=True, slots=True)
class Wording:
    """All sentences of one channel. `overrides` replace them by key; `zone` is the IANA zone of clock times;
    `command_names` maps a command ("claim") to what viewers type for it ("!grab"); `undo_within` is how long a
    moderator can take a step back; `bare_votes` tells that a number alone is a vote while a poll runs.

    Raises ValueError for an override that `mistake_in` finds fault with."""

    overrides: Mapping[str, str] = field(default_factory=dict)
    zone: str = field(default="UTC", kw_only=True)
    command_names: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    undo_within: Micros = field(default=Pace().undo_within, kw_only=True)
    bare_votes: bool = field(default=True, kw_only=True)

    def __post_init__(self) -> None:
        for key, template in self.overrides.items():
            mistake = mistake_in(key, template)
            if mistake is not None:
                raise ValueError(f"wording {key}: {mistake}")

    def say(self, key: str, *, discord: bool = False, **values: str | int) -> str:
        """The sentence for `key` with its placeholders filled; values are shown as they are, never parsed again.

        Raises KeyError for an unknown key or a placeholder without a value."""
        template = self.overrides.get(key) or SENTENCES[key]
        return template.format_map({**self._commands(discord), **values})

    def in_chat(self, command: str) -> bool:
        """Whether chat can reach this command."""
        return COMMANDS[command].in_chat or command in self.command_names

    def _commands(self, discord: bool) -> dict[str, str]:
        names = dict(BOARD_COMMANDS) if discord else {**CHAT_COMMANDS, **self.command_names}
        if not discord and "drop" in self.command_names and "steer" not in self.command_names:
            names["steer"] = names["drop"]
        if not discord:
            names["can"] = f"{names['drop']} can"
        return {f"{name}_command": typed for name, typed in names.items()}
