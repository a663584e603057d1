"""What is said in chat besides commands to us, for features that must hear of it: a secret may be told there."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from bot.domain.people import Actor

log = structlog.get_logger(__name__)

Listener = Callable[[Actor, str, str], None]
"""Told who said a line, the whole of it, and which command it is: one of COMMANDS, "" for a line that is none."""


class Overhearing:
    """Every line of chat passes here before its command, if it is one, is answered. Listeners only take note: they
    neither wait nor speak."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Have `listener` told of each line from now on."""
        self._listeners.append(listener)

    def hear(self, actor: Actor, text: str, command: str = "") -> None:
        """Pass a line on. Whatever a listener raises is logged: the line's command is answered all the same."""
        for listener in self._listeners:
            try:
                listener(actor, text, command)
            except Exception:
                log.exception("a listener of chat failed")
