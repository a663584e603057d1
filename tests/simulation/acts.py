"""What a story is made of: something that somebody does, or that happens, at its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.domain.people import Actor
from bot.domain.time import Micros
from bot.stage.crowd.acts import Person


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody does, or that happens, so long after the beginning."""

    at: Micros
    kind: str
    who: Actor | None = None
    what: tuple[Any, ...] = ()


def actor_of(person: Person) -> Actor:
    """Somebody of the crowd as the services know them: by the account's name, which nobody else has."""
    discord = person.platform == "discord"
    name = f"{person.login}.d" if discord else person.login
    return Actor(person.platform, f"{person.platform[0]}-{person.login}", name)
