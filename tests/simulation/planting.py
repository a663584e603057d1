"""How a bug is planted: product code replaced for as long as a stack is open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest import mock

from tests.simulation.disk import SimConnection, Workbench


@dataclass(frozen=True, slots=True)
class Bug:
    """`plant` replaces product code within the stack; a `rare` one shows in one evening out of ten, or fewer, or
    only when an evening is over. It is looked for from the seed `first` on; `about_polls` plays nothing but what
    those evenings have around polls."""

    name: str
    plant: Callable[[ExitStack], None]
    rare: bool = False
    first: int = 0
    about_polls: bool = False


def put(stack: ExitStack, where: Any, name: str, what: Any) -> None:
    """Have something else in this place."""
    # `max` is a name of its own only once it is planted.
    stack.enter_context(mock.patch.object(where, name, what, create=name == "max"))


def without_backstops(stack: ExitStack) -> None:
    """The database has no CHECK that stops it either: what the program does shows."""
    connect = Workbench._connect

    def careless(self: Workbench, *args: Any) -> SimConnection:
        connection = connect(self, *args)
        connection.execute("PRAGMA ignore_check_constraints=ON")
        return connection

    put(stack, Workbench, "_connect", careless)
