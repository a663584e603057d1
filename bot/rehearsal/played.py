"""What is played tonight: drops and polls, with their limits and the times that they have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlayedDrop:
    """A drop with the limits it has in the configuration and the times it has tonight (microseconds UTC). `early`
    is the gate as it was written, "" for no early window; from `early_at` on it lets in, for at most
    `early_units`."""

    key: str
    title: str
    supply: int
    held_back: int
    per_person: int
    on_cue: bool
    announces_at: int
    opens_at: int
    closes_at: int
    early: str = ""
    early_at: int | None = None
    early_units: int = 0

    @property
    def begins_at(self) -> int:
        """When the first people are let in."""
        return self.opens_at if self.early_at is None else self.early_at


@dataclass(frozen=True, slots=True)
class PlayedPoll:
    """A poll that the moderator puts at `opens_at` (microseconds UTC); `key` is what the script calls it, and
    `for_moderators` whether only they decide, with the holders of passes. Until it is put nobody hears of it."""

    key: str
    question: str
    options: tuple[str, ...]
    opens_at: int
    closes_at: int
    for_moderators: bool = False

    @property
    def announces_at(self) -> int:
        return self.opens_at

    @property
    def begins_at(self) -> int:
        return self.opens_at


Played = PlayedDrop | PlayedPoll
