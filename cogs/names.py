"""Chat commands under whatever names a channel gives them, each always under `!md NAME` as well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.commands import COMMANDS, usual_names
from bot.domain.people import Actor
from bot.services.overhearing import Listener

_SIGN = "!"


@dataclass(frozen=True, slots=True)
class CommandNames:
    """What chat may type for each of COMMANDS, first name first; `()` is a command without a name of its own.

    `word` is the one before a command, without the chat's prefix sign. Behind it each answers whatever its names,
    but for those that are off in chat until they have one."""

    by_command: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    word: str = "md"

    def of(self, command: str) -> tuple[str, ...]:
        return self.by_command.get(command, usual_names(command))

    def answers(self, command: str) -> bool:
        """Whether chat can reach one of COMMANDS at all."""
        return COMMANDS[command].in_chat or bool(self.of(command))

    def typed(self, sign: str = _SIGN) -> dict[str, str]:
        """What sentences tell people to type: the first name, or the way that works without any. What chat cannot
        reach is left out."""
        names = {command: self.of(command) for command in COMMANDS if self.answers(command)}
        typed = {c: f"{sign}{found[0]}" if found else f"{sign}{self.word} {c}" for c, found in names.items()}
        return {**typed, "steer": typed["drop"], "md": f"{sign}{self.word}"}

    def command_in(self, line: str, sign: str = _SIGN) -> str:
        """Which of COMMANDS a line of chat is; "" for one that is none."""
        if not line.startswith(sign):
            return ""
        name, _, rest = line[len(sign) :].partition(" ")
        if name.casefold() == self.word.casefold():
            name = rest.split()[0] if rest.split() else "help"
            return self.meant_by(name) or ""
        return next((command for command in COMMANDS if name.casefold() in self.of(command)), "")

    def meant_by(self, name: str) -> str | None:
        """The command behind a name typed after the word; its own name works whatever it was renamed to."""
        plain = name.casefold()
        renamed = next((command for command in COMMANDS if plain in self.of(command)), None)
        return renamed or (plain if plain in COMMANDS and self.answers(plain) else None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A chat command as the cogs take it: who, the message's name for all time, and the text after the command."""

    actor: Actor
    request_id: str
    text: str


Answering = Callable[[Asked], Awaitable[None]]
Talking = Callable[[Actor, str, str], Awaitable[None] | None]
"""Shown who said a line, its message's name for all time, and the line itself; what it gives back is to be done."""


class CommandList(ABC):
    """What chat can ask for, and who answers it. How a typed name finds its way here is the client's business."""

    def __init__(self, names: CommandNames) -> None:
        self._names = names
        self._answering: dict[str, Answering] = {}
        self._listener: Listener | None = None
        self._talking: Talking | None = None
        self._register((names.word,), self._answer_by_name)

    def add(self, command: str, answering: Answering) -> None:
        """Let chat reach one of COMMANDS. Raises ValueError for any other, which nobody could rename."""
        if command not in COMMANDS:
            raise ValueError(f"{command} is missing in bot.domain.commands.COMMANDS")
        self._answering[command] = answering
        names = self._names.of(command)
        if names:
            self._register(names, answering)

    def listen(self, listener: Listener) -> None:
        """Have `listener` told of every line that the client hears, before its command is answered."""
        self._listener = listener

    def overhear(self, actor: Actor, line: str, said: str) -> None:
        """For the client: somebody has said something, of which `line` is what commands are read from."""
        if self._listener is not None:
            self._listener(actor, said, self._names.command_in(line))

    def answer_talk(self, talking: Talking) -> None:
        """Have `talking` shown every line in which somebody may speak to us without a command."""
        self._talking = talking

    def talk(self, actor: Actor, request_id: str, line: str) -> Awaitable[None] | None:
        """For the client: what is to be done about a line that is no command; None for nothing."""
        if self._talking is None or line.startswith(_SIGN):
            return None
        return self._talking(actor, request_id, line)

    @abstractmethod
    def _register(self, names: tuple[str, ...], answering: Answering) -> None:
        """Have `answering` called when one of the names is typed behind the chat's prefix sign."""

    async def _answer_by_name(self, asked: Asked) -> None:
        name, _, rest = asked.text.partition(" ")
        command = self._names.meant_by(name) if name else "help"
        answering = self._answering.get(command or "")
        if answering is not None:
            await answering(replace(asked, text=rest.strip()))
