"""What a pass promises, and what a drop promises to give with each of its units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from bot.domain.ledger import Part
from bot.domain.time import Micros


class PassKind(StrEnum):
    """What it is good for: a mod vote, a seat in a game night, or whatever the streamer says it is."""

    MOD_VOTE = "mod_vote"
    GAME_NIGHT = "game_night"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class PassTerms:
    """What a pass promises; `title` names a custom one. `expires_at` None is for ever."""

    kind: PassKind
    uses: int = 1
    expires_at: Micros | None = None
    transferable: bool = False
    title: str = ""

    def as_public(self) -> dict[str, object]:
        """What the ledger tells everybody of it."""
        public: dict[str, object] = {
            "kind": str(self.kind),
            "uses": self.uses,
            "expires_at": self.expires_at,
            "transferable": self.transferable,
        }
        return {**public, "title": self.title} if self.title else public


@dataclass(frozen=True, slots=True)
class PassOffer:
    """What comes with each unit of a drop: a pass that is good for so long after it was granted, None for ever."""

    kind: PassKind
    uses: int = 1
    lasts: Micros | None = None
    transferable: bool = False
    title: str = ""

    def terms(self, granted_at: Micros) -> PassTerms:
        """The pass that comes with a unit which is granted then."""
        expires_at = None if self.lasts is None else granted_at + self.lasts
        return PassTerms(self.kind, self.uses, expires_at, self.transferable, self.title)

    def as_public(self) -> dict[str, object]:
        """What the drop's plan tells everybody of it."""
        public: dict[str, object] = {
            "kind": str(self.kind),
            "uses": self.uses,
            "lasts": self.lasts,
            "transferable": self.transferable,
        }
        return {**public, "title": self.title} if self.title else public


def terms_of(public: Part) -> PassTerms:
    """The terms that a `pass.granted` entry tells. Raises KeyError for one that leaves something out."""
    return PassTerms(
        kind=PassKind(str(public["kind"])),
        uses=cast(int, public["uses"]),
        expires_at=cast("Micros | None", public["expires_at"]),
        transferable=bool(public["transferable"]),
        title=str(public.get("title", "")),
    )


def offers_of(public: object) -> tuple[PassOffer, ...]:
    """The offers of a plan, as an entry or a row tells them. Raises KeyError where one leaves something out."""
    return tuple(
        PassOffer(
            kind=PassKind(str(offer["kind"])),
            uses=cast(int, offer["uses"]),
            lasts=cast("Micros | None", offer["lasts"]),
            transferable=bool(offer["transferable"]),
            title=str(offer.get("title", "")),
        )
        for offer in cast("Sequence[Part]", public)
    )
