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
class StagedPoll:
    """A poll that the moderator puts at `opens_at`; `key` is what the scene calls it, and `for_moderators` whether
    only they decide, with the holders of passes. Instants in microseconds since the epoch (UTC)."""

    key: str
    question: str
    options: tuple[str, ...]
    opens_at: int
    closes_at: int
    for_moderators: bool = False

    # As a drop has them: it comes on cue, and nobody hears of it before.
    on_cue = True
    early_at = None

    @property
    def announces_at(self) -> int:
        return self.opens_at

    @property
    def begins_at(self) -> int:
        return self.opens_at

    @property
    def seconds(self) -> float:
        """How long it is meant to be open."""
        return (self.closes_at - self.opens_at) / SECOND


Staged = StagedDrop | StagedPoll


@dataclass(frozen=True, slots=True)
class Words:
    """What is typed in this channel's Twitch chat; `claim_again` means the same as `claim` in other letters;
    so do the others that end so."""

    claim: str = "!claim"
    claim_again: str = "!md claim"
    board: str = "!drop"
    mine: str = "!mine"
    link: str = "!link"
    yes: str = "!yes"
    poll: str = "!poll"
    mod_vote: str = "!modvote"
    vote: str = "!vote"
    spend: str = "!pass"
    vote_again: str = "!md vote"
    spend_again: str = "!md pass"


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a script is written from."""

    drops: tuple[StagedDrop, ...]
    words: Words = Words()
    polls: tuple[StagedPoll, ...] = ()

    @property
    def everything(self) -> tuple[Staged, ...]:
        """Drops and polls; no two of them have one key."""
        return (*self.drops, *self.polls)

    def named(self, key: str) -> Staged:
        """Raises KeyError for what is not on."""
        for each in self.everything:
            if each.key == key:
                return each
        raise KeyError(key)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Scene:
        """The scene that `as_json` wrote. Raises KeyError or TypeError for anything else."""
        polls = (StagedPoll(**{**poll, "options": tuple(poll["options"])}) for poll in told.get("polls", ()))
        return cls(tuple(StagedDrop(**drop) for drop in told["drops"]), Words(**told["words"]), tuple(polls))
