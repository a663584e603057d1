"""What a crowd knows of the show it comes to: the drops, when they are meant to happen, and what one types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bot.stage.record import SECOND


@dataclass(frozen=True, slots=True)
class StagedDrop:
    """A drop as it was advertised; instants in microseconds since the epoch (UTC). `early_at` is when some are let
    in before everybody is, None where nobody is."""

    key: str
    title: str
    announces_at: int
    opens_at: int
    closes_at: int
    on_cue: bool = False
    early_at: int | None = None

    @property
    def begins_at(self) -> int:
        """When the first people are let in."""
        return self.opens_at if self.early_at is None else self.early_at

    @property
    def early_seconds(self) -> float:
        """How long the early window is meant to be; 0 where there is none."""
        return (self.opens_at - self.begins_at) / SECOND

    @property
    def seconds(self) -> float:
        """How long it is meant to be open to everybody."""
        return (self.closes_at - self.opens_at) / SECOND


@dataclass(frozen=True, slots=True)
class Words:
    """What is typed in this channel's Twitch chat; `claim_again` means the same as `claim` in other letters."""

    claim: str = "!claim"
    claim_again: str = "!md claim"
    board: str = "!drop"
    mine: str = "!mine"
    link: str = "!link"
    yes: str = "!yes"


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a script is written from."""

    drops: tuple[StagedDrop, ...]
    words: Words = Words()

    def drop(self, key: str) -> StagedDrop:
        """Raises KeyError for a drop that is not on."""
        for drop in self.drops:
            if drop.key == key:
                return drop
        raise KeyError(key)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Scene:
        """The scene that `as_json` wrote. Raises KeyError or TypeError for anything else."""
        return cls(tuple(StagedDrop(**drop) for drop in told["drops"]), Words(**told["words"]))
